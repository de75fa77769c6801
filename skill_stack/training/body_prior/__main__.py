"""A body's latent: ``python -m skill_stack.training.body_prior go2 body_latent OUT --install``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from skill_stack.core.arguments import command_line
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.evaluation.measured import commit_here
from skill_stack.training.body_prior.make import CHECKPOINT, PRIOR, load_networks, write
from skill_stack.training.body_prior.measure import wander
from skill_stack.training.body_prior.new_task import ThroughLatent, learn_task, load_new_task
from skill_stack.training.body_prior.settings import load_prior
from skill_stack.training.exporting.install import install_policy
from skill_stack.training.figures import add_figures
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.tasks.task import load_task
from skill_stack.training.timed_lines import timed_lines

FIRST_SEED = 760_000
"""Seeds from here on are for measuring alone."""
Report = Callable[[str], None]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "body_prior",
        "Install a latent that `skill-stack train` has distilled, measure draws of its prior, learn a new task in it.",
        "go2 body_latent runs/body --install",
        "a skill with train.yaml and prior.yaml beside it",
    )
    parser.add_argument("run", type=Path, nargs="?", help="folder that `skill-stack train` has written")
    parser.add_argument("--install", action="store_true", help="put decoder and prior into their skills' folders")
    text = "a minute of draws in each of so many worlds of the runtime, and of a walk that is told anything"
    parser.add_argument("--measure", type=int, metavar="N", help=text)
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed that is measured")
    parser.add_argument("--beside", default="walk", help="the walk that is told anything (default: walk)")
    text = "learn new_task.yaml through the latent, or by the joints alone"
    parser.add_argument("--new-task", choices=("latent", "joints"), help=text)
    parser.add_argument("--minutes", type=float, default=20.0, help="longest time for the new task")
    parser.add_argument("--seed", type=int, default=1, help="seed of the new task")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options, report = parse(arguments), timed_lines()
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    if options.install:
        _install(robot, folder, resources, options.run or Path("."), report)
    if options.measure:
        seeds = range(options.first, options.first + options.measure)
        add_figures(folder, {"wander": _measure(robot, folder, resources, options.beside, seeds, report)})
    if options.new_task:
        found = _new_task(robot, folder, resources, options, report)
        add_figures(folder, {f"new_task {options.new_task} {options.seed}": found | {"commit": commit_here()}})
    return 0


def _install(robot: RobotSpec, folder: Path, resources: Resources, run: Path, report: Report) -> None:
    """Decoder and prior of a run into the folders of their skills."""
    distillation, settings, _ = load_networks(robot, folder, resources, run / CHECKPOINT)
    decoder, prior = write(robot, folder, resources, distillation, run, 0)
    player = resources.find(f"models/{robot.name}/{settings.player}", "skill")
    for file, where, digest in (("policy.onnx", folder, decoder), (PRIOR, player, prior)):
        report(f"now run by: {', '.join(install_policy(run / file, where, digest, force=True))}")


def _measure(
    robot: RobotSpec, folder: Path, resources: Resources, beside: str, seeds: range, report: Report
) -> list[dict[str, Any]]:
    """Draws of the prior, latents from anywhere, and a walk that is told anything, in the same worlds."""
    frequency, player = load_task(folder).gait.frequency, load_prior(folder).player
    skills = ((player, False), (folder.name, True), (beside, True))
    return [wander(resources, robot, skill, frequency, seeds, anything, report) for skill, anything in skills]


def _new_task(
    robot: RobotSpec, folder: Path, resources: Resources, options: argparse.Namespace, report: Report
) -> dict[str, Any]:
    """The new task, through the latent of a run or by the joints."""
    task = load_new_task(folder)
    out = (options.run or Path(".")) / f"new_task_{options.new_task}_{options.seed}"
    if options.new_task == "joints":
        return learn_task(robot, task, options.seed, options.minutes, out, report)
    networks = load_networks(robot, folder, resources, (options.run or Path(".")) / CHECKPOINT)[0].networks
    return learn_task(
        robot, task, options.seed, options.minutes, out, report,
        lambda worlds: ThroughLatent(worlds, networks),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
