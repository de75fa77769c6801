"""Doorways of a map: how leaves of doors that are on no map could hang in them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from skill_stack.core.rotation import wrap_angle
from skill_stack.core.world.scene import SceneObject

WIDE = (0.6, 1.4)
"""Width of a doorway of one leaf, m."""
THICKEST = 0.3
"""Thickness of a wall from which on a gap in it is a passage and no doorway, m."""
PARALLEL, ASIDE = math.radians(5.0), 0.1
"""Angle, rad, and offset, m, up to which two walls are one wall with a gap."""
SEAM = 0.02
"""Between a leaf and either jamb, m."""
LEAF, TALL = 0.04, 2.0
"""Thickness and height of a leaf, m."""
SWING = math.radians(100.0)
"""How far a leaf opens, rad."""
DOOR = "door"
"""Kind of a leaf."""


@dataclass(frozen=True, slots=True)
class _Jamb:
    """The end of a wall.

    Attributes:
        x: m.
        y: m.
        out: Heading from the wall out beyond its end, rad.
    """

    x: float
    y: float
    out: float

    def faces(self, other: _Jamb) -> bool:
        """Whether a doorway is between this end and that of another wall."""
        (ahead, aside), turned = self.gap(other), abs(wrap_angle(other.out - self.out - math.pi))
        return WIDE[0] <= ahead <= WIDE[1] and abs(aside) <= ASIDE and turned <= PARALLEL

    def gap(self, other: _Jamb) -> tuple[float, float]:
        """Another end from this one, along the wall and across it, m."""
        dx, dy, c, s = other.x - self.x, other.y - self.y, math.cos(self.out), math.sin(self.out)
        return c * dx + s * dy, c * dy - s * dx

    def leaves(self, other: _Jamb) -> Iterator[SceneObject]:
        """Shut leaves that hang on this end and reach to another one, for both senses of opening."""
        long = math.dist((self.x, self.y), (other.x, other.y)) - 2 * SEAM
        shut = math.atan2(other.y - self.y, other.x - self.x)
        middle = (self.x + other.x) / 2, (self.y + other.y) / 2, TALL / 2
        for sense in (-1.0, 1.0):
            swing = (shut, shut + sense * SWING)
            yield SceneObject(
                DOOR, DOOR, middle, shut, "box", (long, LEAF, TALL), hinge=(-long / 2, 0.0), swing=swing
            )


def possible_leaves(things: Iterable[SceneObject]) -> list[tuple[SceneObject, ...]]:
    """Leaves that could hang in each doorway of a map, as they are when shut; doorways whose leaf is stated have none.

    A doorway is a gap between the ends of two walls in one line. The leaf is as wide as that, and its hinge at either
    end.

    Args:
        things: What the map states.
    """
    things = list(things)
    stated = [one for one in things if one.hinge is not None]
    jambs = [end for one in things if one.kind == "wall" and one.shape == "box" for end in _ends(one)]
    doorways = ((one, two) for one, two in itertools.combinations(jambs, 2) if one.faces(two))
    found = [(*one.leaves(two), *two.leaves(one)) for one, two in doorways]
    return [leaves for leaves in found if not any(_hangs(one, leaves[0]) for one in stated)]


def _ends(wall: SceneObject) -> tuple[_Jamb, ...]:
    """Both ends of a wall; of what is as thick as a block none."""
    (thick, long), (x, y) = sorted(wall.size[:2]), wall.position[:2]
    if thick > THICKEST:
        return ()
    along = wall.yaw + (0.0 if wall.size[0] >= wall.size[1] else math.pi / 2)
    outs = (along, along + math.pi)
    return tuple(_Jamb(x + long / 2 * math.cos(out), y + long / 2 * math.sin(out), out) for out in outs)


def _hangs(stated: SceneObject, leaf: SceneObject) -> bool:
    """Whether the hinge of a stated thing is in the doorway of a shut leaf."""
    return stated.axis.distance_to(*leaf.position[:2]) < leaf.size[0] / 2 + THICKEST
