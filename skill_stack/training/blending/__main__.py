"""Learns a blend: ``python -m skill_stack.training.blending g1 blend_body --method blended --install``."""

from __future__ import annotations

import argparse
import gc
import hashlib
import sys
from pathlib import Path
from typing import get_args

import torch
from rsl_rl.algorithms import PPO

from skill_stack.connector.whole_body.blend_network import BlendNetwork
from skill_stack.connector.whole_body.decisions import PERIOD
from skill_stack.core.arguments import command_line
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.measured import commit_here
from skill_stack.training.blending.beginning import begin_as_schedule
from skill_stack.training.blending.settings import BlendSettings, Method, load_settings
from skill_stack.training.blending.worlds import CYCLE, BlendWorlds
from skill_stack.training.exporting.install import pin
from skill_stack.training.figures import add_figures
from skill_stack.training.learners.learner import TrainingProgress, make_learner, resume
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.timed_lines import timed_lines
from skill_stack.training.train import go_on


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "blending",
        "Learn to blend primitives of a whole body, to switch between them, or to move the joints without them.",
        "g1 blend_body --method blended --out runs/blend --install",
        "a blended skill with mixer: learnt, and blend.yaml beside it",
    )
    parser.add_argument("--method", choices=get_args(Method), default="blended", help="what the network decides")
    parser.add_argument("--seed", type=int, default=1, help="of network and worlds (default: 1)")
    parser.add_argument("--minutes", type=float, default=120.0, help="longest wall time (default: 120)")
    parser.add_argument("--out", type=Path, default=Path("runs/blending"), help="where checkpoints go")
    parser.add_argument("--resume", type=Path, metavar="CHECKPOINT", help="goes on from one")
    parser.add_argument("--install", action="store_true", help="also put the network into the skill's folder")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options, report = parse(arguments), timed_lines()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    resources, robot, folder = named(options)
    settings = load_settings(folder)
    settings = settings.model_copy(update={"ppo": _divided(settings, options.method)})
    library = load_library(resources, robot)
    gc.collect()
    gc.freeze()  # what is loaded stays: worlds that are over are collected sooner
    worlds = BlendWorlds(robot, library, options.skill, settings, options.method, options.seed)
    learner, progress = make_learner(worlds), TrainingProgress(level=1.0, seed=options.seed)
    if options.method != "scratch":
        begin_as_schedule(learner, settings, options.method, worlds.names, worlds.inputs, options.seed)
    if options.resume:
        progress = resume(learner, options.resume)
        worlds.ticks = round(progress.steps * PERIOD[options.method] * CYCLE)

    def judge(_: list[float]) -> str:
        report(f"{worlds.ticks} ticks, {len(worlds.ended)} episodes: " + ", ".join(
            f"{task} {share:.0%}" for task, share in worlds.by_task().items()))
        exported(learner, options.method, worlds.inputs).save(options.out / f"{options.method}.npz")
        return "all ticks are used" if worlds.ticks >= settings.ticks else ""

    go_on(worlds, learner, progress, options.out, options.minutes, report, given_up=judge)
    network = exported(learner, options.method, worlds.inputs)
    network.save(options.out / f"{options.method}.npz")
    if options.install:
        network.save(file := folder / f"{options.method}.npz")
        if options.method == "blended":  # the others are there to be compared with
            pin(folder / "skill.yaml", hashlib.sha256(file.read_bytes()).hexdigest())
        _note(folder, options, worlds, progress)
    return 0


def _divided(settings: BlendSettings, method: Method) -> object:
    """The learner's settings with as many decisions in an iteration as its control ticks hold."""
    return settings.ppo.model_copy(update={"steps": round(settings.ppo.steps / (PERIOD[method] * CYCLE))})


def exported(learner: PPO, method: str, inputs: tuple[str, ...]) -> BlendNetwork:
    """The network of a learner, as it acts without exploring."""
    layers = [one for one in learner.actor.modules() if isinstance(one, torch.nn.Linear)]
    arrays = tuple((one.weight.detach().numpy(), one.bias.detach().numpy()) for one in layers)
    return BlendNetwork(method, inputs, arrays)


def _note(folder: Path, options: argparse.Namespace, worlds: BlendWorlds, progress: TrainingProgress) -> None:
    """Adds what the learning of a method cost."""
    found = {
        "seed": options.seed, "commit": commit_here(), "ticks": worlds.ticks, "episodes": len(worlds.ended),
        "cpu_seconds": round(progress.cpu_seconds), "done_while_exploring": worlds.by_task(),
    }  # fmt: skip
    add_figures(folder, {options.method: found})


if __name__ == "__main__":
    sys.exit(main())
