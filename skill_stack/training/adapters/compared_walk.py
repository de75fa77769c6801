"""Walks of many robots in one condition, in the training's physics: how adapters and fine-tunes are compared."""

from __future__ import annotations

import argparse
import dataclasses
import math
import sys
from dataclasses import dataclass

import numpy as np
import onnxruntime
import torch

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.mujoco.model_variation import VariationRanges
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.task import TrainingTask

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
