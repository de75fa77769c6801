"""Compares adapters alone and together: ``python -m skill_stack.training.adapters go2 walk_adapted --robots 100``.

Robots with two conditions at once follow a velocity each with no adapter, each adapter alone, and both; the robots,
their commands and their first pushes are the same. Where a condition is a manner, they must keep to it, too. It steps
the training's physics with the exported network, without the runtime's safety layer.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import onnxruntime
import torch

from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.core.robots.adapter_part import AdapterPart, BodyCondition
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import commit_here
from skill_stack.evaluation.paired import mcnemar_exact
from skill_stack.training.adapters.compared_walk import walk
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.tasks.task import TrainingTask, load_task


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "adapters",
        "Compare adapters alone and together on robots with two conditions at once.",
        "go2 walk_adapted --robots 100 --seed 5001",
        "a skill with adapters, and train.yaml beside it",
    )
    parser.add_argument("--policy", type=Path, help="ONNX file (default: the installed one)")
    parser.add_argument("--robots", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.75, help="how much of each condition, 0 to 1")
    parser.add_argument("--json", action="store_true", help="print the result as JSON on standard output")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything was measured."""
    options = parse(arguments)
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    task = load_task(folder)
    if task.adapters is None:
        raise DataError(f"the task of '{options.skill}' has no section 'adapters'")
    path = options.policy or folder / "policy.onnx"
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    part = task.adapters.part
    sets = [which for count in (2, 1, 0) for which in itertools.combinations(part.goals, count)]
    rows = [compare(robot, task, part, session, which, options) for which in sets]
    if options.json:
        print(
            json.dumps({"commit": commit_here(), "seed": options.seed, "share": options.share, "rows": rows}, indent=1)
        )
    return 0


def compare(
    robot: RobotSpec,
    task: TrainingTask,
    part: AdapterPart,
    session: onnxruntime.InferenceSession,
    conditions: tuple[str, ...],
    options: argparse.Namespace,
) -> dict[str, Any]:
    """Robots in some conditions with no adapter, each adapter alone, and all of these together.

    Returns:
        Successes by what was used, and the exact probability that both are no better than the best alone (McNemar).
    """
    values: dict[str, float] = {
        one.property: one.none + options.share * (one.full - one.none)
        for one in part.conditions
        if one.goal in conditions
    }
    known = part.choose(BodyCondition(**values)).goals
    ways = {"none": dict.fromkeys(part.goals, 0.0)}
    if len(conditions) > 1:
        ways |= {name: ways["none"] | {name: known[name]} for name in conditions}
    if conditions:
        ways["all"] = known
    walks = {name: walk(robot, task, session, values, tuple(told.values()), options) for name, told in ways.items()}
    good = {name: one.good(values) for name, one in walks.items()}
    row: dict[str, Any] = {"conditions": values, "robots": options.robots}
    row["passed"] = {name: int(one.sum()) for name, one in good.items()}
    row["means"] = {name: one.means() for name, one in walks.items()}
    row["interval"] = {name: success_interval(int(one.sum()), options.robots) for name, one in good.items()}
    if len(conditions) > 1:
        best = max(conditions, key=lambda name: good[name].sum())
        more, fewer = int((good["all"] & ~good[best]).sum()), int((~good["all"] & good[best]).sum())
        row |= {"best_alone": best, "only_together": more, "only_alone": fewer, "p": mcnemar_exact(fewer, more)}
    told = ", ".join(f"{name} {value:.3g}" for name, value in values.items()) or "no condition"
    counts = ", ".join(f"{name} {count}" for name, count in row["passed"].items())
    chance = f", p {row['p']:.2g}" if "p" in row else ""
    print(f"{told}: {counts} of {options.robots}{chance}", file=sys.stderr, flush=True)
    return row


if __name__ == "__main__":
    sys.exit(main())
