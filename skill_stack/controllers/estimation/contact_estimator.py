"""ContactEstimator: which feet carry load, with hysteresis against chatter."""

from __future__ import annotations

import math
from collections.abc import Sequence

from skill_stack.core.robots.estimation import PERIOD, EstimationSpec
from skill_stack.core.robots.robot import RobotSpec

SMOOTHED = PERIOD
"""Time constant of the forces by joint torques at high sample rates, s."""
OFF_SHARE = 0.6
"""A foot sensor ends a contact below this share of ``sensors.contact_force``."""
LAST_SHARE = 0.2
"""By joint torques the last standing foot's contact ends below this share of ``contact_off``: a body that falls forward
or sinks bears less than its weight, and without a foot the velocity is that of the accelerometer alone."""


class Hysteresis:
    """Switches on above one threshold and off below a lower one; a value that is not a number changes nothing."""

    def __init__(self, on: float, off: float, count: int, last: float = math.inf) -> None:
        """Starts without contact.

        Args:
            on: Begins above, N.
            off: Ends below, N.
            count: Number of feet.
            last: Where no other foot stands, ends below, N; infinite: as with others.
        """
        self._on, self._off, self._last = on, off, last
        self.state = [False] * count

    def update(self, forces: Sequence[float]) -> list[bool]:
        """Takes the forces, N, and gives which feet carry load."""
        before, off = self.state, self._off
        known = zip(before, forces, strict=True)
        self.state = [(not force < off) if held else force > self._on for held, force in known]
        if not any(self.state):
            self.state = [held and force >= self._last for held, force in zip(before, forces)]
        return self.state

    def forget(self) -> None:
        """Restarts without contact."""
        self.state = [False] * len(self.state)


class ContactEstimator:
    """Contacts by the foot's sensor, by joint torque, or by both.

    Attributes:
        source: What they come from, one of ``EstimationSpec.contact``.
        needs_torque: Whether forces from joint torques are needed.
        loads: Smoothed forces by joint torques, N; empty before the first, and where the sensors alone are looked at.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Takes thresholds from the robot."""
        spec: EstimationSpec = robot.estimation
        force, feet = robot.sensors.contact_force, len(robot.feet)
        self.source = spec.contact
        self.needs_torque = spec.contact != "foot_force"
        self._sensor = Hysteresis(force, OFF_SHARE * force, feet)
        self._torque = Hysteresis(spec.contact_on, spec.contact_off, feet, LAST_SHARE * spec.contact_off)
        self._both = [False] * feet
        self.loads: list[float] = []

    def looked_at(self, sensed: Sequence[float], torque: Sequence[float]) -> float:
        """Sum of the magnitudes of the measurements used for contacts; not finite when one of them is not."""
        total = sum(map(abs, torque)) if self.needs_torque else 0.0
        return total if self.source == "joint_torque" else total + sum(map(abs, sensed))

    def update(self, sensed: Sequence[float], loads: Sequence[float], seconds: float = SMOOTHED) -> list[bool]:
        """Takes a measurement.

        Args:
            sensed: Forces of the foot sensors, N; not looked at when contacts come from torques alone.
            loads: Forces by joint torques, N; not looked at when contacts come from the sensors alone.
            seconds: Time since the last one, s.

        Returns:
            Whether each foot carries load.
        """
        if self.source == "foot_force":
            return self._sensor.update(sensed)
        smooth = self._smooth(loads, seconds)
        if self.source == "joint_torque":
            return self._torque.update(smooth)
        sensor, torque = self._sensor.update(sensed), self._torque.update(smooth)
        self._both = [a and b for a, b in zip(sensor, torque)]
        return self._both

    def _smooth(self, loads: Sequence[float], seconds: float) -> list[float]:
        """Smoothed forces; one that is not a number leaves the former value."""
        share = min(max(seconds, 0.0) / SMOOTHED, 1.0)
        before = self.loads or [math.nan] * len(loads)
        self.loads = [
            new if math.isnan(old) else old if math.isnan(new) else old + share * (new - old)
            for old, new in zip(before, loads, strict=True)
        ]
        return self.loads

    def forget(self) -> None:
        """Restarts without contact."""
        self.loads = []
        self._sensor.forget()
        self._torque.forget()
