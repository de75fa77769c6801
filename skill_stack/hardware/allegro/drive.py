"""TorqueDrive: joint commands to counts of pulse width."""

from __future__ import annotations

import numpy as np

from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.allegro.can_link import CanLink
from skill_stack.hardware.allegro.frames import FINGERS, torques
from skill_stack.hardware.allegro.settings import AllegroHand, AllegroSettings
from skill_stack.hardware.gain_ramp import GainRamp

Array = np.ndarray


class TorqueDrive:
    """Computes ``tau + kp (q - position) + kd (dq - velocity)``, since the hand accepts only torques.

    Attributes:
        torque: The torques that were sent last, N·m, shape (joints,); the hand measures none.
    """

    def __init__(self, robot: RobotSpec, hand: AllegroHand, settings: AllegroSettings) -> None:
        """Computes limits: the smaller of the joint's effort and the manufacturer's cap."""
        self._places = [robot.indices(finger) for finger in hand.fingers]
        self._scale = hand.pulse_per_torque
        caps = np.array([hand.caps[name] for name in robot.joint_names])
        self._limit = np.minimum(robot.column("effort"), caps / self._scale)
        self._damp_kd = robot.column("damp_kd")
        self._ramp = GainRamp(settings.gain_ramp)
        self.torque = np.zeros(robot.size)

    def send(self, link: CanLink, command: JointCommand, position: Array, velocity: Array, now: float) -> None:
        """Sends a command.

        Args:
            link: The bus.
            command: The command.
            position: Joint positions, rad, shape (joints,).
            velocity: Joint velocities, rad/s, shape (joints,).
            now: Monotonic time, s.

        Raises:
            ValueError: A number is not finite; nothing was sent.
            BusLost: The bus is gone.
        """
        share = self._ramp.share(command.mode, now)
        error, speed = command.q - position, command.dq - velocity
        wanted = command.tau + share * command.kp * error + command.kd * speed
        if not np.isfinite(wanted).all():
            raise ValueError("a command that is not finite")
        self._deliver(link, wanted)

    def damp(self, link: CanLink, velocity: Array) -> None:
        """Sends damping against velocities, rad/s, shape (joints,); raises BusLost."""
        self._ramp.reset()
        self._deliver(link, -self._damp_kd * velocity)

    def slack(self, link: CanLink) -> None:
        """Sends no torque; raises BusLost."""
        self._deliver(link, np.zeros_like(self._limit))

    def _deliver(self, link: CanLink, wanted: Array) -> None:
        self.torque = np.clip(wanted, -self._limit, self._limit)
        counts = np.trunc(self._scale * self.torque).astype(int)
        link.send(*(torques(finger, counts[self._places[finger]].tolist()) for finger in range(FINGERS)))
