"""Commands and pushes for a batch of robots, growing from half to full as they learn."""

from __future__ import annotations

import numpy as np

from skill_stack.training.task import TrainingTask

Array = np.ndarray


class CommandSampler:
    """Draws goal values and remembers when each robot gets the next one.

    Attributes:
        command: Goal values in force, shape (batch, commands).
        moving: Whether each is to move, bool, shape (batch,).
        level: Share of the full range that is used, 0 to 1.
    """

    def __init__(self, task: TrainingTask, batch: int, rng: np.random.Generator) -> None:
        """Draws nothing yet: call :meth:`draw`.

        Args:
            task: The task.
            batch: Number of robots.
            rng: Source of chance.
        """
        self._task = task
        self._rng = rng
        self._low, self._high = np.array([command.train for command in task.commands]).T
        self._left = np.zeros(batch)
        self.command = np.zeros((batch, len(task.commands)))
        self.moving = np.zeros(batch, dtype=bool)
        self.level = task.events.curriculum_start

    def draw(self, which: Array) -> None:
        """Gives some robots new goal values.

        Args:
            which: Indices of the robots.
        """
        events, count, axes = self._task.events, len(which), self.command.shape[1]
        command = self._rng.uniform(self._low, self._high, (count, axes)) * self.level
        kind = self._rng.random(count)
        single = (kind >= events.stand_share) & (kind < events.stand_share + events.single_axis_share)
        axis = self._rng.integers(0, axes, count)
        command[single] *= np.eye(axes)[axis[single]]
        command[kind < events.stand_share] = 0.0
        self.moving[which] = np.linalg.norm(command, axis=1) >= self._task.gait.stand_below
        self.command[which] = command * self.moving[which][:, None]
        self._left[which] = self._rng.uniform(*events.command_interval, count)

    def advance(self, seconds: float) -> None:
        """Lets time pass; robots whose time is over get new goal values."""
        self._left -= seconds
        over = np.flatnonzero(self._left <= 0)
        if len(over):
            self.draw(over)

    def harden(self) -> None:
        """Widens the ranges by a twentieth of the full ones."""
        self.level = min(1.0, self.level + 0.05)


class Pusher:
    """Kicks robots at random times."""

    def __init__(self, task: TrainingTask, batch: int, rng: np.random.Generator) -> None:
        """The first push comes within one interval.

        Args:
            task: The task.
            batch: Number of robots.
            rng: Source of chance.
        """
        self._events = task.events
        self._rng = rng
        self._left = rng.uniform(0.0, task.events.push_interval[1], batch)

    def advance(self, qvel: Array, seconds: float, level: float) -> None:
        """Lets time pass and pushes those whose time has come.

        Args:
            qvel: Velocities of all robots, the base's six first (linear in the world, angular in the base); changed.
            seconds: Time since the last call, s.
            level: Share of the full strength.
        """
        self._left -= seconds
        over = np.flatnonzero(self._left <= 0)
        if not len(over):
            return
        speed, turn = self._events.push_speed * level, self._events.push_turn * level
        qvel[over, :2] += self._rng.uniform(-speed, speed, (len(over), 2))
        qvel[over, 5] += self._rng.uniform(-turn, turn, len(over))
        self._left[over] = self._rng.uniform(*self._events.push_interval, len(over))
