"""HandShape: fingertips of a hand in a frame and unit common to all hands, and inverse kinematics for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pinocchio
from scipy.optimize import least_squares

from skill_stack.core.errors import DataError
from skill_stack.core.robots.fingertip import FINGERS
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import urdf_text

Array = np.ndarray
LONG = FINGERS[:3]
"""The fingers that define the frame; the thumb is placed differently on every hand."""
CLOSE_TO = 0.1
"""Weight of a joint's distance from the start of the search, in ranges, against fingertip errors in finger lengths."""


class HandShape:
    """One hand.

    Its frame has its origin between the first joints of index, middle and ring finger, its axes point out of the palm
    (to where fingers bend), towards the index finger and along the stretched fingers; so it is the mirror image of
    itself on a left hand, and left and right hands compare. Its unit is the mean length of these three fingers.

    Attributes:
        names: Joint names, ordered as the robot's.
        lower: Ends of the joints' ranges, rad, shape (joints,).
        upper: The other ends.
        finger_length: Mean length of the stretched fingers, m.
        fingers: For each of :data:`skill_stack.core.robots.fingertip.FINGERS` the rows of the joints that move it.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Builds it from the hand's URDF.

        Args:
            robot: A hand, or the part of a robot that is one.

        Raises:
            DataError: Its ``robot.yaml`` does not state the fingertips, or names links that do not exist.
        """
        if missing := [finger for finger in FINGERS if finger not in robot.fingertips]:
            raise DataError(f"robot '{robot.name}' does not say where its fingertips are: fingertips.{missing[0]}")
        self.names = robot.joint_names
        self.lower, self.upper = robot.column("lower"), robot.column("upper")
        self._model = pinocchio.buildModelFromXML(urdf_text(robot))
        self._data = self._model.createData()
        tips = [robot.fingertips[finger] for finger in FINGERS]
        known = {frame.name for frame in self._model.frames}
        if strange := [tip.link for tip in tips if tip.link not in known]:
            raise DataError(f"robot '{robot.name}': fingertips name the link '{strange[0]}', which its URDF lacks")
        self._frames = [self._model.getFrameId(tip.link) for tip in tips]
        self._points = [np.array(tip.point) for tip in tips]
        joints = [self._model.joints[self._model.getJointId(name)] for name in self.names]
        self._q, self._v = np.array([joint.idx_q for joint in joints]), np.array([joint.idx_v for joint in joints])
        self.fingers = tuple(self._moving(frame) for frame in self._frames)
        self._origin, self._axes, self.finger_length = self._measured()

    def tips(self, joints: Array) -> Array:
        """Fingertips in the shared frame and unit, shape (fingers, 3).

        Args:
            joints: Joint positions, rad, shape (joints,).
        """
        return self.shared(self._points_at(joints))

    def shared(self, points: Array) -> Array:
        """Points from the frame of the hand's base link, m, shape (n, 3), in the shared frame and unit."""
        return np.asarray((points - self._origin) @ self._axes.T / self.finger_length)

    def solve(self, wanted: Array, begin: Array) -> Array:
        """Joint positions, rad, shape (joints,), within their ranges, that bring fingertips as near as possible.

        Levenberg–Marquardt with bounds (``scipy.optimize.least_squares``, Branch, Coleman & Li 1999); joints that the
        fingertips leave free stay near the beginning.

        Args:
            wanted: Target fingertips in the shared frame and unit, shape (fingers, 3).
            begin: Joint positions to begin with, and to stay near to, rad, shape (joints,).
        """
        spans = self.upper - self.lower
        inside = np.clip(begin, self.lower + 1e-4 * spans, self.upper - 1e-4 * spans)

        def off(joints: Array) -> Array:
            return np.concatenate(((self.tips(joints) - wanted).ravel(), CLOSE_TO * (joints - inside) / spans))

        def slope(joints: Array) -> Array:
            return np.vstack((self._slopes(joints), np.diag(CLOSE_TO / spans)))

        found = least_squares(off, inside, slope, bounds=(self.lower, self.upper), xtol=1e-5, ftol=1e-5, max_nfev=60)
        return np.asarray(found.x)

    def positions(self, values: Sequence[float] | Array) -> dict[str, float]:
        """Joint positions by name, rad."""
        return dict(zip(self.names, map(float, values)))

    def _measured(self) -> tuple[Array, Array, float]:
        """Origin, m, axes as rows, and length of the fingers, m, with joints as near to zero as possible."""
        straight = np.clip(np.zeros(len(self.names)), self.lower, self.upper)
        tips, bent = self._points_at(straight), self._points_at(0.5 * (self.lower + self.upper))
        places = {name: self._data.oMi[self._model.getJointId(name)].translation.copy() for name in self.names}
        bases = np.array([places[self.names[rows[0]]] for rows in self.fingers])
        count = len(LONG)
        along = (tips[:count] - bases[:count]).mean(axis=0)
        along /= np.linalg.norm(along)
        aside = bases[0] - bases[count - 1]
        aside -= along * (along @ aside)
        aside /= np.linalg.norm(aside)
        out = np.cross(aside, along)
        out *= np.sign(out @ (bent[:count] - tips[:count]).mean(axis=0))
        length = float(np.linalg.norm(tips[:count] - bases[:count], axis=1).mean())
        return bases[:count].mean(axis=0), np.array([out, aside, along]), length

    def _moving(self, frame: int) -> Array:
        """Rows of the joints between the base and a frame, the first one first."""
        above = set(self._model.supports[self._model.frames[frame].parentJoint])
        return np.array([row for row, name in enumerate(self.names) if self._model.getJointId(name) in above])

    def _full(self, joints: Array) -> Array:
        q = np.zeros(self._model.nq)
        q[self._q] = joints
        return q

    def _points_at(self, joints: Array) -> Array:
        pinocchio.framesForwardKinematics(self._model, self._data, self._full(joints))
        places = [self._data.oMf[frame] for frame in self._frames]
        return np.array([place.act(point) for place, point in zip(places, self._points)])

    def _slopes(self, joints: Array) -> Array:
        """Jacobian of the fingertips, shape (3 · fingers, joints)."""
        pinocchio.computeJointJacobians(self._model, self._data, self._full(joints))
        pinocchio.updateFramePlacements(self._model, self._data)
        aligned = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
        rows = []
        for frame, point in zip(self._frames, self._points):
            whole = pinocchio.getFrameJacobian(self._model, self._data, frame, aligned)[:, self._v]
            lever = self._data.oMf[frame].rotation @ point
            rows.append(self._axes @ (whole[:3] - np.cross(lever, whole[3:], axisb=0, axisc=0)) / self.finger_length)
        return np.vstack(rows)
