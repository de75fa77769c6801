"""Tags: square markers (AprilTag, ArUco) with their poses, and localization by known ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from skill_stack.core.errors import UnknownName
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.core.world.scene import Pose2
from skill_stack.perception.tags.corners import fitted_corners

Array = np.ndarray
FAMILIES = {
    "tag36h11": cv2.aruco.DICT_APRILTAG_36h11,
    "tag25h9": cv2.aruco.DICT_APRILTAG_25h9,
    "tag16h5": cv2.aruco.DICT_APRILTAG_16h5,
    "aruco_4x4": cv2.aruco.DICT_4X4_250,
    "aruco_5x5": cv2.aruco.DICT_5X5_250,
    "aruco_6x6": cv2.aruco.DICT_6X6_250,
}
"""Families by name, and their dictionaries in OpenCV."""
APRIL = ("tag36h11", "tag25h9", "tag16h5")
CLEAR = 1.6
"""Factor by which the better of the two ambiguous poses of a flat square must fit better."""
LARGEST_MISS = 3.0
"""Largest root mean square reprojection error of corners, pixels."""
CELL_PIXELS = 8
"""Samples across one cell of a marker when its number is read; OpenCV's 4 miss markers far away."""


@dataclass(frozen=True, slots=True, eq=False)
class Tag:
    """A marker in one picture.

    Attributes:
        number: Which one of its family.
        corners: Pixels, counter-clockwise from the lower left one as the marker is printed, shape (4, 2).
        position: Centre in the optical frame, m, shape (3,).
        rotation: From the marker's frame (x right, y up, z out of it) to the optical frame, shape (3, 3).
        miss: How well its corners fit, pixels, root mean square.
        sure: Whether its orientation has no second solution that fits nearly as well.
    """

    number: int
    corners: Array
    position: Array
    rotation: Array
    miss: float
    sure: bool


class TagFinder:
    """Finds the markers of one family, all of one size."""

    def __init__(self, family: str = "tag36h11", edge: float = 0.16) -> None:
        """Makes the detector.

        Args:
            family: One of :data:`FAMILIES`.
            edge: Length of the black square's edge, m.

        Raises:
            UnknownName: There is no such family.
        """
        if family not in FAMILIES:
            raise UnknownName("family of tags", family, FAMILIES)
        self._edge, self._april = edge, family in APRIL
        dictionary = cv2.aruco.getPredefinedDictionary(FAMILIES[family])
        settings = cv2.aruco.DetectorParameters()
        settings.perspectiveRemovePixelPerCell = CELL_PIXELS
        self._opencv = cv2.aruco.ArucoDetector(dictionary, settings)

    def find(self, colour: Array, intrinsics: Intrinsics) -> list[Tag]:
        """Markers of a picture.

        Args:
            colour: RGB, uint8, shape (height, width, 3).
            intrinsics: Of the camera.
        """
        grey = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY)
        found = [self._posed(number, corners, intrinsics) for number, corners in self._corners(grey)]
        return sorted((tag for tag in found if tag is not None), key=lambda tag: tag.number)

    def _corners(self, grey: Array) -> Iterable[tuple[int, Array]]:
        corners, numbers, _ = self._opencv.detectMarkers(grey)
        if numbers is None:
            return []
        # OpenCV begins at the upper left one and goes clockwise; and it has AprilTags upside down.
        turn = 2 if self._april else 0
        ordered = [np.roll(np.array(c, float).reshape(4, 2)[::-1], turn, 0) for c in corners]
        return [(int(n), fitted_corners(grey, c)) for n, c in zip(np.ravel(numbers), ordered)]

    def _posed(self, number: int, corners: Array, intrinsics: Intrinsics) -> Tag | None:
        h = self._edge / 2
        places = np.array([[-h, h, 0], [h, h, 0], [h, -h, 0], [-h, -h, 0]])  # the order that this solver wants
        pixels = np.ascontiguousarray(corners[::-1], float)
        i = intrinsics
        camera = np.array([[i.fx, 0, i.cx], [0, i.fy, i.cy], [0, 0, 1.0]])
        way = cv2.SOLVEPNP_IPPE_SQUARE
        solved, turns, shifts, misses = cv2.solvePnPGeneric(places, pixels, camera, None, flags=way)
        if not solved:
            return None
        miss = np.ravel(misses)
        best = int(np.argmin(miss))
        if not miss[best] <= LARGEST_MISS:
            return None
        sure = len(miss) < 2 or float(np.delete(miss, best).min()) > CLEAR * max(float(miss[best]), 1e-3)
        rotation = cv2.Rodrigues(turns[best])[0]
        return Tag(number, corners, np.ravel(shifts[best]), rotation, float(miss[best]), sure)


@dataclass(frozen=True, slots=True, eq=False)
class KnownTag:
    """Pose of a marker.

    Attributes:
        position: Its centre in ``map``, m, shape (3,).
        rotation: From the marker's frame (x right, y up, z out of it) to ``map``, shape (3, 3).
    """

    position: Array
    rotation: Array


def base_in_map(
    tags: Iterable[Tag], known: Mapping[int, KnownTag], mount: tuple[Array, Array]
) -> tuple[Pose2, float] | None:
    """Pose of the robot by the markers that it sees.

    Args:
        tags: What one picture shows.
        known: Where markers hang, by number.
        mount: Position of the camera in the base, m, shape (3,), and rotation from its optical frame to the base.

    Returns:
        Pose of the base in ``map``, the mean over all markers whose pose is sure, weighed by the square of their
        distance; and the standard deviation of its place, m, from how they differ and how far they are. None where no
        known marker is seen surely.
    """
    rows = [(tag, known[tag.number]) for tag in tags if tag.sure and tag.number in known]
    if not rows:
        return None
    places, headings, weights = [], [], []
    for tag, there in rows:
        camera_turn = there.rotation @ tag.rotation.T
        camera = there.position - camera_turn @ tag.position
        base_turn = camera_turn @ mount[1].T
        places.append((camera - base_turn @ mount[0])[:2])
        headings.append(math.atan2(base_turn[1, 0], base_turn[0, 0]))
        weights.append(1.0 / max(float(tag.position @ tag.position), 0.01))
    share = np.array(weights) / sum(weights)
    x, y = share @ np.array(places)
    yaw = math.atan2(float(share @ np.sin(headings)), float(share @ np.cos(headings)))
    spread = float(np.sqrt(share @ np.square(np.array(places) - (x, y)).sum(axis=1)))
    reach = min(float(np.linalg.norm(tag.position)) for tag, _ in rows)
    return Pose2(float(x), float(y), yaw), math.hypot(spread, 0.01 + 0.01 * reach**2)


def odom_in_map(base: Pose2, odometry: Pose2) -> Pose2:
    """Pose of ``odom`` in ``map`` from the base's pose in both."""
    yaw = base.yaw - odometry.yaw
    c, s = math.cos(yaw), math.sin(yaw)
    x, y = base.x - (c * odometry.x - s * odometry.y), base.y - (s * odometry.x + c * odometry.y)
    return Pose2(x, y, math.atan2(math.sin(yaw), math.cos(yaw)))
