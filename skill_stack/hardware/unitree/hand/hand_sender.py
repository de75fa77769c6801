"""HandSender: joint commands as the bytes that a hand obeys, with gains that rise gradually."""

from __future__ import annotations

import numpy as np

from skill_stack.core.joint_command import JointCommand, damping
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.gain_ramp import GainRamp
from skill_stack.hardware.unitree.hand.motor_mode import mode_byte
from skill_stack.hardware.unitree.hand.settings import MOTORS, Dex3Hand, Dex3Settings
from skill_stack.hardware.unitree.link import Outlet
from skill_stack.hardware.unitree.messages.messages_hg import HandCmd
from skill_stack.hardware.unitree.messages.packed_message import PackedMessage

Array = np.ndarray

_FIELDS = ("q", "dq", "tau", "kp", "kd")


class HandSender:
    """Keeps one message, fills it anew for each command, and sends it.

    Attributes:
        unsent: Commands that the network did not take.
    """

    def __init__(self, robot: RobotSpec, hand: Dex3Hand, settings: Dex3Settings, outlet: Outlet) -> None:
        """Takes what to fill and where to send it."""
        self._message = PackedMessage(HandCmd, {"motor_cmd": MOTORS})
        self._rows = self._message.rows([f"motor_cmd.{field}" for field in _FIELDS])
        self._motors = np.array([hand.motors[joint] for joint in robot.joint_names])
        self._modes = {on: np.array([mode_byte(motor, on) for motor in range(MOTORS)]) for on in (False, True)}
        self._protected, self._outlet = settings.timeout, outlet
        self._damp_kd = robot.column("damp_kd")
        self._ramp = GainRamp(settings.gain_ramp)
        self.unsent = 0

    def send(self, command: JointCommand, now: float) -> None:
        """Sends a command; position gains grow from zero when damping has ended.

        Args:
            command: The command.
            now: Monotonic time, s.

        Raises:
            ValueError: A number is not finite; nothing was sent.
        """
        share = self._ramp.share(command.mode, now)
        self._deliver(command, share, self._protected)

    def damp(self, position: Array | None = None, clear: bool = False) -> None:
        """Sends damping.

        Args:
            position: Present joint positions, rad, shape (joints,); they have no effect.
            clear: Whether motors that their time-out has stopped are told to obey again.
        """
        self._ramp.reset()
        place = np.zeros_like(self._damp_kd) if position is None else np.nan_to_num(position)
        self._deliver(damping(place, self._damp_kd), 1.0, self._protected and not clear)

    def _deliver(self, command: JointCommand, share: float, protected: bool) -> None:
        values = np.stack((command.q, command.dq, command.tau, share * command.kp, command.kd), axis=1)
        if not np.isfinite(values).all():
            raise ValueError("a command that is not finite was not sent")
        self._rows[self._motors] = values
        self._message.fill("motor_cmd.mode", self._modes[protected])
        if not self._outlet.send(self._message.signed()):
            self.unsent += 1
