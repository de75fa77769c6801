"""RobotMask: pixels of a look that show the robot itself, by its measured joints and link shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pinocchio

from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import share_folder, urdf_text
from skill_stack.core.world.camera_frame import CameraFrame, Intrinsics

Array = np.ndarray
MARGIN = 0.015
"""Distance from a link up to which a measurement belongs to it, m: errors of depth, joints and mounting."""
_CORNERS = np.array([[x, y, z] for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-1.0, 1.0)])
_EDGE = 2  # pixels around the picture of a link, which its depth may have crept to


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """A box around a shape.

    Attributes:
        joint: Number of the joint that moves it.
        placement: Pose of the shape in the frame of that joint.
        middle: Of the box, in the frame of the shape, m, shape (3,).
        half: Half of its extents, with the margin, m, shape (3,).
    """

    joint: int
    placement: pinocchio.SE3
    middle: Array
    half: Array


class RobotMask:
    """The links of a robot, and its palms, as boxes, placed by its joints.

    What collides is often less than what a camera sees: a foot that is four small balls, or a hand without a shape. So
    what is seen of a link counts as well where it reaches beyond that.
    """

    def __init__(self, robot: RobotSpec, margin: float = MARGIN) -> None:
        """Reads the URDF.

        Args:
            robot: The whole robot.
            margin: Distance from a link up to which what is measured is taken for it, m.

        Raises:
            ResourceNotFound: URDF or meshes are not installed.
        """
        text = urdf_text(robot)
        self._model = pinocchio.buildModelFromXML(text)
        folders = [str(share_folder(robot))]
        solid, seen = (
            pinocchio.buildGeomFromUrdfString(self._model, text, kind, package_dirs=folders)
            for kind in (pinocchio.GeometryType.COLLISION, pinocchio.GeometryType.VISUAL)
        )
        self._data = self._model.createData()
        joints = [self._model.joints[self._model.getJointId(name)] for name in robot.joint_names]
        self._rows = np.array([joint.idx_q for joint in joints], dtype=int)
        self._base = self._model.getFrameId(robot.source.base_link)
        shapes = (*solid.geometryObjects, *_uncovered(solid, seen, margin))
        self._blocks = [_block_of(one, margin) for one in shapes]  # meshes take a hundred megabytes, and are not kept
        for palm in robot.palms:
            link = self._model.frames[self._model.getFrameId(palm.link)]
            half = np.array(palm.half) + margin
            self._blocks.append(_Block(link.parentJoint, pinocchio.SE3(link.placement), np.array(palm.centre), half))

    def mask(self, joints: Array, frame: CameraFrame, base: Array, turn: Array) -> Array:
        """The pixels that show the robot.

        Args:
            joints: Positions in the robot's order, rad or m, shape (joints,).
            frame: The look, with the pose of the camera.
            base: Where the base link was in the frame of that pose, m, shape (3,).
            turn: Rotation from the base link to that frame, shape (3, 3).

        Returns:
            bool, shape (height, width).
        """
        self._take(joints)
        eye = pinocchio.SE3(frame.rotation, frame.position)
        to_eye = eye.inverse() * pinocchio.SE3(turn, base) * self._data.oMf[self._base].inverse()
        own = np.zeros(frame.depth.shape, bool)
        for block in self._blocks:
            there = to_eye * self._data.oMi[block.joint] * block.placement
            _mark(own, frame, there.rotation, there.act(block.middle), block.half)
        return own

    def link(self, joints: Array, name: str) -> tuple[Array, Array]:
        """Pose of a link in the frame of the base link: place, m, shape (3,), and rotation, shape (3, 3).

        Args:
            joints: Positions in the robot's order, rad or m, shape (joints,).
            name: Name of the link.

        Raises:
            UnknownName: The URDF has no such link.
        """
        number = self._model.getFrameId(name)
        if number >= len(self._model.frames):
            raise UnknownName("link", name, [frame.name for frame in self._model.frames])
        self._take(joints)
        found = self._data.oMf[self._base].inverse() * self._data.oMf[number]
        return found.translation.copy(), found.rotation.copy()

    def _take(self, joints: Array) -> None:
        """Places every link."""
        q = pinocchio.neutral(self._model)
        q[self._rows] = joints
        pinocchio.framesForwardKinematics(self._model, self._data, q)


def _bounds(geometry: Any) -> tuple[Array, Array]:
    """Corners of the box around a shape in its own frame, m."""
    geometry.computeLocalAABB()
    box = geometry.aabb_local
    return np.array(box.min_), np.array(box.max_)


def _block_of(one: Any, margin: float) -> _Block:
    """The box around a shape of the URDF, with a margin, m."""
    low, high = _bounds(one.geometry)
    return _Block(one.parentJoint, pinocchio.SE3(one.placement), (low + high) / 2, (high - low) / 2 + margin)


def _uncovered(collision: Any, visual: Any, margin: float) -> list[Any]:
    """Visual shapes of links of which the collision shapes do not cover what is seen, but for a margin, m."""
    boxes: dict[int, tuple[Array, Array]] = {}
    for one in collision.geometryObjects:
        low, high = _in_link(one)
        known = boxes.get(one.parentFrame, (low, high))
        boxes[one.parentFrame] = (np.minimum(known[0], low), np.maximum(known[1], high))
    found = []
    for one in visual.geometryObjects:
        low, high = _in_link(one)
        around = boxes.get(one.parentFrame)
        if around is None or (low < around[0] - margin).any() or (high > around[1] + margin).any():
            found.append(one)
    return found


def _in_link(one: Any) -> tuple[Array, Array]:
    """Corners of the box around a shape in the frame of its joint, m."""
    low, high = _bounds(one.geometry)
    corners = (low + high) / 2 + _CORNERS * (high - low) / 2
    placed = corners @ one.placement.rotation.T + one.placement.translation
    return placed.min(axis=0), placed.max(axis=0)


def _mark(own: Array, frame: CameraFrame, turn: Array, middle: Array, half: Array) -> None:
    """Marks the pixels whose point lies in one box, given in the optical frame."""
    window = _window(frame.intrinsics, middle + (_CORNERS * half) @ turn.T)
    if window is None:
        return
    depth = frame.depth[window]
    k = frame.intrinsics
    row, column = np.mgrid[window]
    points = np.stack([(column - k.cx) / k.fx * depth, (row - k.cy) / k.fy * depth, depth], axis=-1)
    with np.errstate(invalid="ignore"):
        inside = (np.abs((points - middle) @ turn) <= half).all(axis=-1)
    own[window] |= inside & (depth > 0)


def _window(k: Intrinsics, corners: Array) -> tuple[slice, slice] | None:
    """The part of the picture in which a box can be; None where it is out of view."""
    if (corners[:, 2] <= 0).all():
        return None
    if (corners[:, 2] <= 0.01).any():  # it reaches behind the lens
        return slice(0, k.height), slice(0, k.width)
    pixels = k.project(corners)
    low, high = np.floor(pixels.min(axis=0)) - _EDGE, np.ceil(pixels.max(axis=0)) + _EDGE
    left, top = (int(max(value, 0)) for value in low)
    right, bottom = int(min(high[0] + 1, k.width)), int(min(high[1] + 1, k.height))
    return (slice(top, bottom), slice(left, right)) if right > left and bottom > top else None
