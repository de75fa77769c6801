"""CommandInlet: the commands of one part on the device's side of shared memory, with a dead-man time-out."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from skill_stack.core.errors import StaleData
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.channels import RobotChannels

Array = np.ndarray


FEWEST_PERIODS = 3.0
"""Least lifetime of a command, in periods: a slow loop sends less often."""


def longest_silence(robot: RobotSpec) -> float:
    """Age at which a command is too old, s.

    Args:
        robot: The robot or part that is commanded, with its limits and its rate.
    """
    return max(robot.safety.command_age, FEWEST_PERIODS / robot.control_rate)


class InletOrder(NamedTuple):
    """What the device is to do now.

    Attributes:
        sample: Number of the sample that it answers.
        rows: q, dq, tau, kp and kd one after the other, shape (5 * joints,).
        stamp: Monotonic time at which it was given, s.
        at_once: Whether what was in force had become too old, so that nothing may delay this.
        mode: What it is for.
    """

    sample: int
    rows: Array
    stamp: float
    at_once: bool
    mode: CommandMode

    @property
    def command(self) -> JointCommand:
        """The order as a command."""
        q, dq, tau, kp, kd = self.rows.reshape(5, -1)
        return JointCommand(q, dq, tau, kp, kd, self.mode, sample_sequence=self.sample)


class CommandInlet:
    """Passes every new command on, and damping once the last one is too old.

    The writer stamps each command. Therefore a reader that was delayed does not mistake an old command for a new one,
    and a process that ends or freezes leaves no command in force for longer than the limit.

    Attributes:
        damping: The command with which it answers silence, as rows.
    """

    def __init__(self, channels: RobotChannels, robot: RobotSpec, limit: float | None) -> None:
        """Starts; earlier commands are ignored, since they were meant for another device.

        Args:
            channels: The shared block of the part.
            robot: The part as a robot of its own.
            limit: Age at which a command is too old, s; None where time waits for every command (lock-step).
        """
        self._channels = channels
        self._limit = math.inf if limit is None else limit
        self._seen = channels.command_counter
        self._last: InletOrder | None = None  # what is in force, as long as it is obeyed
        kd = robot.column("damp_kd")
        self.damping: Array = np.concatenate((np.zeros(4 * kd.size), kd))

    @property
    def stamp(self) -> float:
        """Time of the command in force, s; infinite when there is none, or damping."""
        return math.inf if self._last is None else self._last.stamp

    @property
    def silent(self) -> bool:
        """Whether there is no valid command."""
        return self._last is None

    def take(self, now: float) -> InletOrder | None:
        """The new order, or None.

        Args:
            now: Monotonic time, s.
        """
        late = self._last is not None and now - self._last.stamp > self._limit
        order = self._newest(now, late)
        if order is not None:
            self._last = order
        elif late:
            assert self._last is not None
            order, self._last = InletOrder(self._last.sample, self.damping, now, True, CommandMode.DAMP), None
        return order

    def _newest(self, now: float, late: bool) -> InletOrder | None:
        counter = self._channels.command_counter
        if counter == self._seen:
            return None
        try:
            mode, sample, rows, stamp = self._channels.read_command_rows()
        except StaleData:  # its writer died in the middle: what was commanded before goes on, until it is too old
            return None
        self._seen = counter
        if self._limit < math.inf and abs(now - stamp) > self._limit:  # one from the future is spoilt
            return None
        return InletOrder(sample, rows, min(stamp, now), late, mode)
