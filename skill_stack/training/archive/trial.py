"""Walks of many adapters at a time, each on some robots, and what was measured of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.adapters.adapted_layers import Layers
from skill_stack.training.adapters.compared_walk import PLAIN, steady
from skill_stack.training.archive.deltas import Delta, acted, stacked
from skill_stack.training.archive.gait import measured_gait
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.task import TrainingTask

Array = np.ndarray

SECONDS, SETTLE = 5.0, 1.5
"""Length of an episode, and from when on it is measured, s."""


@dataclass(frozen=True, slots=True)
class MeasuredWalk:
    """What robots with one adapter and one command did, means over the robots.

    Attributes:
        good: Whether all stayed upright for the whole episode, with a gait each.
        gait: Duty factor, phase of the rear feet and of the sides, frequency, Hz, steadiness; shape (5,).
        velocity: Mean forwards and to the left, m/s, and turning, rad/s; shape (3,).
    """

    good: bool
    gait: Array
    velocity: Array


class GaitTrial:
    """Worlds in which adapters are tried; nothing but :meth:`tried` steps them."""

    def __init__(self, robot: RobotSpec, task: TrainingTask, base: Layers, adapters: int, each: int, seed: int) -> None:
        """Builds the worlds.

        Args:
            robot: The robot.
            task: Task of adapters; the worlds are those of its base, with small pushes.
            base: Layers of the base.
            adapters: How many are tried at a time.
            each: Robots of each.
            seed: Seed of the worlds.
        """
        self._environment = WalkEnvironment(robot, steady(task, PLAIN, adapters * each), seed)
        self._environment.max_episode_length = sys.maxsize
        self._base, self._each, self.adapters, self._rate = base, each, adapters, robot.control_rate
        self.steps = 0

    def tried(self, deltas: Sequence[Delta], speeds: Sequence[float]) -> list[MeasuredWalk]:
        """Tries adapters, each with a commanded speed forwards, m/s; :attr:`steps` counts all robots' ticks."""
        environment, count = self._environment, self._environment.num_envs
        filled = [*deltas, *[deltas[-1]] * (self.adapters - len(deltas))]
        pairs = stacked(filled)
        environment.restart()
        told = np.zeros((count, 3))
        told[:, 0] = np.repeat([*speeds, *[speeds[-1]] * (self.adapters - len(speeds))], self._each)
        ticks, settle = round(SECONDS * self._rate), round(SETTLE * self._rate)
        contacts, velocity, upright = [], np.zeros((count, 3)), np.ones(count, bool)
        for tick in range(ticks):
            environment.commands.command[:], environment.commands.moving[:] = told, True
            with torch.inference_mode():
                actions = acted(self._base, pairs, environment.get_observations()["actor"])
            upright &= ~environment.step(actions)[2].numpy()
            if tick >= settle:
                contacts.append(environment.state.contact.copy())
                velocity += environment.base_motion()
        self.steps += ticks * count
        velocity /= ticks - settle
        return [
            self._walk(np.stack(contacts, axis=1)[mine], velocity[mine], upright[mine])
            for mine in (slice(place * self._each, (place + 1) * self._each) for place in range(len(deltas)))
        ]

    def _walk(self, contacts: Array, velocity: Array, upright: Array) -> MeasuredWalk:
        gaits = [measured_gait(one, self._rate) if up else None for one, up in zip(contacts, upright)]
        found = [(g.duty, g.rear, g.side, g.frequency, g.steadiness) for g in gaits if g is not None]
        if len(found) < len(gaits):
            return MeasuredWalk(False, np.full(5, np.nan), velocity.mean(axis=0))
        rows = np.array(found)
        mean = rows.mean(axis=0)
        for column in (1, 2):  # phases are on a circle
            mean[column] = np.angle(np.exp(2j * np.pi * rows[:, column]).mean()) / (2 * np.pi) % 1.0
        return MeasuredWalk(True, mean, velocity.mean(axis=0))
