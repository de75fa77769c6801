"""Judge: checks every control period of a trial for forbidden commands, whatever the fault."""

from __future__ import annotations

import re

import numpy as np

from skill_stack.benchmarks.campaign.rig import FaultRig
from skill_stack.benchmarks.wild.command_limits import CommandLimits
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.rotation import tilt_of
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import ControlMode, SkillStatus

DRIVES = (ControlMode.ACTIVE, ControlMode.STANCE)
ROUNDING = 1e-6
OLDEST = 0.1
"""Largest age allowed for an active command at the device, s."""
MOST = 5
"""Violations that are kept of one trial, one of each kind."""
_NUMBER = re.compile(r"-?[\d.]+")


class Judge:
    """Collects violations of one trial.

    Attributes:
        violations: One sentence each, the first of each kind.
        commands: Commands that were looked at.
    """

    def __init__(self, rig: FaultRig) -> None:
        """Takes the limits of the robot."""
        self._rig = rig
        robot = rig.robot
        self._limits = CommandLimits(robot)
        self._speed = robot.column("velocity") * robot.safety.joint_speed_margin
        self._tilt, self._rate = robot.safety.tilt, robot.safety.angular_speed
        self._before: np.ndarray | None = None
        self._counter = 0
        self._estops = rig.channels.flags().estop
        self._resets = rig.channels.flags().reset
        self._latched = False
        self.violations: list[str] = []
        self._kinds: set[str] = set()
        self.commands = 0

    def look(self, turned: bool) -> None:
        """Checks the last period.

        Args:
            turned: Whether the control station turned in it.
        """
        rig = self._rig
        self._in_force()
        if not turned:
            return
        status, flags = rig.status, rig.channels.flags()
        self._latched |= flags.estop != self._estops
        if flags.reset != self._resets and flags.estop == self._estops:
            self._latched = False
        self._estops, self._resets = flags.estop, flags.reset
        if self._latched and status.mode not in (ControlMode.ESTOP, ControlMode.DISARMED):
            self._note(f"{status.mode.value} after an emergency stop")
        if rig.channels.command_counter == self._counter:
            self._before = None
            return
        self._counter = rig.channels.command_counter
        self.commands += 1
        self._command(rig.command, status, rig.sample)

    def _in_force(self) -> None:
        """The command in force, by the device's own report."""
        device = self._rig.device
        age = self._rig.mono - device.stamp
        if device.driven and age > OLDEST:
            self._note(f"an active command of {age:.2f} s in force at the device")

    def _note(self, text: str) -> None:
        kind = _NUMBER.sub("", text)
        if len(self.violations) < MOST and kind not in self._kinds:
            self._kinds.add(kind)
            self.violations.append(f"{self._rig.device.time:.2f} s: {text}")

    def _command(self, command: JointCommand, status: SkillStatus, sample: SensorSample | None) -> None:
        before, self._before = self._before, command.q if command.mode is CommandMode.ACTIVE else None
        for problem in self._limits.problems(command, sample, before):
            self._note(problem)
        if command.mode is not CommandMode.ACTIVE:
            return
        if self._latched or status.mode not in DRIVES:
            self._note(f"an active command in {status.mode.value}")
        if sample is not None and sample.valid:
            self._motion(sample)

    def _motion(self, sample: SensorSample) -> None:
        """The guards on motion, from the sample that the tick had."""
        tilt = float(tilt_of(sample.orientation))
        if tilt > self._tilt + 0.01:
            self._note(f"an active command at a measured tilt of {tilt:.2f} rad")
        rate = float(np.linalg.norm(sample.angular_velocity))
        if rate > self._rate + ROUNDING:
            self._note(f"an active command while the base turns at {rate:.1f} rad/s")
        if (np.abs(sample.velocity) > self._speed + ROUNDING).any():
            self._note("an active command while a joint is too fast")
