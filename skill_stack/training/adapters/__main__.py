"""Compares adapters alone and together: ``python -m skill_stack.training.adapters go2 walk_adapted --robots 100``.

Robots with two conditions at once follow a velocity each with no adapter, each adapter alone, and both; the robots,
their commands and their first pushes are the same. Where a condition is a manner, they must keep to it, too. It steps
the training's physics with the exported network, without the runtime's safety layer.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch

from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.core.robots.adapter_part import AdapterPart, BodyCondition
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import commit_here
from skill_stack.evaluation.paired import mcnemar_exact
from skill_stack.hardware.mujoco.model_variation import VariationRanges
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.tasks.task import TrainingTask, load_task

Array = np.ndarray

SECONDS, SETTLE = 8.0, 2.0
"""Length of a walk, and from when on its mean velocity counts, s."""
LARGEST_ERROR = 0.15
"""Largest error of the mean velocity, m/s, and of the mean turning rate, rad/s, as ``skill-stack eval go2`` judges."""
TOO_HIGH = 0.01
"""How far the mean height of the base may be above the one that is asked for, m."""
PUSH = 0.3
"""Largest change of the velocity along x and y by a push, m/s."""
PLAIN = {"foot_friction": (0.5, 1.2), "added_mass": (-0.5, 0.5), "motor_strength": (0.95, 1.05)}
"""What is drawn where there is no condition, units as in ``variation`` of a task."""


@dataclass(frozen=True, slots=True)
class ComparedWalk:
    """How robots walked; shapes (robots,).

    Attributes:
        fallen: Whether each fell, bool.
        error: Mean velocity in the plane less the command, m/s.
        turn_error: Mean turning rate less the command, rad/s.
        height: Mean height of the base, m.
        landing: Mean downward speed at which its feet landed, m/s.
    """

    fallen: Array
    error: Array
    turn_error: Array
    height: Array
    landing: Array

    def good(self, conditions: dict[str, float]) -> Array:
        """Whether each stayed up and went as commanded, in the manner that conditions ask for; bool."""
        close = (self.error <= LARGEST_ERROR) & (np.abs(self.turn_error) <= LARGEST_ERROR)
        low = self.height <= conditions.get("base_height", math.inf) + TOO_HIGH
        return np.asarray(~self.fallen & close & low & (self.landing <= conditions.get("landing_speed", math.inf)))

    def means(self) -> dict[str, float]:
        """Mean of every quantity over the robots."""
        return {name: float(np.mean(np.abs(values))) for name, values in dataclasses.asdict(self).items()}


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


def walk(
    robot: RobotSpec,
    task: TrainingTask,
    session: onnxruntime.InferenceSession,
    conditions: dict[str, float],
    coefficients: tuple[float, ...],
    options: argparse.Namespace,
) -> ComparedWalk:
    """Walks robots with given coefficients.

    Args:
        robot: The robot.
        task: Its task.
        session: The network.
        conditions: What :class:`BodyCondition` says of every robot, and of its manner.
        coefficients: Of every adapter.
        options: How many robots, and the seed.
    """
    bodies = {name: value for name, value in conditions.items() if name in VariationRanges.model_fields}
    ranges = PLAIN | {name: (value, value) for name, value in bodies.items()}
    environment = WalkEnvironment(robot, steady(task, ranges, options.robots), options.seed)
    environment.max_episode_length = sys.maxsize
    contract = task.contract(robot)
    scale = task.observation_scale(robot)
    begin = sum(contract.observation_sizes[: contract.observation_names.index("velocity_commands")])
    goals = contract.adapters.goals if contract.adapters is not None else ()
    places = [begin + contract.command_names.index(name) for name in goals]
    kept = np.setdiff1d(np.arange(contract.observation_size), places)
    seen = np.zeros((options.robots, contract.observation_size), np.float32)
    seen[:, places] = coefficients
    fallen = np.zeros(options.robots, bool)
    wanted, went = environment.commands.command[:, :3].copy(), np.zeros((options.robots, 3))
    height, landed = np.zeros(options.robots), np.zeros((2, options.robots))
    ticks, settle = (round(seconds * robot.control_rate) for seconds in (SECONDS, SETTLE))
    observations = environment.get_observations()
    for tick in range(ticks):
        seen[:, kept] = observations["actor"].numpy() / scale[kept]
        actions = session.run(None, {"obs": seen})[0]
        observations, _, done, _ = environment.step(torch.from_numpy(actions))
        fallen |= done.numpy()
        if tick >= settle:
            went += environment.base_motion()
            height += environment.state.base_position[:, 2] / (ticks - settle)
            landed += environment.landing.sum(axis=1), (environment.landing > 0).sum(axis=1)
    error = went / (ticks - settle) - wanted
    landing = landed[0] / np.maximum(landed[1], 1.0)
    return ComparedWalk(fallen, np.linalg.norm(error[:, :2], axis=1), error[:, 2], height, landing)


def steady(task: TrainingTask, ranges: dict[str, tuple[float, float]], robots: int) -> TrainingTask:
    """The task with one lasting velocity per robot and small pushes, and without the adapters' own robots."""
    velocities = tuple(one.model_copy(update={"train": one.range}) for one in task.commands if not one.style)
    events = {"command_interval": (1e6, 1e6), "stand_share": 0.0, "episode": 1e3, "curriculum_start": 1.0}
    events |= {"push_speed": PUSH, "push_turn": 0.0, "push_interval": (3.0, 6.0), "start_speed": 0.05}
    return task.model_copy(
        update={
            "adapters": None,
            "commands": velocities,
            "rewards": tuple(one for one in task.rewards if not one.by),
            "variation": task.variation.model_copy(update=ranges),
            "events": task.events.model_copy(update=events),
            "ppo": task.ppo.model_copy(update={"robots": robots, "critics": {}}),
        }
    )


if __name__ == "__main__":
    sys.exit(main())
