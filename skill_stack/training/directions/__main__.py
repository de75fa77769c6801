"""Finds ways that nobody named: ``python -m skill_stack.training.directions go2 roam --install --measure 5``."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skill_stack.core.arguments import command_line
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import wrap_angle, yaw_of
from skill_stack.core.skills.skill import SkillSpec, load_skill
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.observed_line import ObservedLine
from skill_stack.training.chunks.chunk_skill import ChunkSkill
from skill_stack.training.directions.export import export_directions
from skill_stack.training.directions.latent import learn_directions
from skill_stack.training.directions.settings import DirectionSettings, load_directions
from skill_stack.training.exporting.install import install_policy
from skill_stack.training.figures import write_figures
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.timed_lines import timed_lines

FIRST_SEED = 700_000
"""Seeds from here on are for measuring alone."""
FAR = 2.0
"""Way from which on a direction counts, m."""
APART = math.radians(20.0)
"""Headings that are nearer to each other than this are one, rad: less than half of what eight have between them."""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "directions",
        "Find directions of a latent that lead far, learn to go them, and measure where they lead.",
        "go2 roam --out runs/roam --install --measure 5",
        "a skill with policy.manifest.chunk, and directions.yaml beside it",
    )
    parser.add_argument("--out", type=Path, default=Path("runs/directions"), help="where the network goes")
    parser.add_argument("--install", action="store_true", help="also put the network into the skill's folder")
    text = "go every direction of the installed network in so many worlds, and write figures.json beside the skill"
    parser.add_argument("--measure", type=int, metavar="N", help=text)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed that is measured")
    parser.add_argument("--as-it-is", action="store_true", help="learn nothing, measure what is installed")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options, report = parse(arguments), timed_lines()
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    settings = load_directions(folder)
    if not options.as_it_is:
        path = options.out / "policy.onnx"
        digest = _learn(load_skill(folder), load_library(resources, robot), settings, path, report)
        if options.install:
            install_policy(path, folder, digest, force=True)
    if options.measure:
        seeds = range(options.first, options.first + options.measure)
        figures = measure(resources, robot, options.skill, settings, list(seeds), report)
        write_figures(folder, figures)
    return 0


def _learn(
    skill: SkillSpec, library: SkillLibrary, settings: DirectionSettings, path: Path, report: Callable[[str], None]
) -> str:
    """Learns and exports; the file's hash.

    Raises:
        DataError: The skill gives no chunks of goal values to a base.
    """
    manifest, chunk, base = ChunkSkill.of(skill)
    action = manifest.action
    bounds = {one.name: (one.lower, one.upper) for one in library[base].goal}
    limits = torch.tensor([[float(bounds[name][side] or 0.0) for name in action.goals] for side in (0, 1)])
    scale = torch.tensor(np.broadcast_to(np.array(action.scale, float), len(action.goals)), dtype=torch.float32)
    found = learn_directions(settings, limits, scale, report)
    return export_directions(found.policy, settings.directions, chunk.steps, path)


def measure(
    resources: Resources,
    robot: RobotSpec,
    skill: str,
    settings: DirectionSettings,
    seeds: list[int],
    report: Callable[[str], None],
) -> dict[str, Any]:
    """Goes every direction once in every world, in the runtime's line; judged on simulator truth.

    Returns:
        Where each direction leads: way, heading and turn of each run, and how many headings there are.
    """
    library = load_library(resources, robot)
    planner, choices = Planner(library), library[skill].parameter("direction").choices
    rows: list[dict[str, Any]] = []
    for name in choices:
        runs = []
        for seed in seeds:
            setup = set_up(load_scene(resources.scene(settings.scene)), seed)
            line = ObservedLine(robot, library, setup, setup.graph(), planner)
            line.run_skill("rise", {})
            line.idle(0.5)
            begin = line.trace[-1]
            result = line.run_skill(skill, {"direction": name})
            runs.append(_run(begin, line.trace[-1], result.outcome))
        rows.append(_descriptor(name, runs))
        report(f"{name}: {rows[-1]['way']:.2f} m at {math.degrees(rows[-1]['heading']):.0f}°, {rows[-1]['succeeded']}")
    return {
        "seeds": seeds_text(seeds),
        "commit": commit_here(),
        "body": library.body,
        "headings": distinct([row["heading"] for row in rows if row["least_way"] >= FAR]),
        "directions": rows,
    }


def _run(begin: Any, end: Any, outcome: str) -> dict[str, Any]:
    """What one way was like: m, and rad from the heading at its begin."""
    faced = yaw_of(begin.orientation)
    ahead, left = (end.position - begin.position)[:2]
    heading = wrap_angle(math.atan2(left, ahead) - faced)
    turn = wrap_angle(yaw_of(end.orientation) - faced)
    return {"way": math.hypot(ahead, left), "heading": heading, "turn": turn, "outcome": outcome}


def _descriptor(name: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Way, heading and turn of a direction: the circular mean, and the spread of its headings."""
    headings, turns = (np.exp(1j * np.array([one[key] for one in runs])) for key in ("heading", "turn"))
    return {
        "name": name,
        "way": round(float(np.mean([one["way"] for one in runs])), 3),
        "least_way": round(min(one["way"] for one in runs), 3),
        "heading": round(float(np.angle(headings.mean())), 3),
        "heading_spread": round(float(np.abs(np.angle(headings / headings.mean())).max()), 3),
        "turn": round(float(np.angle(turns.mean())), 3),
        "succeeded": f"{sum(one['outcome'] == 'succeeded' for one in runs)} of {len(runs)}",
    }


def distinct(headings: list[float]) -> int:
    """How many headings are apart from each other, counted greedily around the circle.

    Args:
        headings: Headings, rad.
    """
    kept: list[float] = []
    for one in sorted(headings):
        if all(abs(wrap_angle(one - other)) >= APART for other in kept):
            kept.append(one)
    return len(kept)


if __name__ == "__main__":
    sys.exit(main())
