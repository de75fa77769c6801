"""Feeling: what a robot feels of its contacts, by its feet or by its fingers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.estimation.felt_contact import FeltContact
from skill_stack.controllers.estimation.felt_grip import FeltGrip
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.core.setpoint import Felt


class Feeling(Protocol):
    """Tells the phases of :data:`skill_stack.core.setpoint.Felt` apart.

    Attributes:
        phase: What is felt now; empty while it is unknown.
        load: How hard joints press, see :class:`skill_stack.core.setpoint.SkillStatus`; NaN while it is unknown.
    """

    phase: Felt
    load: float

    def forget(self) -> None:
        """Restarts, for example when the device began anew."""

    def update(
        self, now: float, loads: Sequence[float], joints: Sequence[float], speeds: Sequence[float], stands: bool
    ) -> None:
        """Takes a measurement.

        Args:
            now: Task time, s.
            loads: What :func:`loads_of` gives.
            joints: Joint positions, rad.
            speeds: Of the joints, rad/s.
            stands: Whether the running skill declares its phase free.
        """


def feeling_of(robot: RobotSpec) -> Feeling:
    """What a robot, or a part of one, feels by; without feet and fingers it feels nothing.

    Nor does one with soles by the torques of its legs: a leg that is nearly straight carries without its knee. Of a
    walking G1 they tell between 0.4 and 1.6 of its weight.
    """
    if robot.fingertips:
        return FeltGrip(robot.column("effort").tolist(), [pad.pressed for pad in robot.sensors.touch])
    blind = robot.estimation.contact == "joint_torque" and any(foot.corners for foot in robot.feet)
    return FeltContact(0 if blind else len(robot.feet), [robot.poses["default"][name] for name in robot.joint_names])


def loads_of(feeling: Feeling, sample: SensorSample, estimator: Estimator) -> Sequence[float]:
    """Torques of the joints, N·m, and touch, N or 1, of a hand; of any other robot forces on the feet, in any unit."""
    if isinstance(feeling, FeltGrip):
        return [*sample.torque.tolist(), *sample.touch.tolist()]
    return estimator.foot_loads(sample)
