"""Commands and pushes for a batch of robots, with growing ranges, preferring what they fail at."""

from __future__ import annotations

import numpy as np

from skill_stack.training.tasks.contexts import NeedMap
from skill_stack.training.tasks.goal_task import StyleTask
from skill_stack.training.tasks.task import TrainingTask

Array = np.ndarray

CANDIDATES = 4
"""Candidates drawn for each command; the one with the lowest success is preferred."""


class CommandSampler:
    """Draws goal values with the time of each robot's next one.

    Velocities grow with the level, and some robots get none or one alone; goal values of *style* (a gait's phases, its
    frequency, the height of the body) are always drawn from their whole range.

    Attributes:
        command: Goal values in force, shape (batch, commands).
        moving: Whether each is to move, bool, shape (batch,).
        level: Share of the full range of velocities that is used, 0 to 1.
        needs: Measured success by goal value.
        least: What each goal value of a robot is at least, whatever is drawn, shape (batch, commands).
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
        self._names = [command.name for command in task.commands]
        self._low, self._high = np.array([command.train for command in task.commands]).T
        self._velocity = np.array([not command.style for command in task.commands])
        self._left = np.zeros(batch)
        self.command = np.zeros((batch, len(task.commands)))
        self.least = np.full_like(self.command, -np.inf)
        self.moving = np.zeros(batch, dtype=bool)
        self.level = task.events.curriculum_start
        axes = [name for name in task.contexts.axes if name in self._names]
        self._axes = [self._names.index(name) for name in axes]
        self.needs = NeedMap(axes, [task.commands[axis].train for axis in self._axes], task.contexts.bins)
        self._sums = np.zeros((3, batch))  # of the velocity error, of the share of contacts, of the seconds

    def draw(self, which: Array) -> None:
        """Draws new goal values for some robots.

        Args:
            which: Indices of the robots.
        """
        count = len(which)
        if self._axes:
            candidates = self._draw(count * CANDIDATES).reshape(CANDIDATES, count, -1)
            chosen = self.needs.choose(candidates[..., self._axes], self._rng)
            command = candidates[chosen, np.arange(count)]
        else:
            command = self._draw(count)
        command = np.clip(np.maximum(command, self.least[which]), None, self._high)
        speed = np.linalg.norm(command * self._velocity, axis=1)
        self.moving[which] = speed >= self._task.gait.stand_below
        self.command[which] = np.where(self.moving[which][:, None] | ~self._velocity, command, 0.0)
        self._left[which] = self._rng.uniform(*self._task.events.command_interval, count)
        self._sums[:, which] = 0.0

    def _draw(self, count: int) -> Array:
        events, rng, velocity = self._task.events, self._rng, self._velocity
        command = rng.uniform(self._low, self._high, (count, len(velocity)))
        for style, mine in self._styles(count):
            for name, value in style.values.items():
                command[mine, self._names.index(name)] = value
            for name, limits in style.train.items():
                command[mine, self._names.index(name)] = rng.uniform(*limits, int(mine.sum()))
        command[:, velocity] *= self.level
        self._shorten(command)
        axes = np.flatnonzero(velocity)
        kind = rng.random(count)
        single = (kind >= events.stand_share) & (kind < events.stand_share + events.single_axis_share)
        kept = np.eye(len(velocity), dtype=bool)[axes[rng.integers(0, len(axes), count)]] | ~velocity
        command[single] *= kept[single]
        command[kind < events.stand_share] *= ~velocity
        return command

    def _styles(self, count: int) -> list[tuple[StyleTask, Array]]:
        """Each style of the task with the places that are to have it, bool, shape (count,)."""
        styles = self._task.styles
        if not styles:
            return []
        shares = np.array([style.share for style in styles])
        chosen = self._rng.choice(len(styles), count, p=shares / shares.sum())
        return [(style, chosen == number) for number, style in enumerate(styles)]

    def _shorten(self, command: Array) -> None:
        """Limits the stride length: slow gaits go slowly."""
        gait = self._task.gait
        if gait.longest_step is None:
            return
        frequency = command[:, self._names.index(gait.frequency_command)] if gait.frequency_command else gait.frequency
        for name, share in (("vx", 1.0), ("vy", 0.5)):
            if name in self._names:
                axis = self._names.index(name)
                limit = share * gait.longest_step * frequency
                command[:, axis] = np.clip(command[:, axis], -limit, limit)

    def advance(self, seconds: float) -> None:
        """Advances time; robots whose time is over are judged and get new goal values."""
        self._left -= seconds
        over = np.flatnonzero(self._left <= 0)
        if len(over):
            self.judge(over, np.zeros(len(over), dtype=bool))
            self.draw(over)

    def observe(self, error: Array, contact: Array, seconds: float) -> None:
        """Records every robot's error, for the judgement.

        Args:
            error: Velocity errors, m/s, shape (batch,).
            contact: Share of the feet whose contact agrees with the gait clock, shape (batch,).
            seconds: For how long, s.
        """
        self._sums += np.stack([error, contact, np.ones_like(error)]) * seconds

    def judge(self, which: Array, fallen: Array) -> Array:
        """Counts what robots did since their last command as success or failure.

        Args:
            which: Indices of the robots.
            fallen: Whether each has fallen, bool, shape (which,).

        Returns:
            Whether each followed its command, bool, shape (which,).
        """
        contexts, (error, contact, seconds) = self._task.contexts, self._sums[:, which]
        succeeded = ~fallen & (error <= contexts.error * seconds) & (contact >= contexts.contact * seconds)
        known = fallen | (seconds >= 1.0)  # the first second is spent on getting there
        self.needs.report(self.command[which[known]][:, self._axes], succeeded[known])
        return succeeded

    def widen_ranges(self) -> None:
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
