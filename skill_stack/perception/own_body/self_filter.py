"""SelfFilter: removes the robot from its looks, and objects that it partly hides from their results."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import cv2
import numpy as np
from scipy.spatial import KDTree

from skill_stack.core.robots.camera_spec import matrix_of
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.pose_history import JointHistory
from skill_stack.perception.own_body.robot_mask import RobotMask
from skill_stack.perception.scene.detection import Detection
from skill_stack.perception.scene.look_observer import Observation

Array = np.ndarray
AROUND = 4
"""Pixels of the reduced picture beside the robot's body in which it counts as hiding part of an object."""
BESIDE, POINTS = 0.06, 300
"""Distance between two faces of one thing at most, m: an edge where neither is sure; and by how many points it is told.
"""


class SelfFilter:
    """One camera with its own robot in view. Joint measurements may be added from another thread."""

    def __init__(self, robot: RobotSpec) -> None:
        """Reads the shapes of the robot's links.

        Args:
            robot: The whole robot.

        Raises:
            ResourceNotFound: URDF or meshes are not installed.
        """
        self._body = RobotMask(robot)
        self._rows = {part: robot.indices(robot.members(spec.joints)) for part, spec in robot.parts.items()}
        self._joints = {part: JointHistory() for part in robot.parts}
        self._size = robot.size
        self._own: Array | None = None

    def note(self, part: str, stamp: float, positions: Array) -> None:
        """Records joint measurements of a part.

        Args:
            part: Name of the part.
            stamp: Task time, s.
            positions: In the order of the part's joints, rad or m, shape (joints,).
        """
        self._joints[part].add(stamp, positions)

    def taken_out(self, frame: CameraFrame, base: Array) -> CameraFrame | None:
        """The look without depth where it shows the robot; None without joint measurements of that time.

        Args:
            frame: The look.
            base: Pose of the base in the frame of the look: position, m, and w-x-y-z orientation, shape (7,).
        """
        joints = self._at(frame.stamp)
        if joints is None:
            return None
        self._own = self._body.mask(joints, frame, base[:3], matrix_of(base[3:]))
        return replace(frame, depth=np.where(self._own, np.float32(0.0), frame.depth), own=self._own)

    def link(self, name: str, stamp: float) -> tuple[Array, Array] | None:
        """Where a link was in the frame of the base link: place, m, and rotation; None where joints are not known.

        Args:
            name: Name of the link.
            stamp: Task time, s.

        Raises:
            UnknownName: The robot has no such link.
        """
        joints = self._at(stamp)
        return None if joints is None else self._body.link(joints, name)

    def _at(self, stamp: float) -> Array | None:
        """Joint positions at a task time, in the robot's order; None without measurements of that time."""
        joints = np.zeros(self._size)
        for part, history in self._joints.items():
            known = history.at(stamp)
            if known is None:
                return None
            joints[self._rows[part]] = known
        return joints

    def without_hidden(self, observation: Observation) -> Observation:
        """The objects that the last look of :meth:`taken_out` shows completely. Those that the robot partly hides are
        put aside, since neither their size nor their place is right; so are other faces of these.
        """
        if self._own is None:
            return observation
        rows, columns = observation.labels.shape
        small = cv2.resize(self._own.astype(np.uint8), (columns, rows), interpolation=cv2.INTER_AREA)
        wide = cv2.dilate(small, np.ones((2 * AROUND + 1, 2 * AROUND + 1), np.uint8)) > 0
        hidden = set(np.unique(observation.labels[wide]).tolist())
        hidden |= _pieces(observation, hidden)
        things = tuple(one for one in observation.things if one.label not in hidden)
        beside = tuple(one for one in observation.things if one.label in hidden)
        return replace(observation, things=things, beside=beside)


def _pieces(observation: Observation, hidden: Set[int]) -> set[int]:
    """Labels of what is beside something hidden in part, and of its colour: of a box a face may be a piece by itself.

    A level surface is no such face; it has no label.

    Args:
        observation: The look.
        hidden: Labels of what is hidden in part.
    """
    out = set()
    for one in (one for one in observation.things if one.label > 0 and one.label not in hidden):
        others = [other for other in observation.things if other.label in hidden and other.colour == one.colour]
        if any(_apart(observation, one, other) < BESIDE for other in others):
            out.add(one.label)
    return out


def _apart(observation: Observation, one: Detection, other: Detection) -> float:
    """Distance between two pieces, m, by some of their points."""
    every = [observation.cloud.points[observation.labels == piece.label] for piece in (one, other)]
    first, second = (points[:: max(1, len(points) // POINTS)] for points in every)
    return float(KDTree(second).query(first)[0].min())
