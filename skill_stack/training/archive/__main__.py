"""Fills an archive over gait and speed: ``python -m skill_stack.training.archive go2 walk_adapted --out runs/archive``.

``--way merging`` merges and mutates adapters (MAP-Elites), ``--way tuning`` has PPO train them one by one; both begin
with the adapters that the skill has, have the same control ticks, and are confirmed in other worlds afterwards.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.evaluation.measured import commit_here
from skill_stack.training.adapters.adapted_layers import base_layers
from skill_stack.training.archive.cells import Archive
from skill_stack.training.archive.deltas import largest_strengths, nothing, shipped
from skill_stack.training.archive.filling import Filling, Given, confirmed, evolve, tune, weights_hash
from skill_stack.training.archive.picture import draw
from skill_stack.training.figures import add_figures, read_figures
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.tasks.task import load_task
from skill_stack.training.timed_lines import timed_lines

WAYS = {"merging": evolve, "tuning": tune}
CONFIRMED = 8
"""Robots of each elite when the archive is confirmed."""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "archive",
        "Fill an archive of adapters over gait and speed, by merging and mutating them, and by separate fine-tunes.",
        "go2 walk_adapted --out runs/archive --steps 288000 --seed 1",
        "a skill with adapters, and train.yaml beside it",
    )
    text = "where elites and figures go, a folder for each way and seed; goes on from what is there"
    parser.add_argument("--out", type=Path, default=Path("runs/archive"), help=f"{text} (default: runs/archive)")
    parser.add_argument("--way", choices=[*WAYS, "both"], default="both", help="(default: both, to compare)")
    parser.add_argument("--steps", type=int, default=288_000, help="control ticks of all robots (default: 288000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--install", action="store_true", help="add the figures to those beside the skill")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the filled cells into a .webp or .png")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when the archives are filled and confirmed."""
    options, report = parse(arguments), timed_lines()
    if options.steps < 1:
        raise DataError("--steps 0 tries nothing: a generation takes 24000")
    if options.picture is not None and options.picture.suffix not in (".png", ".webp"):
        raise DataError(f"--picture {options.picture}: draw a .png or a .webp")
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    task = load_task(folder)
    if task.adapters is None:
        raise DataError(f"the task of '{options.skill}' has no section 'adapters'")
    path = resources.find(f"models/{options.robot}/{task.adapters.base}/policy.onnx", "policy")
    base = base_layers(task, path)
    first = [nothing(base, task.adapters.rank), *shipped(folder / "policy.onnx", task.adapters.rank)]
    bounds = largest_strengths(first[1:], task.adapters.largest_sum)
    given, before = Given(robot, task, base, first, bounds, options.seed), weights_hash(base)
    archives, rows = {}, dict[str, Any]()
    for way in WAYS if options.way == "both" else (options.way,):
        at = options.out / f"{way}_{options.seed}"
        report(f"{way} into {at}")
        filling = WAYS[way](given, at, options.steps, report)
        archives[way] = confirmed(given, filling.archive, 10_000 + options.seed, CONFIRMED)
        rows[way] = counted(filling, archives[way])
        report(f"{way}: {rows[way]}")
        (at / "elites.json").write_text(json.dumps(listed(archives[way]), indent=1) + "\n", encoding="utf-8")
    if weights_hash(base) != before:
        raise DataError("the base has changed: nothing of this run may be used")
    figures = {"commit": commit_here(), "steps": options.steps, "base_sha256": task.adapters.base_sha256, "ways": rows}
    if len(rows) == len(WAYS):
        figures["ratio"] = round(rows["merging"]["confirmed"] / max(1, rows["tuning"]["confirmed"]), 2)
    keep(options.out, options.seed, figures)
    if options.install:
        keep(folder, options.seed, figures)
    if options.picture is not None:
        draw(archives, options.picture)
    print(json.dumps(figures))
    return 0


def counted(filling: Filling, archive: Archive) -> dict[str, Any]:
    """What a way came to.

    Args:
        filling: The way.
        archive: What of its elites was confirmed.
    """
    return {
        "steps": filling.steps,
        "cpu_seconds": round(filling.cpu),
        "rounds": filling.rounds,
        "cells": len(filling.archive.elites),
        "confirmed": len(archive.elites),
        "gaits": len({cell[:2] for cell in archive.elites}),
        "curve": filling.curve,
    }


def listed(archive: Archive) -> list[dict[str, Any]]:
    """The elites with what was measured of them."""
    return [
        {
            "cell": list(cell),
            "command": round(one.command, 3),
            **dict(zip(("duty", "rear", "side", "frequency", "steadiness"), np.round(one.walk.gait, 3).tolist())),
            "velocity": np.round(one.walk.velocity, 3).tolist(),
            "quality": round(one.quality, 3),
        }
        for cell, one in sorted(archive.elites.items())
    ]


def keep(folder: Path, seed: int, figures: dict[str, Any]) -> None:
    """Adds the figures of a seed to those of others in a folder."""
    add_figures(folder, {"archive": read_figures(folder).get("archive", {}) | {str(seed): figures}})


if __name__ == "__main__":
    sys.exit(main())
