"""TagPlaces: localization by markers with known poses, as corrections of the pose of ``odom`` in ``map``.

Roll, pitch and height of the base come from the robot's own estimate by gravity and legs. The corners of all known
markers of a look then give position and heading by least squares, with standard deviations. These are fused with the
present estimate; where they contradict it, several looks must agree before they replace it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from skill_stack.core.robots.camera_spec import matrix_of, rotation_of
from skill_stack.core.rotation import wrap_angle, yaw_of
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_tags import SceneTags
from skill_stack.perception.tags.tags import KnownTag, Tag, TagFinder, base_in_map, odom_in_map

Array = np.ndarray
Mount = tuple[Array, Array]
"""Position of the camera in the base, m, shape (3,), and rotation from its optical frame to the base, shape (3, 3)."""
PIXEL = 0.5
"""Lower bound of a corner's standard deviation, pixels: more than the detector's, for lens errors."""
WORST = 2.5
"""Root mean square reprojection error, pixels, above which a pose is rejected."""
HUNG = (0.01, 0.005)
"""Mounting accuracy of markers: standard deviations of position, m, and heading, rad."""
STRANGE = 3.5
"""Difference from the estimate, in standard deviations, from which a look contradicts it."""
AGREE = 3
"""Agreeing looks that must contradict the estimate before they replace it."""
LEAST = (0.02, 0.01)
"""Smallest correction, m and rad, unless the estimate is more than twice as uncertain as necessary."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Pose of the robot by markers.

    Attributes:
        origin: Where ``odom`` begins in ``map`` by that.
        position: Standard deviation of the place along x and along y, m.
        heading: The same of the heading, rad.
        tags: Numbers of the markers.
    """

    origin: Pose2
    position: float
    heading: float
    tags: tuple[int, ...]


class TagPlaces:
    """Detects markers in looks and computes corrections."""

    def __init__(self, tags: SceneTags, mount: Mount, finder: TagFinder | None = None) -> None:
        """Takes the markers of a scene.

        Args:
            tags: Where they hang.
            mount: Where the camera is on the robot.
            finder: Finds them; None for one of their family and size.

        Raises:
            UnknownName: There is no such family.
        """
        self._finder = finder or TagFinder(tags.family, tags.edge)
        self._mount, hung = mount, tags.on("").places
        self._known = {number: KnownTag(np.array(one.xyz), one.rotation) for number, one in hung.items()}
        self._corners = {number: one.corners(tags.edge) for number, one in hung.items()}
        self._against: list[Pose2] = []

    def look(
        self, colour: Array, intrinsics: Intrinsics, odometry: Array, believed: Pose2 | None, doubt: tuple[float, float]
    ) -> Fix | None:
        """The correction of one look.

        Args:
            colour: RGB, uint8, shape (height, width, 3).
            intrinsics: Of the camera.
            odometry: Pose of the base in ``odom`` when the look was taken: position, m, and w-x-y-z, shape (7,).
            believed: Where ``odom`` is thought to begin in ``map``, or None.
            doubt: Standard deviations of the place that is believed, m and rad.

        Returns:
            What is to be stated, or None where nothing is to be changed.
        """
        seen = [tag for tag in self._finder.find(colour, intrinsics) if tag.number in self._known]
        measured = self._measured(seen, intrinsics, odometry, believed)
        if measured is None:
            return None
        place, spread = measured
        base = Pose2(float(odometry[0]), float(odometry[1]), yaw_of(odometry[3:]))
        numbers = tuple(tag.number for tag in seen)
        if believed is None:
            return Fix(odom_in_map(place, base), *spread, numbers)
        return self._weighed(place, spread, believed.compose(base), base, doubt, numbers)

    def _weighed(
        self, place: Pose2, spread: tuple[float, float], thought: Pose2, base: Pose2, doubt: tuple[float, float],
        numbers: tuple[int, ...],
    ) -> Fix | None:  # fmt: skip
        """Measurement and estimate fused, or the measurement alone once looks agree on a contradiction."""
        off, turned = thought.distance_to(place.x, place.y), abs(wrap_angle(place.yaw - thought.yaw))
        total = [math.hypot(a, b) for a, b in zip(spread, doubt)]
        if off > STRANGE * total[0] + LEAST[0] or turned > STRANGE * total[1] + LEAST[1]:
            origin = odom_in_map(place, base)
            self._against = [one for one in self._against if _alike(one.compose(base), place, spread)] + [origin]
            if len(self._against) < AGREE:
                return None
            self._against = []
            return Fix(origin, *spread, numbers)
        self._against = []
        near = off < max(LEAST[0], spread[0]) and turned < max(LEAST[1], spread[1])
        if near and doubt[0] < 2 * spread[0] and doubt[1] < 2 * spread[1]:
            return None
        gain = [d**2 / max(d**2 + s**2, 1e-12) for d, s in zip(doubt, spread)]
        x, y = thought.x + gain[0] * (place.x - thought.x), thought.y + gain[0] * (place.y - thought.y)
        yaw = thought.yaw + gain[1] * wrap_angle(place.yaw - thought.yaw)
        left = [d * s / max(math.hypot(d, s), 1e-12) for d, s in zip(doubt, spread)]
        return Fix(odom_in_map(Pose2(x, y, yaw), base), max(left[0], HUNG[0]), max(left[1], HUNG[1]), numbers)

    def _measured(
        self, seen: Sequence[Tag], intrinsics: Intrinsics, odometry: Array, believed: Pose2 | None
    ) -> tuple[Pose2, tuple[float, float]] | None:
        """Position and heading of the base by all corners, with standard deviations; None where that is not certain."""
        first = base_in_map(seen, self._known, self._mount)
        begin = first[0] if first is not None else None
        if begin is None and believed is not None and seen:  # an ambiguous view is told by what is believed
            begin = believed.compose(Pose2(float(odometry[0]), float(odometry[1]), yaw_of(odometry[3:])))
        if begin is None:
            return None
        corners = np.concatenate([self._corners[tag.number] for tag in seen])
        pixels = np.concatenate([tag.corners for tag in seen])
        level = rotation_of((0.0, 0.0, -yaw_of(odometry[3:]))) @ matrix_of(odometry[3:])

        def missed(pose: Array) -> Array:
            turn = rotation_of((0.0, 0.0, float(pose[2]))) @ level
            camera = np.array([pose[0], pose[1], odometry[2]]) + turn @ self._mount[0]
            found = intrinsics.project((corners - camera) @ (turn @ self._mount[1]))
            return np.nan_to_num((found - pixels).ravel(), nan=1e3)

        solved = least_squares(missed, (begin.x, begin.y, begin.yaw), loss="soft_l1", x_scale=(0.1, 0.1, 0.05))
        miss = float(np.sqrt(np.square(missed(solved.x)).mean()))
        if miss > WORST:
            return None
        spread = np.sqrt(np.diag(np.linalg.pinv(solved.jac.T @ solved.jac)) * max(miss, PIXEL) ** 2)
        place = Pose2(float(solved.x[0]), float(solved.x[1]), wrap_angle(float(solved.x[2])))
        return place, (math.hypot(float(spread[:2].max()), HUNG[0]), math.hypot(float(spread[2]), HUNG[1]))


def _alike(one: Pose2, other: Pose2, spread: tuple[float, float]) -> bool:
    """Whether two looks give the same pose."""
    near = one.distance_to(other.x, other.y) < STRANGE * spread[0] + 0.05
    return near and abs(wrap_angle(one.yaw - other.yaw)) < STRANGE * spread[1] + 0.05
