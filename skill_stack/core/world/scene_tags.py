"""Markers of a scene, by whose known poses a robot localizes, or follows a thing that carries them."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.robots.camera_spec import rotation_of

Array = np.ndarray
Triple = tuple[float, float, float]
_PLATE = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""From a marker's frame (x right, y up, z out of it) to its plate's (x out of it, z up)."""
_CORNERS = np.array([[-1.0, -1.0, 0.0], [1.0, -1.0, 0.0], [1.0, 1.0, 0.0], [-1.0, 1.0, 0.0]])


class HungTag(DataModel):
    """Pose of one marker.

    Attributes:
        carrier: Object that carries it, in whose frame its pose is then, from the middle; empty for one that hangs in
            ``map``.
        xyz: Its centre in ``map``, m.
        rpy: Roll, pitch and yaw of its plate as in a URDF, rad: x is where it faces, z its upper side. One on a wall
            that faces back along the map's x axis has a yaw of pi.
    """

    carrier: str = ""
    xyz: Triple
    rpy: Triple = (0.0, 0.0, 0.0)

    @property
    def rotation(self) -> Array:
        """From the marker's frame (x right, y up, z out of it) to the one in which its pose is, shape (3, 3)."""
        return rotation_of(self.rpy) @ _PLATE

    def corners(self, edge: float) -> Array:
        """Corners in the frame in which its pose is, m, shape (4, 3): counter-clockwise from the lower left one.

        Args:
            edge: Length of the black square's edge, m.
        """
        return np.asarray((edge / 2 * _CORNERS) @ self.rotation.T + self.xyz)


class SceneTags(DataModel):
    """All markers of a scene: one family, one size.

    Attributes:
        family: AprilTag or ArUco family, e.g. ``tag36h11``.
        edge: Length of the black square's edge, m.
        places: Where they hang, by number.
    """

    family: str = "tag36h11"
    edge: float = Field(0.16, gt=0)
    places: dict[int, HungTag] = {}

    def on(self, carrier: str) -> SceneTags:
        """Those that one object carries.

        Args:
            carrier: The object; empty for those that never move.
        """
        return self.model_copy(update={"places": {n: tag for n, tag in self.places.items() if tag.carrier == carrier}})
