"""Counterbalance: how legs on planted feet give way, so that the centre of mass stays over the soles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pinocchio

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import locate_urdf
from skill_stack.core.skills.policy_part import CounterbalanceTable

Array = np.ndarray

FOLLOWS = 0.1
"""Fastest change of the shift that is made up for, m/s: a waist that bows by 0.6 rad/s and arms that reach out shift it
by less."""


class Counterbalance:
    """Looks up, by measured joints, the posture in which legs carry arms and waist as they are.

    What of the centre of mass the other joints shift is computed with the legs in the stance, relative to the base.

    Attributes:
        joints: Offsets of the driven joints' positions, rad, ordered by the policy's joints.
        targets: Offsets of their targets, rad.
        speeds: Velocities at which they follow, rad/s.
        place: How far ahead of its place in the stance the base is, m.
        speed: Velocity of the base ahead, m/s.
    """

    def __init__(self, table: CounterbalanceTable, robot: RobotSpec, joints: Sequence[str]) -> None:
        """Reads the table.

        Args:
            table: The table.
            robot: The robot.
            joints: The policy's joints.

        Raises:
            UnknownName: The table has a joint that is none of the policy's, or lacks one.
        """
        for name in (*joints, *table.joints, *table.targets):
            if name not in table.joints or name not in table.targets or name not in joints:
                raise UnknownName("joint of the counterbalance", name, joints)
        self._shifts = np.array(table.shifts)
        bases, places, targets = np.array(table.base), [table.joints[one] for one in joints], table.targets
        self._table = np.vstack([bases, places, [targets[one] for one in joints]])
        self._count = len(joints)
        self._model = pinocchio.buildModelFromUrdf(str(locate_urdf(robot)))
        self._data = self._model.createData()
        masses = [one.mass for one in self._model.inertias]
        self._moving = 1.0 - masses[0] / sum(masses)  # pinocchio leaves out the link that does not move
        self._order = [int(self._model.joints[self._model.getJointId(one)].idx_q) for one in robot.joint_names]
        self._legs = robot.indices(joints)
        self._posture = robot.pose("default")
        self._posture[self._legs] = [table.stance[one] for one in joints]
        self._q = np.zeros(self._model.nq)
        self._rest = self._ahead(self._posture)
        self.forget()

    def forget(self) -> None:
        """Begins in the stance."""
        self._shift = 0.0
        self._look_up(0.0)

    def go_on_from(self, other: Counterbalance) -> None:
        """Goes on from the shift of another."""
        self._shift = other._shift
        self._look_up(0.0)

    def _ahead(self, posture: Array) -> float:
        """How far ahead of the base what moves takes the centre of mass of the whole robot, m."""
        self._q[self._order] = posture
        return self._moving * float(pinocchio.centerOfMass(self._model, self._data, self._q)[0])

    def follow(self, reading: FastEstimate, planted: bool, dt: float) -> None:
        """Takes a measurement; who steps goes back to the posture of the stance.

        Args:
            reading: The measurement.
            planted: Whether the feet stay where they are.
            dt: Time since the last one, s.
        """
        posture = reading.numbers[: self._posture.size].copy()
        posture[self._legs] = self._posture[self._legs]
        wanted = self._ahead(posture) - self._rest if planted else 0.0
        wanted = float(np.clip(wanted, self._shifts[0], self._shifts[-1]))
        self._look_up(float(np.clip((wanted - self._shift) / dt, -FOLLOWS, FOLLOWS)) if dt > 0.0 else 0.0)
        self._shift += self._rate * dt

    def _look_up(self, rate: float) -> None:
        """Reads the table at the present shift, which changes with a rate in m/s."""
        self._rate = rate
        place = int(np.clip(np.searchsorted(self._shifts, self._shift, side="right"), 1, len(self._shifts) - 1))
        low, high = self._shifts[place - 1], self._shifts[place]
        slope = (self._table[:, place] - self._table[:, place - 1]) / (high - low)
        values = self._table[:, place - 1] + slope * (self._shift - low)
        self.place, self.speed = float(values[0]), float(slope[0] * rate)
        self.joints, self.speeds = values[1 : 1 + self._count], slope[1 : 1 + self._count] * rate
        self.targets = values[1 + self._count :]
