"""Watches the shared memory of a running stack from outside, with the time of each change."""

from __future__ import annotations

from dataclasses import dataclass, field

from skill_stack.benchmarks.stack.running_stack import Probe, RunningStack
from skill_stack.core.errors import StaleData
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.shared_memory.channels import RobotChannels

NAP = 2e-4  # s between two looks


@dataclass(slots=True)
class BlockWatch:
    """Observations of a block, each with its monotonic time in s.

    Attributes:
        commands: Time and setpoint sequence of every joint command.
        stops: Time, the number of stops requested over ROS, and the number of control ticks before.
        stances: Time, number of stops that the controller counted, and the number of control ticks; one entry whenever
            the stop count grew in a status whose mode is the stance (or damping).
    """

    commands: list[tuple[float, int]] = field(default_factory=list)
    stops: list[tuple[float, int, int]] = field(default_factory=list)
    stances: list[tuple[float, int, int]] = field(default_factory=list)
    _command: int = 0
    _status: int = 0
    _flag: int = 0
    _stop_count: int = -1

    def follow(self, stack: RunningStack, probe: Probe, seconds: float) -> None:
        """Reads the block repeatedly until a probe ends.

        Args:
            stack: The stack whose memory is watched.
            probe: The probe whose end ends this.
            seconds: Longest time, s.
        """
        self._flag = stack.channels.words.get("stop.ros")
        for now in stack.follow(probe, seconds, NAP):
            self.look(stack.channels, now)

    def look(self, channels: RobotChannels, now: float) -> None:
        """One look.

        Args:
            channels: The block.
            now: Monotonic time, s.
        """
        flag = channels.words.get("stop.ros")
        if flag != self._flag:
            self._flag = flag
            self.stops.append((now, flag, channels.status_counter))
        try:
            if channels.command_counter != self._command:
                self._command = channels.command_counter
                command = channels.read_command()
                assert command is not None
                self.commands.append((now, command.setpoint_sequence))
            if channels.status_counter != self._status:
                self._status = channels.status_counter
                self._take_status(channels, now)
        except StaleData:
            return  # seen again at the next look

    def _take_status(self, channels: RobotChannels, now: float) -> None:
        status = channels.read_status()
        assert status is not None
        if self._stop_count < 0:
            self._stop_count = status.stop_count
        if status.stop_count > self._stop_count and status.mode is not ControlMode.ACTIVE:
            self._stop_count = status.stop_count
            self.stances.append((now, status.stop_count, self._status))
