"""Spatial relations of objects, relative to a viewer, an object or the map."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, Protocol

import numpy as np

from skill_stack.core.world.scene import Pose2

Array = np.ndarray
Side = Literal["left", "right", "front", "behind"]
SIDES: tuple[Side, ...] = ("left", "right", "front", "behind")
TOUCH = 0.04
"""Tolerance of the height of a support, m."""


class Placed(Protocol):
    """Anything with a position, a size and a heading."""

    id: str
    position: Array
    size: Array
    yaw: float


def side_of(thing: Array, other: Array, ahead: float) -> Side:
    """The side of another object on which one is.

    Args:
        thing: Its place, m, shape (2,) or (3,).
        other: Place of the other one.
        ahead: Direction in which one looks, rad: from a viewer to the other thing (viewer's frame: *front* is on the
            viewer's side), or 0 for the map's x axis.
    """
    dx, dy = float(thing[0] - other[0]), float(thing[1] - other[1])
    along = dx * math.cos(ahead) + dy * math.sin(ahead)
    aside = dy * math.cos(ahead) - dx * math.sin(ahead)
    if abs(aside) >= abs(along):
        return "left" if aside > 0 else "right"
    return "behind" if along > 0 else "front"


def side_in(frame: str, thing: Array, other: Array, yaw: float, viewer: Pose2 | None) -> Side:
    """The side of another object on which one is, in a frame.

    Args:
        frame: ``viewer``, ``object`` or ``world``.
        thing: Its place, m, shape (2,) or (3,).
        other: Place of the other one.
        yaw: Heading of the other one, rad: in its own frame *front* is where it faces, and *left* is its own left.
        viewer: Where it is seen from; without one the world counts.
    """
    if frame != "object":
        return side_of(thing, other, direction(frame, other, viewer))
    side = side_of(thing, other, yaw)
    return _TURNED.get(side, side)  # what one looks along lies behind for a viewer, and before whoever faces that way


_TURNED: dict[Side, Side] = {"front": "behind", "behind": "front"}


def direction(frame: str, other: Array, viewer: Pose2 | None) -> float:
    """The direction for :func:`side_of` in a frame.

    Args:
        frame: ``viewer`` or ``world``.
        other: Place of the thing that the relation is to, m.
        viewer: Where it is seen from; without one the world counts.
    """
    if frame == "viewer" and viewer is not None:
        return math.atan2(float(other[1]) - viewer.y, float(other[0]) - viewer.x)
    return 0.0


def carried(thing: Placed, others: Iterable[Placed]) -> str:
    """Id of the supporting object: one that ends where this begins, under its middle; empty for the floor."""
    bottom = float(thing.position[2]) - float(thing.size[2]) / 2
    best, gap = "", TOUCH + 0.1 * float(thing.size[2])
    for other in others:
        if other.id == thing.id:
            continue
        top = float(other.position[2]) + float(other.size[2]) / 2
        off = abs(top - bottom)
        if off < gap and float(other.size[2]) > 0.02 and _over(thing, other):
            best, gap = other.id, off
    return best


def _over(thing: Placed, other: Placed) -> bool:
    """Whether the middle of an object is over another one."""
    dx, dy = float(thing.position[0] - other.position[0]), float(thing.position[1] - other.position[1])
    c, s = math.cos(other.yaw), math.sin(other.yaw)
    slack = 0.02
    along, aside = abs(c * dx + s * dy), abs(-s * dx + c * dy)
    return along <= float(other.size[0]) / 2 + slack and aside <= float(other.size[1]) / 2 + slack
