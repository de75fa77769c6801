"""LegChecks: contacts and loads of the legs, compared with the IMU and the foot sensors."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from skill_stack.controllers.consistency.comparison import (
    BODY,
    LEG_DOWN,
    LEG_FORCE,
    PLACE,
    SPEED,
    TORQUE,
    apart,
)
from skill_stack.controllers.estimation.contact_estimator import OFF_SHARE
from skill_stack.controllers.estimation.leg_kinematics import LegKinematics, Vector
from skill_stack.controllers.safety.guard_violation import Guard
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray

LOADED = 0.05
"""Share of the weight from which a foot carries load."""
CARRIED = 0.7
"""Share of the weight that the legs must bear before its direction counts: the belly may bear the rest."""
SLOW = 1.0
"""Root mean square of the joint velocities up to which a robot counts as standing, rad/s."""
CHANGES, HIDDEN, SHOWN = 0.025, 0.2, 0.5
"""Standard deviation of the share of the weight that a leg bears by its torques from which its foot's sensor has to
change as well, the least part of that change that it has to show, and the part that another foot's sensor has to show:
what one foot gives up others take, while a paw that is waved changes the torques of the leg beside it alone."""
LOOKED, STUCK = 1.0, 2.5
"""Time constant of that deviation, and time for which a sensor has to lie, s."""
Found = tuple[Guard, float, str]
"""The guard, the measured value as a share of its limit, and a description."""


class LegChecks:
    """Checks averages of some tenths of a second a few times per second: pinocchio takes longer than a tick allows."""

    def __init__(self, robot: RobotSpec) -> None:
        """Builds the kinematics; errors as of :class:`~skill_stack.controllers.estimation.LegKinematics`."""
        self._limits, self._feet = robot.safety, robot.feet
        self._kinematics = LegKinematics(robot)
        self._still = [0.0] * robot.size
        self._sensed = robot.estimation.contact != "joint_torque"
        self._silent = OFF_SHARE * robot.sensors.contact_force
        self._soles = all(foot.corners for foot in robot.feet)
        self.forget()

    def forget(self) -> None:
        """Restarts what is kept from look to look."""
        self._means, self._squares = np.zeros((2, len(self._feet))), np.zeros((2, len(self._feet)))
        self._looked, self._whole, self._lying = 0.0, 0.0, np.zeros(len(self._feet))

    def look(
        self, body: Array, joints: Array, rising: bool, passed: float = 0.0, gets_up: bool = False
    ) -> list[Found]:
        """Checks the averages.

        Args:
            body: What is kept of the body, see :mod:`skill_stack.controllers.consistency.comparison`.
            joints: What is kept of the joints.
            rising: Whether the robot is on its way up, so that nothing but the ground pushes it.
            passed: Time since the last look, s.
            gets_up: Whether a robot that has fallen is on its way up: then knees and hands carry one with soles too,
                and what its legs bear is not on these.

        Returns:
            What was compared, whether it agrees or not.
        """
        force, down = body[LEG_FORCE : LEG_FORCE + 3], body[LEG_DOWN : LEG_DOWN + 3]
        x, y, z = force.tolist()
        strength = math.hypot(x, y, z)
        if strength < 1.0:  # m/s²: falling freely
            return []
        kinematics = self._kinematics
        kinematics.take(joints[PLACE], self._still)
        places = [kinematics.foot(foot).position for foot in range(len(self._feet))]
        forces = kinematics.forces(joints[TORQUE].tolist(), self._still, (x, y, z))
        weight = kinematics.weight * strength / 9.81
        shares = [(x * a + y * b + z * c) / (strength * weight) for a, b, c in forces]
        felt = body[BODY:].tolist()
        silent = [foot for foot, force in enumerate(felt) if self._sensed and force < self._silent]
        found = self._sensors(felt, shares, silent, passed) if self._sensed and not gets_up else []
        if body[SPEED] > SLOW**2:
            return found
        stands = [foot for foot, share in enumerate(shares) if share > LOADED and foot not in silent]
        found += self._ground([places[foot] for foot in stands], stands, down, rising, gets_up)
        if rising and len(stands) == len(shares) and sum(shares) > CARRIED:
            found.append(self._direction(forces, force))
        return found

    def _sensors(self, felt: list[float], shares: list[float], silent: list[int], passed: float) -> list[Found]:
        """Foot sensors that feel nothing, or always the same, where legs bear load."""
        none = [self._foot_sensors(silent, shares)] if silent else []
        return [*none, self._changes(np.array(felt), np.array(shares), passed)]

    def _changes(self, felt: Array, shares: Array, passed: float) -> Found:
        """A sensor that says the same, or about the same, while its leg takes and gives up load, is stuck or lies.

        Args:
            felt: Forces by the sensors, N or any other unit, shape (feet,).
            shares: Shares of the weight by the torques, shape (feet,).
            passed: Time since the last look, s.
        """
        self._looked += passed
        share = min(1.0, passed / min(self._looked or 1.0, LOOKED))
        self._whole += share * (float(felt.sum()) - self._whole)  # whatever the scale of the sensors
        now = np.stack((felt / max(self._whole, 1e-6), shares))
        self._means += share * (now - self._means)
        self._squares += share * ((now - self._means) ** 2 - self._squares)
        sensor, leg = np.sqrt(self._squares)
        others = np.array([np.delete(sensor, foot).max(initial=0.0) for foot in range(len(sensor))])
        lies = (leg > CHANGES) & (sensor < HIDDEN * leg) & (others > SHOWN * leg) & (self._means[0] > LOADED)
        self._lying = np.where(lies, self._lying + passed, 0.0)
        worst = int(self._lying.argmax())
        told = f"the sensor of {self._feet[worst].name} hardly changes while its leg takes and gives up load"
        why = f"by {leg[worst]:.0%} of the weight against {sensor[worst]:.0%}"
        return (Guard.FOOT_FORCE, float(self._lying[worst]) / STUCK, f"{told}: {why}, for {STUCK:g} s")

    def _direction(self, forces: Sequence[Vector], force: Array) -> Found:
        """A wrong joint position changes the direction of the force computed from its torque."""
        together = np.array(forces).sum(axis=0)
        angle = apart(together, -force)
        told = f"the force by the legs' torques is {angle:.2f} rad off gravity by the accelerometer"
        why = "a joint's zero or sign, or the IMU's mounting, is wrong"
        return (Guard.LEG_FORCE, angle / self._limits.leg_force, f"{told}, limit {self._limits.leg_force:g} rad: {why}")

    def _ground(
        self, places: list[Vector], stands: list[int], down: Array, rising: bool, gets_up: bool
    ) -> list[Found]:
        """The plane through standing spherical feet, or the flattest of the soles: another may be on its toes or its
        edge.
        """
        limits = self._limits
        if self._soles and len(stands) == len(self._feet) and not gets_up:
            tilt = min(apart(np.array(self._kinematics.upright(foot)), down) for foot in stands)
        elif not self._soles and len(places) >= 3:
            _, sizes, axes = np.linalg.svd(np.array(places) - np.mean(places, axis=0))
            normal = axes[2] * math.copysign(1.0, axes[2, 2])
            tilt = apart(normal, down)
        else:
            return []
        told = f"the ground under the feet is {tilt:.2f} rad off level by the IMU's orientation"
        reason = f"{told}, limit {limits.ground_slope:g} rad"
        found: list[Found] = [(Guard.GROUND, tilt / limits.ground_slope, reason)]
        if rising and not self._soles and len(places) == 4:
            # Of four feet one that is off by h leaves h / 2 to the smallest singular value.
            step = 2.0 * float(sizes[2])
            reason = f"one foot is {step:.3f} m off the ground of the others, limit {limits.ground_step:g} m"
            found.append((Guard.GROUND, step / limits.ground_step, reason))
        return found

    def _foot_sensors(self, silent: list[int], shares: list[float]) -> Found:
        """Legs that bear load while their feet sense none; a single one may be stretched without contact."""
        limit, borne = self._limits.foot_load, sum(shares[foot] for foot in silent)
        names = ", ".join(self._feet[foot].name for foot in silent)
        told = f"the sensors of {names} feel nothing while the legs bear {borne:.0%} of the weight there"
        return (Guard.FOOT_FORCE, borne / limit, f"{told}, limit {limit:.0%}")
