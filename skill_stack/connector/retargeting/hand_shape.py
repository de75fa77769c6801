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
LONG = ("index", "middle", "ring")
"""The fingers that define the frame; the thumb is placed differently on every hand."""
PINCH = (0.55, 0.44, 0.05)
"""Middle between the tips of index finger and thumb of the hands that :mod:`.shared_space` was fitted to, as a mean, in
finger lengths."""
SPAN = 1.81
"""Largest distance between the tips of index finger and thumb in a named pose, in finger lengths: Allegro 1.80, LEAP
1.83."""
CLOSE_TO = 0.1
"""Weight of a joint's distance from the start of the search, in ranges, against fingertip errors in finger lengths."""


class HandShape:
    """One hand of two to five fingers.

    Its frame has its origin between the first joints of index, middle and ring finger, or at that of the middle finger
    where there is no ring finger. Its axes point out of the palm (to where fingers bend), towards the index finger and
    along the stretched fingers; so it is the mirror image of itself on a left hand, and left and right hands compare.
    Its unit is the mean length of these three fingers; a hand that lacks one has other proportions, and its unit is by
    how far it opens (:data:`SPAN`).

    A gripper of two fingers has no palm: its x axis points from the index finger to the thumb, and half open the middle
    between their tips is at :data:`PINCH`. It takes their distance alone, not where they meet.

    Attributes:
        which: The fingers that it has, as in :data:`skill_stack.core.robots.fingertip.FINGERS`.
        pincer: Whether it has a finger and a thumb alone.
        names: Joint names, ordered as the robot's.
        lower: Ends of the joints' ranges, rad, shape (joints,).
        upper: The other ends.
        finger_length: The unit of its frame, m.
        fingers: For each of :attr:`which` the rows of the joints that move it.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Builds it from the hand's URDF.

        Args:
            robot: A hand, or the part of a robot that is one.

        Raises:
            DataError: Its ``robot.yaml`` does not state where index finger and thumb end, or names links or fingers
                that do not exist.
        """
        self.which = _fingers_of(robot)
        self.pincer = len(self.which) == 2
        self.names = robot.joint_names
        self.lower, self.upper = robot.column("lower"), robot.column("upper")
        self._model = pinocchio.buildModelFromXML(urdf_text(robot))
        self._data = self._model.createData()
        tips = [robot.fingertips[finger] for finger in self.which]
        known = {frame.name for frame in self._model.frames}
        if strange := [tip.link for tip in tips if tip.link not in known]:
            raise DataError(f"robot '{robot.name}': fingertips name the link '{strange[0]}', which its URDF lacks")
        self._frames = [self._model.getFrameId(tip.link) for tip in tips]
        self._points = [np.array(tip.point) for tip in tips]
        joints = [self._model.joints[self._model.getJointId(name)] for name in self.names]
        self._q, self._v = np.array([joint.idx_q for joint in joints]), np.array([joint.idx_v for joint in joints])
        self.fingers = tuple(self._moving(frame) for frame in self._frames)
        self._bases, self._origin, self._axes, self.finger_length = self._measured(robot)

    def tips(self, joints: Array) -> Array:
        """Fingertips in the shared frame and unit, shape (fingers, 3).

        Args:
            joints: Joint positions, rad, shape (joints,).
        """
        return self.shared(self._points_at(joints))

    def shared(self, points: Array) -> Array:
        """Points from the frame of the hand's base link, m, shape (n, 3), in the shared frame and unit."""
        return np.asarray((points - self._origin) @ self._axes.T / self.finger_length)

    def own(self, tips: Array, fingers: Sequence[str]) -> Array:
        """Fingertips of another hand, arranged for this one's, in the shared frame and unit, shape (fingers, 3).

        A finger that the other hand lacks does as the one beside it that both have. A gripper takes the distance
        between index finger and thumb.

        Args:
            tips: The other hand's fingertips in the shared frame and unit.
            fingers: Which they are, in this order; index finger and thumb are among them.
        """
        places, bases, rows = dict(zip(fingers, tips)), dict(zip(self.which, self.shared(self._bases))), []
        if self.pincer:
            half = np.array([0.5 * np.linalg.norm(places["thumb"] - places["index"]), 0.0, 0.0])
            return np.array(PINCH) + np.array([-half, half])
        for finger in self.which:
            both = [other for other in FINGERS[: FINGERS.index(finger) + 1] if other in places and other in bases]
            rows.append(places[both[-1]] + (bases[finger] - bases[both[-1]]))
        return np.array(rows)

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

    def _measured(self, robot: RobotSpec) -> tuple[Array, Array, Array, float]:
        """First joints and origin, m, axes as rows, and the unit, m; joints are as near to 0 as they can be."""
        straight = np.clip(np.zeros(len(self.names)), self.lower, self.upper)
        bent, tips = self._points_at(0.5 * (self.lower + self.upper)), self._points_at(straight)
        places = {name: self._data.oMi[self._model.getJointId(name)].translation.copy() for name in self.names}
        bases = np.array([places[self.names[rows[0]]] for rows in self.fingers])
        long = [row for row, finger in enumerate(self.which) if finger in LONG or self.pincer]
        along = (tips[long] - bases[long]).mean(axis=0)
        along /= np.linalg.norm(along)
        length = float(np.linalg.norm(tips[long] - bases[long], axis=1).mean())
        if self.pincer:
            out = _across(bent[1] - bent[0], along)
            axes = np.array([out, np.cross(along, out), along])
            return bases, bent.mean(axis=0) - length * np.array(PINCH) @ axes, axes, length
        aside = _across(bases[long[0]] - bases[long[-1]], along)
        out = np.cross(aside, along)
        out *= np.sign(out @ (bent[long] - tips[long]).mean(axis=0))
        if len(long) < len(LONG):
            open_tips = [self._points_at(robot.pose(name)) for name in robot.poses]
            length, long = max(float(np.linalg.norm(one[-1] - one[0])) for one in open_tips) / SPAN, long[-1:]
        return bases, bases[long].mean(axis=0), np.array([out, aside, along]), length

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


def _across(vector: Array, along: Array) -> Array:
    """What of a vector is at a right angle to the direction ``along``, with length 1."""
    across = vector - along * (along @ vector)
    return np.asarray(across / np.linalg.norm(across))


def _fingers_of(robot: RobotSpec) -> tuple[str, ...]:
    """The fingers that a hand has, in the order of :data:`skill_stack.core.robots.fingertip.FINGERS`."""
    if missing := [finger for finger in ("index", "thumb") if finger not in robot.fingertips]:
        raise DataError(f"robot '{robot.name}' does not say where its fingertips are: fingertips.{missing[0]}")
    if strange := [finger for finger in robot.fingertips if finger not in FINGERS]:
        raise DataError(f"robot '{robot.name}': fingertips.{strange[0]} is none of {', '.join(FINGERS)}")
    return tuple(finger for finger in FINGERS if finger in robot.fingertips)
