"""Bridge: a robot behind shared memory, for processes that reach it by another way than the control process."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.core.errors import LeaseRefused
from skill_stack.core.joint_command import damping
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.shared_memory.block_words import Lease
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.command_inlet import CommandInlet, longest_silence

BEAT_EVERY = 0.01
"""Time between two heartbeats, s."""
NOBODYS = Lease("nobody", 0)
"""Lease of a driver in a bridge, which needs none: commands in the block were written under one."""


class Bridge:
    """Transfers samples into the block and commands out of it; damps while the last command is too old.

    A robot that another client commands is released, and taken again when a person resets.
    """

    def __init__(
        self, robot: RobotSpec, channels: RobotChannels, open_driver: Callable[[], Hardware], log: ProcessLog
    ) -> None:
        """Opens the robot.

        Args:
            robot: The robot, with its limits.
            channels: The robot's shared block.
            open_driver: Makes a driver that takes no lease.
            log: Where it reports.
        """
        self._channels, self._open, self._log = channels, open_driver, log
        self._driver = open_driver()
        self._inlet = CommandInlet(channels, robot, longest_silence(robot))
        self._damp_kd = robot.column("damp_kd")
        self._resets = channels.flags().reset  # before the robot could not be driven any more
        self._sequence, self._beat = -1, 0.0
        self._lost = False
        self._reason = ""

    def turn(self, now: float) -> None:
        """One cycle in both directions.

        Args:
            now: Monotonic time, s.
        """
        resets = self._channels.flags().reset
        sample = self._driver.read()
        if sample is not None and sample.sequence != self._sequence:
            self._sequence = sample.sequence
            self._channels.write_sample(sample)
        if now - self._beat >= BEAT_EVERY:
            self._channels.words.beat("simulator", now)
            self._beat = now
        self._report(resets)
        if self._lost and resets != self._resets:
            self._driver.close()
            self._driver, self._lost, self._resets = self._open(), False, resets
        if not self._lost:
            self._command(now, sample)

    def _command(self, now: float, sample: SensorSample | None) -> None:
        """Passes on new commands; during silence sends damping repeatedly, since a bus may lose one."""
        order = self._inlet.take(now)
        try:
            if order is not None and order.at_once and self._inlet.silent:
                self._log.warn("no commands come; the robot is damped")
            if order is not None and not self._inlet.silent:
                self._driver.write(order.command)
            elif self._inlet.silent and sample is not None and self._driver.health.drives:
                self._driver.write(damping(sample.position, self._damp_kd))
        except LeaseRefused as error:
            self._log.error(f"lets the robot go until a reset: {error}")
            self._lost = True

    def _report(self, resets: int) -> None:
        """Reports why the robot cannot be driven; ``resets`` were counted before that was found.

        A person may reset as soon as the robot is damped, before a refused command shows that it is lost.
        """
        health = self._driver.health
        if not self._lost and (health.drives or health.reason != self._reason):
            self._resets = resets
        if health.reason != self._reason:
            self._reason = health.reason
            self._log.info(health.reason or "the robot may be driven")

    def close(self) -> None:
        """Leaves the robot damped."""
        self._driver.close()
        reason = self._driver.health.reason
        if reason and reason != self._reason:
            self._log.warn(reason)
