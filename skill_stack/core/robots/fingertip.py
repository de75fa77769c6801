"""Fingertip: where the tip of a finger is, for those who compare hands."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel

FINGERS = ("index", "middle", "ring", "thumb")
"""Fingers that hands are compared by, in this order."""


class Fingertip(DataModel):
    """The tip of one finger.

    Attributes:
        link: URDF link that carries it.
        point: The middle of its pad in that link's frame, m.
    """

    link: str
    point: tuple[float, float, float] = (0.0, 0.0, 0.0)
