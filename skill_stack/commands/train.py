"""``skill-stack train``: learns a skill; needs the extra ``train``."""

from __future__ import annotations

import argparse
import importlib.util
import signal
from pathlib import Path

from skill_stack.commands.common import add_json
from skill_stack.core.arguments import positive
from skill_stack.core.errors import SkillStackError


class ExtraMissing(SkillStackError):
    """An optional dependency is not installed; the message states how to install it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    from skill_stack.training.physics.physics_choice import CHOICES

    parser.description = (
        "Train a policy in the model that the runtime steps: by reinforcement where the skill has a train.yaml, by "
        "cloning a teacher where it has a clone.yaml."
    )
    parser.add_argument("robot", help="name of the robot, e.g. go2")
    parser.add_argument("skill", help="name of a skill folder with a train.yaml or clone.yaml, e.g. walk")
    parser.add_argument("--minutes", type=positive, default=20.0, help="wall time to train for (default: 20)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for checkpoints (default: training/ in the overlay)")
    parser.add_argument(
        "--physics", choices=CHOICES, default="mujoco",
        help="what steps the robots: MuJoCo on the processor, or MJX on a graphics processor (extra 'train-gpu'; "
        "faster with thousands of robots and --device cuda, see docs/training.md) (default: mujoco)",
    )  # fmt: skip
    parser.add_argument(
        "--device", default="cpu", metavar="NAME",
        help="where the networks act and learn, by torch's names: cpu, or cuda on a graphics processor (default: cpu)",
    )  # fmt: skip
    parser.add_argument("--robots", type=int, metavar="N", help="robots at once (default: as the task says)")
    add_json(parser)
    parser.add_argument("--resume", type=Path, metavar="CHECKPOINT", help="go on from a checkpoint")
    text = "checkpoint of another run, e.g. of another body: what failed there is drawn by need from the beginning"
    parser.add_argument("--curriculum", type=Path, metavar="CHECKPOINT", help=text)
    parser.add_argument(
        "--failures",
        type=Path,
        metavar="REPORT.json",
        help="robots like those that failed in episodes that 'skill-stack eval SUITE --json' wrote, three quarters of "
        "all; without --resume the installed policy goes on",
    )


def run(options: argparse.Namespace) -> int:
    """Exit code of the training.

    Raises:
        ExtraMissing: torch is not installed.
    """
    if importlib.util.find_spec("torch") is None:
        raise ExtraMissing("training needs the extra 'train': make setup EXTRAS=train")
    from skill_stack.training.train import run as train

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by the system as by hand: nothing is lost
    return train(options)
