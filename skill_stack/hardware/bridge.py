"""Bridge: a robot behind shared memory, for a process that reaches it otherwise than the control process."""

from __future__ import annotations

from collections.abc import Callable

from skill_stack.core.block_words import Lease
from skill_stack.core.channels import RobotChannels
from skill_stack.core.errors import LeaseRefused, StaleData
from skill_stack.core.hardware import Hardware
from skill_stack.core.process_log import ProcessLog

SILENCE = 0.5
"""Time without a new command after which the robot is damped, s: the supervisor has acted long before."""
BEAT_EVERY = 0.01
"""Time between two heartbeats, s."""
NOBODYS = Lease("nobody", 0)
"""What a driver in a bridge gets: it asks for no lease, since what lies in the block was written under one."""


class Bridge:
    """Carries samples into the block and commands out of it.

    A robot that somebody else commands is let go, and taken again when a person resets.
    """

    def __init__(self, channels: RobotChannels, open_driver: Callable[[], Hardware], log: ProcessLog) -> None:
        """Opens the robot.

        Args:
            channels: The robot's shared block.
            open_driver: Makes a driver that asks for no lease.
            log: Where it reports.
        """
        self._channels, self._open, self._log = channels, open_driver, log
        self._driver = open_driver()
        self._counter = channels.command_counter  # commands from before were meant for another robot
        self._resets = channels.flags().reset
        self._sequence, self._commanded, self._beat = -1, 0.0, 0.0
        self._damped = self._lost = False
        self._reason = ""

    def turn(self, now: float) -> None:
        """One look at both sides.

        Args:
            now: Monotonic time, s.
        """
        sample = self._driver.read()
        if sample is not None and sample.sequence != self._sequence:
            self._sequence = sample.sequence
            self._channels.write_sample(sample)
        if now - self._beat >= BEAT_EVERY:
            self._channels.common.beat("simulator", now)
            self._beat = now
        self._report()
        resets = self._channels.flags().reset
        if self._lost and resets != self._resets:
            self._driver, self._lost, self._resets = self._open(), False, resets
        if not self._lost:
            self._command(now)

    def _command(self, now: float) -> None:
        """Passes on what is new; silence is answered by damping."""
        counter = self._channels.command_counter
        try:
            if counter != self._counter:
                command = self._channels.read_command()
                self._counter, self._commanded, self._damped = counter, now, False
                if command is not None:
                    self._driver.write(command)
            elif now - self._commanded > SILENCE and not self._damped and self._driver.health.drives:
                self._log.warn("no commands come; the robot is damped")
                self._driver.damp()
                self._damped = True
        except StaleData:  # its writer died in the middle
            pass
        except LeaseRefused as error:
            self._log.error(f"lets the robot go until a reset: {error}")
            self._lost, self._resets = True, self._channels.flags().reset

    def _report(self) -> None:
        health = self._driver.health
        if health.reason != self._reason:
            self._reason = health.reason
            self._log.info(health.reason or "the robot may be driven")

    def close(self) -> None:
        """Leaves the robot damped."""
        self._driver.close()
