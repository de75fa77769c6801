"""PalmSpec: the flat of a hand without moving fingers, by which things are pressed and carried."""

from __future__ import annotations

from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Positive

Place = tuple[float, float, float]


class PalmSpec(DataModel):
    """One palm, a flat block on its link.

    Attributes:
        name: Whose hand it is, e.g. ``left``.
        link: URDF link that carries it.
        centre: Middle of the block in the link's frame, m.
        half: Half its extents along the link's axes, m.
        normal: Where the palm faces, a unit vector along an axis of the link.
        friction: Friction coefficient of its surface.
    """

    name: str
    link: str
    centre: Place
    half: tuple[Positive, Positive, Positive]
    normal: Place
    friction: float = Field(default=0.9, gt=0)

    @property
    def face(self) -> Place:
        """Middle of the surface that presses, in the link's frame, m."""
        x, y, z = (c + h * n for c, h, n in zip(self.centre, self.half, self.normal, strict=True))
        return x, y, z
