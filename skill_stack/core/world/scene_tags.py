"""Markers of a scene, by whose known poses a robot localizes, or follows a thing that carries them."""

from __future__ import annotations

from pydantic import Field

from skill_stack.core.data_file import DataModel

Triple = tuple[float, float, float]


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
