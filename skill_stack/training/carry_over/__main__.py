"""Trains in few contexts and does well in all: ``python -m skill_stack.training.carry_over go2 walk --out runs/loads``.

Contexts are values of one property of the robot. After each training the policy is measured in all of them, and the
context with the greatest expected gain is next. ``--all`` trains in the others as well, to compare.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skill_stack.core.arguments import command_line
from skill_stack.evaluation.measured import commit_here
from skill_stack.training.carry_over.learning import ContextTraining, Report
from skill_stack.training.carry_over.model import CarryOver
from skill_stack.training.figures import FIGURES, write_figures
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.tasks.task import load_task
from skill_stack.training.timed_lines import timed_lines


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "carry_over",
        "Choose contexts to train in by a model of how success carries over from one to others.",
        "go2 walk --out runs/loads --axis added_mass --lowest 4 --highest 18",
        "a skill with train.yaml and an installed policy, which every training goes on from",
    )
    parser.add_argument("--out", type=Path, default=Path("runs/carry_over"), help="where policies and figures go")
    parser.add_argument("--axis", default="added_mass", help="property of the robot, as in 'variation' of train.yaml")
    parser.add_argument("--lowest", type=float, default=4.0)
    parser.add_argument("--highest", type=float, default=18.0)
    parser.add_argument("--contexts", type=int, default=15, help="how many there are, evenly spaced")
    parser.add_argument("--trained", type=int, default=4, help="in how many of them to train")
    parser.add_argument("--ticks", type=int, default=200_000, help="control ticks of one training")
    parser.add_argument("--robots", type=int, default=128, help="robots of one training")
    parser.add_argument("--tried", type=int, default=40, help="robots by which is chosen, in each context")
    parser.add_argument("--judged", type=int, default=100, help="other robots by which is judged, in each context")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="also train in all other contexts, and compare")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything was trained and measured."""
    options, report = parse(arguments), timed_lines()
    torch.set_num_threads(1)
    _, robot, folder = named(options)
    training = ContextTraining(
        robot, load_task(folder), folder / "policy.onnx", options.axis, options.robots, options.ticks, options.seed
    )
    figures = choose(training, options, report)
    write_figures(options.out, figures)
    print(options.out / FIGURES)
    return 0


def choose(training: ContextTraining, options: argparse.Namespace, report: Report) -> dict[str, Any]:
    """Trains in chosen contexts, and in all others where that is asked for; what each comes to on other robots.

    Args:
        training: How one is trained and measured.
        options: Of the command line.
        report: Takes progress lines.
    """
    values = np.linspace(options.lowest, options.highest, options.contexts)
    model, chosen, commit = CarryOver(values.tolist()), list[int](), commit_here()
    for _ in range(options.trained):
        source, hoped = model.next(), model.gains().max()
        _learn(model, source, training, options, report)
        chosen.append(source)
        report(f"{values[source]:g}: {model.best().mean():.3f} in all contexts; {hoped:.3f} more were hoped for")
    served = model.served_by()
    figures = {
        "axis": options.axis, "contexts": values.tolist(), "commit": commit, "seed": options.seed,
        "ticks": options.ticks, "chosen": [float(values[one]) for one in chosen],
        "losses": [round(one, 3) for one in model.losses()],
    }  # fmt: skip
    judged = {"installed": _judge(training, [training.installed] * len(values), values, options)}
    judged["chosen"] = _judge(training, [_path(options, values[one]) for one in served], values, options)
    if options.all:
        for source in range(len(values)):
            if source not in model.measured:
                _learn(model, source, training, options, report)
        judged["each its own"] = _judge(training, [_path(options, one) for one in values], values, options)
        served = model.served_by()
        judged["best of all"] = _judge(training, [_path(options, values[one]) for one in served], values, options)
    for name, success in judged.items():
        report(f"{name}: {np.mean(success):.3f}")
    tried = {f"{values[source]:g}": np.round(one, 3).tolist() for source, one in sorted(model.measured.items())}
    return figures | {"mean": {name: float(np.mean(one)) for name, one in judged.items()}, "judged": judged} | {
        "tried": tried
    }  # fmt: skip


def _path(options: argparse.Namespace, value: float) -> Path:
    """The policy that was trained in a context."""
    path: Path = options.out / f"{value:g}" / "policy.onnx"
    return path


def _learn(
    model: CarryOver, source: int, training: ContextTraining, options: argparse.Namespace, report: Report
) -> None:
    """Trains in a context, and tells the model what came of it everywhere."""
    value = float(model.contexts[source])
    path = training.train(value, _path(options, value).parent, report)
    model.add(source, training.measure(path, model.contexts.tolist(), options.tried, options.seed))


def _judge(
    training: ContextTraining, paths: list[Path], values: np.ndarray, options: argparse.Namespace
) -> list[float]:
    """Success in each context with the policy for it, on robots that chose nothing."""
    seed = options.seed + 1000
    return [float(training.measure(path, [value], options.judged, seed)[0]) for path, value in zip(paths, values)]


if __name__ == "__main__":
    sys.exit(main())
