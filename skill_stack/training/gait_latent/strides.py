"""Strides: what feet do in one period of the gait clock, of many differing robots at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import headings_of, rotate_inverse
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.task import TrainingTask

Array = np.ndarray

SAMPLES = 16
"""Phases of a period at which the feet are looked at."""
SETTLE = 2
"""Periods after a change of commands that are not looked at: the gait is still getting there."""
NEVER = 1e6  # s


@dataclass(frozen=True, slots=True)
class Strides:
    """Periods of the gait clock; truth of the simulator.

    Attributes:
        paths: Places of the feet in the base frame, m, shape (periods, feet, SAMPLES, 3), at evenly spaced phases.
        height: How high the feet swing over the ground under them, mean of the feet, m, shape (periods,).
        length: Way of a foot over the ground along the robot's heading, mean of the feet, m, shape (periods,).
        told: Goal values in force, shape (periods, commands).
        robot: Which robot it was, int, shape (periods,).
        fallen: Whether each robot fell, bool, shape (robots,).
    """

    paths: Array
    height: Array
    length: Array
    told: Array
    robot: Array
    fallen: Array


class StrideWorlds(WalkEnvironment):
    """Robots that are told what to do from outside, and whose feet are looked at."""

    def __init__(self, robot: RobotSpec, task: TrainingTask, seed: int, seconds: float) -> None:
        """Builds the robots.

        Args:
            robot: The robot.
            task: The task; its robots, ground and noise are those of here.
            seed: Seed of everything that is random here.
            seconds: Longest time for which they walk, s.
        """
        never = {"command_interval": (NEVER, NEVER), "push_interval": (NEVER, NEVER)}
        events = task.events.model_copy(update={"episode": seconds + 1.0, "curriculum_start": 1.0, **never})
        super().__init__(robot, task.model_copy(update={"events": events}), seed)

    def walk(self, act: Callable[[torch.Tensor], torch.Tensor], told: Mapping[str, Array], seconds: float) -> Strides:
        """Walks from a fresh start.

        Args:
            act: Actions of a batch of observations, without the prior.
            told: Goal values by name, shape (robots,) or a number each; the others are 0.
            seconds: For how long, s.
        """
        self.restart()
        command = np.zeros_like(self.commands.command)
        for name, values in told.items():
            command[:, self.contract.command_names.index(name)] = values
        self.commands.command[:], self.commands.moving[:] = command, True
        self._take_commands()
        self._observe()
        feet, below, places, headings, phases = [], [], [], [], []
        fallen = np.zeros(self.num_envs, bool)
        with torch.inference_mode():
            seen = self.get_observations()
            for _ in range(round(seconds / self._dt)):
                phases.append(self._clock.phase.copy())
                seen, _, done, _ = self.step(act(seen["actor"]))
                fallen |= done.numpy()
                world = self._physics.sensors[:, self._index.foot_position].copy()
                away = world - self.state.base_position[:, None]
                turned = [rotate_inverse(self.state.orientation, away[:, foot]) for foot in range(away.shape[1])]
                feet.append(np.stack(turned, axis=1))
                yaw = headings_of(self.state.orientation)
                headings.append(np.stack([np.cos(yaw), np.sin(yaw)], axis=-1))
                places.append(world[..., :2])
                below.append(self._clearance.copy())
        series = [np.array(one) for one in (phases, feet, places, headings, below)]
        return _cut(series, command, fallen)


def joined(several: Sequence[Strides]) -> Strides:
    """Strides of several walks as those of one; robots are numbered on."""
    names = ("paths", "height", "length", "told", "fallen")
    begins = np.cumsum([0, *(len(one.fallen) for one in several)])
    robots = np.concatenate([one.robot + begin for one, begin in zip(several, begins)])
    return Strides(**{name: np.concatenate([getattr(one, name) for one in several]) for name in names}, robot=robots)


def _cut(series: Sequence[Array], told: Array, fallen: Array) -> Strides:
    """Cuts what was seen into periods; first axis of the series is the tick, second the robot."""
    phases, feet, places, headings, clearance = series
    found: list[tuple[Array, float, float, int]] = []
    for robot in np.flatnonzero(~fallen).tolist():
        whole = np.unwrap(phases[:, robot], period=1.0)
        first = int(np.ceil(whole[0])) + SETTLE
        for number in range(first, int(np.floor(whole[-1]))):
            at = np.interp(number + np.arange(SAMPLES + 1) / SAMPLES, whole, np.arange(len(whole)))
            low = np.floor(at).astype(int)
            share, high = at - low, np.minimum(low + 1, len(whole) - 1)
            path = feet[low, robot] * (1 - share)[:, None, None] + feet[high, robot] * share[:, None, None]
            mine = slice(int(at[0]), int(at[-1]) + 1)
            ways = (places[mine, robot][-1] - places[mine, robot][0]) @ headings[mine, robot].mean(axis=0)
            found.append((
                path[:-1].transpose(1, 0, 2),
                float(np.ptp(clearance[mine, robot], axis=0).mean()),
                float(ways.mean()),
                robot,
            ))  # fmt: skip
    robots = np.array([one[3] for one in found], int)
    paths = np.array([one[0] for one in found]).reshape(-1, feet.shape[2], SAMPLES, 3)
    height, length = np.array([one[1] for one in found]), np.array([one[2] for one in found])
    return Strides(paths, height, length, told[robots], robots, fallen)
