"""SteadyHand: an arm keeps a point of its hand where it is in ``odom`` while the base moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pinocchio

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import locate_urdf
from skill_stack.core.skills.servo_part import HandPart

Array = np.ndarray

STEPS = 4
"""Steps of inverse kinematics in one tick; it begins at the posture of the tick before."""
DAMPING = 4e-3
"""Of the least squares, m²: a nearly stretched arm moves its joints less for the same motion of the hand."""
DRAWN = 0.05
"""Share of the way to the posture that is asked for that the arm makes in one step, as far as the point stays."""


class SteadyHand:
    """Aims one arm anew at every tick, from the newest pose and velocity of the base.

    Targets lead the posture by what damping and weight would hold them back (the velocity that keeps the point still in
    ``odom`` against the base's, and gravity in the leaning base), so that a drive that follows positions alone does not
    lag behind.
    """

    def __init__(self, part: HandPart, robot: RobotSpec, kp: Sequence[float], kd: Sequence[float]) -> None:
        """Builds the model.

        Args:
            part: Link, point and joints.
            robot: The robot.
            kp: Position gains of all joints, N·m/rad.
            kd: Damping gains of all joints, N·m·s/rad.

        Raises:
            UnknownName: The URDF has no such link, or the robot no such joints.
        """
        self.rows = robot.indices(robot.members([part.joints]))
        self._lead, self._speed = part.lead, part.speed
        self._model = pinocchio.buildModelFromUrdf(str(locate_urdf(robot)))
        known = [frame.name for frame in self._model.frames]
        for link in (part.link, robot.source.base_link):
            if link not in known:
                raise UnknownName(f"link of {robot.name}", link, known)
        frame = self._model.frames[self._model.getFrameId(part.link)]
        place = frame.placement * pinocchio.SE3(np.eye(3), np.array(part.tip))
        kind = pinocchio.FrameType.OP_FRAME
        self._tip = self._model.addFrame(pinocchio.Frame("tip", frame.parentJoint, place, kind))
        self._data = self._model.createData()
        pinocchio.framesForwardKinematics(self._model, self._data, pinocchio.neutral(self._model))
        self._base = self._data.oMf[self._model.getFrameId(robot.source.base_link)].inverse()
        joints = [self._model.joints[self._model.getJointId(name)] for name in robot.joint_names]
        self._order, self._speeds = [int(one.idx_q) for one in joints], [int(one.idx_v) for one in joints]
        self._mine = [self._speeds[row] for row in self.rows]
        self._kp, self._kd = np.array(kp)[self.rows], np.array(kd)[self.rows]
        self._lower, self._upper = robot.column("lower")[self.rows], robot.column("upper")[self.rows]
        self._q = np.zeros(self._model.nq)
        self._arm = np.zeros(len(self.rows))

    def begin(self, reading: FastEstimate) -> None:
        """Begins at the measured posture."""
        self._arm = np.array(reading.position)[self.rows]

    def aim(self, reading: FastEstimate, point: Array, drawn: Array, dt: float) -> list[float]:
        """Targets of the arm's joints, rad.

        Args:
            reading: The newest measurement.
            point: Where the hand's point shall be, in ``odom``, m, shape (3,).
            drawn: The posture that it shall be near to, rad.
            dt: Time since the last tick, s.
        """
        (place, orientation), moving = reading.base_place(), np.array(reading.base_velocity())
        turning, (w, x, y, z) = np.array(reading.angular_velocity), orientation
        turn = pinocchio.Quaternion(w, x, y, z).matrix() @ pinocchio.exp3(self._lead * turning)
        here = np.array(place) + turn @ moving * self._lead
        wanted = turn.T @ (point - here)
        self._q[self._order] = reading.position
        before, arm = self._arm, self._arm
        for _ in range(STEPS):
            off, slope = self._off(arm, wanted)
            inverse = slope.T @ np.linalg.inv(slope @ slope.T + DAMPING * np.eye(3))
            pull = DRAWN * (drawn - arm)
            arm = np.clip(arm + inverse @ off + pull - inverse @ (slope @ pull), self._lower, self._upper)
        self._arm = np.clip(arm, before - self._speed * dt, before + self._speed * dt)
        rate = inverse @ (-moving - np.cross(turning, wanted))
        self._model.gravity.linear = 9.81 * (self._base.rotation.T @ np.array(reading.gravity))
        torques = pinocchio.computeGeneralizedGravity(self._model, self._data, self._q)[self._mine]
        targets: list[float] = (self._arm + (self._kd * rate + torques) / self._kp).tolist()
        return targets

    def _off(self, arm: Array, wanted: Array) -> tuple[Array, Array]:
        """From the point to where it shall be in the base's frame, m, and its Jacobian by the arm's joints."""
        self._q[[self._order[row] for row in self.rows]] = arm
        pinocchio.computeJointJacobians(self._model, self._data, self._q)
        pinocchio.updateFramePlacement(self._model, self._data, self._tip)
        frame = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
        slope = pinocchio.getFrameJacobian(self._model, self._data, self._tip, frame)[:3, self._mine]
        found = self._base.act(self._data.oMf[self._tip].translation)
        return wanted - found, self._base.rotation @ slope
