"""TaggedObject: the pose of a thing that carries markers, from one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.core.world.scene_tags import SceneTags
from skill_stack.perception.tags.tag_places import PIXEL
from skill_stack.perception.tags.tags import Tag, TagFinder

Array = np.ndarray
LARGEST = 1.5
"""Largest root mean square reprojection error of all corners, pixels: one marker that is seen too slantingly may be off
by more, and the others do not make up for it."""
SCALES = (0.01, 0.01, 0.01, 0.1, 0.1, 0.1)
"""How far a pose is moved for a step of the fit, m and rad."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenObject:
    """Pose of an object in one picture.

    Attributes:
        position: Of its origin in the optical frame, m, shape (3,).
        rotation: From its frame to the optical frame, shape (3, 3).
        miss: How well the corners of its markers fit, pixels, root mean square.
        tags: Numbers of the markers that were seen.
    """

    position: Array
    rotation: Array
    miss: float
    tags: tuple[int, ...]


class TaggedObject:
    """Finds one object by the markers that it carries, all of their corners together."""

    def __init__(self, tags: SceneTags, carrier: str) -> None:
        """Takes the markers.

        Args:
            tags: Those of the scene.
            carrier: The object.

        Raises:
            DataError: It carries none.
            UnknownName: There is no such family.
        """
        carried = tags.on(carrier).places
        if not carried:
            raise DataError(f"object '{carrier}' has no marker: tags of the scene need carrier: {carrier}")
        self._finder = TagFinder(tags.family, tags.edge)
        self._tags, self._corners = carried, {number: one.corners(tags.edge) for number, one in carried.items()}

    def find(self, colour: Array, intrinsics: Intrinsics) -> SeenObject | None:
        """The pose of the object, or None where it is not seen surely.

        Args:
            colour: RGB, uint8, shape (height, width, 3).
            intrinsics: Of the camera.
        """
        tags = [tag for tag in self._finder.find(colour, intrinsics) if tag.number in self._corners]
        # Of a single square seen from straight ahead or far away two poses fit; two of different faces have no other.
        if not tags or (len(tags) == 1 and not tags[0].sure):
            return None
        return self._fitted(tags, intrinsics)

    def _fitted(self, tags: Sequence[Tag], intrinsics: Intrinsics) -> SeenObject | None:
        """The pose that fits all corners best, begun at that of the marker that fits best by itself."""
        corners = np.concatenate([self._corners[tag.number] for tag in tags])
        pixels = np.concatenate([tag.corners for tag in tags])
        best = min(tags, key=lambda tag: (not tag.sure, tag.miss))
        own = self._tags[best.number]
        turn = Rotation.from_matrix(best.rotation @ own.rotation.T)
        place = best.position - turn.apply(own.xyz)

        def missed(change: Array) -> Array:  # about the first pose, where a rotation vector has no singularity
            turned = (Rotation.from_rotvec(change[3:]) * turn).apply(corners)
            return np.nan_to_num((intrinsics.project(turned + place + change[:3]) - pixels).ravel(), nan=1e3)

        change = least_squares(missed, np.zeros(6), loss="soft_l1", f_scale=PIXEL, x_scale=SCALES).x
        miss = float(np.sqrt(2.0 * np.square(missed(change)).mean()))
        if not miss <= LARGEST:
            return None
        rotation = (Rotation.from_rotvec(change[3:]) * turn).as_matrix()
        return SeenObject(place + change[:3], rotation, miss, tuple(tag.number for tag in tags))
