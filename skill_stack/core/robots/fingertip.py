"""Fingertip: position of the tip of a finger, for comparing hands."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel

FINGERS = ("index", "middle", "ring", "little", "thumb")
"""Fingers by which hands are compared, in this order. A hand has an index finger and a thumb, and any of the others."""


class Fingertip(DataModel):
    """The tip of one finger.

    Attributes:
        link: URDF link that carries it.
        point: The middle of its pad in that link's frame, m.
    """

    link: str
    point: tuple[float, float, float] = (0.0, 0.0, 0.0)
