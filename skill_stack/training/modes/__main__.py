"""Clones ways around a box with a mode, and without: ``python -m skill_stack.training.modes go2 detour --install``.

The ways are those of our own guide on both sides of the box. The network that is not told which side it is answers with
their mean, which leads into the box; that figure is measured too.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import load_skill
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.skills.skill_results import write_results
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.runtime.line.observed_line import TOUCHED
from skill_stack.training.chunks.chunk_skill import ChunkSkill
from skill_stack.training.chunks.export import export
from skill_stack.training.chunks.learn import ChunkNetwork, learn, rows_of
from skill_stack.training.chunks.settings import ChunkCloneSettings, load_settings
from skill_stack.training.chunks.walks import DemonstratedWalk
from skill_stack.training.exporting.install import install_policy
from skill_stack.training.figures import write_figures
from skill_stack.training.modes.detours import DetourResult, DetourWorlds
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.timed_lines import timed_lines

SIDES = ("left", "right")
MODE = 6
"""Place of the mode among what the network sees."""
FIRST_SEED = 600_000
"""Seeds from here on are for measuring alone."""
Report = Callable[[str], None]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "modes",
        "Clone ways around a box into a policy with a mode, and into one without, and compare them.",
        "go2 detour --out runs/detour --install",
        "a skill with policy.manifest.chunk, and clone.yaml beside it",
    )
    parser.add_argument("--by", default="go_round", help="skill that is measured (default: go_round)")
    parser.add_argument("--out", type=Path, default=Path("runs/modes"), help="where networks and figures go")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed that is measured")
    parser.add_argument("--install", action="store_true", help="also put the network into the skill's folder")
    text = "measure the skill as it is installed, over so many ways, and write its results"
    parser.add_argument("--measure", type=int, metavar="N", help=text)
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options, report = parse(arguments), timed_lines()
    resources, robot, folder = named(options)
    settings = load_settings(folder)
    library = load_library(resources, robot)
    worlds = DetourWorlds(resources, robot, library, settings.record)
    if options.measure:
        figures = measure(worlds, library, options, options.measure, "mode", report)
        measured = resources.find(f"models/{options.robot}/{options.by}", "skill")
        write_results(measured, _results(library, settings, figures))
        return 0
    walks = demonstrations(worlds, settings, report)
    digests = {name: clone(walks, settings, folder, options.out, name, report) for name in ("mode", "mean")}
    options.out.mkdir(parents=True, exist_ok=True)
    figures = {"commit": commit_here(), "demonstrations": len(walks)}
    for name, digest in digests.items():
        tried = with_network(library, options.skill, options.by, options.out / f"{name}.onnx", digest)
        figures[name] = measure(worlds, tried, options, settings.measure_episodes, name, report)
    write_figures(options.out, figures)
    if options.install:
        install_policy(options.out / "mode.onnx", folder, digests["mode"], force=True)
    return 0


def demonstrations(worlds: DetourWorlds, settings: ChunkCloneSettings, report: Report) -> list[DemonstratedWalk]:
    """Ways on both sides by turns; the same seed gives the same ones."""
    walks = []
    for number in range(settings.record.episodes):
        walk = worlds.demonstrate(1000 * settings.seed + number, SIDES[number % 2])
        walks += [] if walk is None else [walk]
        if (number + 1) % 10 == 0:
            report(f"demonstrated {number + 1} of {settings.record.episodes}, {len(walks)} without a touch")
    return walks


def clone(
    walks: list[DemonstratedWalk], settings: ChunkCloneSettings, folder: Path, out: Path, name: str, report: Report
) -> str:
    """Learns and exports a network, ``mode`` or ``mean``; its hash. The latter does not see which side it was."""
    manifest, chunk, _ = ChunkSkill.of(load_skill(folder))
    scale = np.broadcast_to(np.array(manifest.action.scale, float), len(manifest.driven))
    if name == "mean":
        walks = [_blind(walk) for walk in walks]
    held = max(round(settings.learn.held_out * len(walks)), 2)
    training, judging = (rows_of(some, chunk.steps, scale) for some in (walks[held:], walks[:held]))
    network, errors = learn(training, judging, settings.learn, settings.seed, report)
    if name == "mean":
        _ignore_mode(network)
    report(f"{name}: error on other walks {errors['error_held_out']:.4f}")
    return export(network, chunk.steps, len(manifest.driven), out / f"{name}.onnx")


def _blind(walk: DemonstratedWalk) -> DemonstratedWalk:
    """The same way with nothing in the place of the mode."""
    seen = walk.seen.copy()
    seen[:, MODE] = 0.0
    return DemonstratedWalk(seen, walk.told, walk.done, walk.progress, walk.distance, walk.driver)


def _ignore_mode(network: ChunkNetwork) -> None:
    """A mode that never varied was learnt nothing of: it must not matter which one is told."""
    first = next(network.layers.children())
    assert isinstance(first, torch.nn.Linear)
    first.weight.data[:, MODE] = 0.0


def _results(library: SkillLibrary, settings: ChunkCloneSettings, figures: dict[str, Any]) -> dict[str, Any]:
    """What ``results.json`` holds."""
    return {
        **figures,
        "confidence": 0.95,
        "conditions": f"simulated scene '{settings.record.scene}' varied by the seeds in the box's place, friction, "
        "mass, latency and noise; success: past the box on the side that was said, and it was not touched for longer "
        f"than {TOUCHED:g} s, by the simulator's truth",
        "body": library.body,
        "commit": commit_here(),
    }


def with_network(library: SkillLibrary, skill: str, by: str, path: Path, digest: str) -> SkillLibrary:
    """The library with another network in one skill, by which another one walks."""
    entry = library.entries[skill]
    if entry.spec is None or entry.spec.policy is None:
        raise DataError(f"'{skill}' runs no network: {entry.reason}")
    policy = entry.spec.policy.model_copy(update={"model": str(path.resolve()), "sha256": digest})
    spec, user = entry.spec.model_copy(update={"policy": policy}), library.entries[by]
    changed = {skill: SkillEntry(skill, entry.folder, spec), by: SkillEntry(by, user.folder, user.spec)}
    return dataclasses.replace(library, entries={**library.entries, **changed})


def measure(
    worlds: DetourWorlds, library: SkillLibrary, options: argparse.Namespace, episodes: int, name: str, report: Report
) -> dict[str, Any]:
    """Ways of a skill in worlds that were not demonstrated, by turns on both sides.

    Returns:
        Figures; an episode counts where the robot passed the box on its side without touching it.
    """
    seeds = [options.first + number for number in range(episodes)]
    found: list[DetourResult] = []
    for number, seed in enumerate(seeds):
        found.append(worlds.go(seed, SIDES[number % 2], options.by, library))
        if (number + 1) % 10 == 0:
            hits = sum(one.hit for one in found)
            report(f"{name}: {number + 1} of {episodes}, {hits} touched the box")
    good = sum(one.passed and not one.hit and one.outcome == "succeeded" for one in found)
    return {
        "seeds": seeds_text(seeds),
        "episodes": episodes,
        "touched": sum(one.hit for one in found),
        "successes": good,
        "interval": list(success_interval(good, episodes)),
        "failures": [
            {"seed": seed, "touched": one.hit, "outcome": one.outcome, "reason": one.reason}
            for seed, one in zip(seeds, found)
            if one.hit or not one.passed or one.outcome != "succeeded"
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
