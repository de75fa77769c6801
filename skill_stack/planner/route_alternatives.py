"""Alternative paths to an object, as displacements before going to it, from the stated map alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skill_stack.core.world.scene import Pose2, SceneObject

Point = tuple[float, float]

MIDWAY = 0.5
"""Where along the straight way a way round turns, as a part of it."""

EARLY, LATE = 0.3, 0.75
"""Where a wide way round leaves the straight one and comes back to it, as parts of it."""

ASIDE = (1.0, 1.8)
"""How far to the side a way round leads, m: round something as wide as a person, and as wide as a table."""

ROOM = 1.0
"""Distance from a thing's outline at which an approach from another side begins, m: a robot's length and a bit."""

CLEAR = 0.4
"""Free space that a way keeps between base and outlines, m; a rehearsal shows whether that is enough."""

_SAMPLE = 0.1  # m


@dataclass(frozen=True, slots=True)
class RouteAlternative:
    """One way.

    Attributes:
        label: It in words, to go on from "I".
        points: Corners in ``map`` before the thing itself, m.
    """

    label: str
    points: tuple[Point, ...]

    def length(self, start: Point, end: Point) -> float:
        """Length with its ends, m."""
        corners = [start, *self.points, end]
        return sum(math.dist(a, b) for a, b in zip(corners, corners[1:], strict=False))


def ways_to(here: Pose2, target: SceneObject, things: Sequence[SceneObject]) -> Iterator[RouteAlternative]:
    """Ways round and approaches from other sides that the stated map leaves free; the shortest kinds first.

    Args:
        here: Where the robot is by then.
        target: Where it goes.
        things: Everything on the map.
    """
    x, y = target.position[:2]
    length = math.hypot(x - here.x, y - here.y)
    if length < CLEAR:
        return
    ahead = ((x - here.x) / length, (y - here.y) / length)
    across = (-ahead[1], ahead[0])

    def at(along: float, aside: float) -> Point:
        return here.x + along * ahead[0] + aside * across[0], here.y + along * ahead[1] + aside * across[1]

    def free(points: Sequence[Point]) -> bool:
        corners = [(here.x, here.y), *points]
        return all(_free(a, b, things) for a, b in zip(corners, corners[1:], strict=False))

    near, far = ASIDE
    for sign, word in ((1, "left"), (-1, "right")):
        if free(points := (at(MIDWAY * length, sign * near),)):
            yield RouteAlternative(f"go round by the {word}", points)
        if free(wide := (at(EARLY * length, sign * far), at(LATE * length, sign * far))):
            yield RouteAlternative(f"go round by the {word} in a wide arc", wide)
    off = target.radius + ROOM
    for sign, word in ((1, "left"), (-1, "right")):
        beside, behind = at(length, sign * off), at(length + off, 0.0)
        leads = [(), *(((at(MIDWAY * length, sign * aside)),) for aside in (off, *ASIDE))]
        lead = next((lead for lead in leads if free((*lead, beside))), None)
        if lead is None:
            continue
        yield RouteAlternative(f"come to it from the {word}", (*lead, beside))
        if free((*lead, beside, behind)):
            yield RouteAlternative(f"come to it from behind, round by the {word}", (*lead, beside, behind))


def _free(start: Point, end: Point, things: Sequence[SceneObject]) -> bool:
    """Whether a straight stretch keeps clear of everything; what the robot is too near to already it may leave."""
    count = max(2, math.ceil(math.dist(start, end) / _SAMPLE) + 1)
    for thing in things:
        if thing.shape == "point":
            continue
        limit = min(CLEAR, _gap(thing, start) - 0.01)
        for n in range(count):
            part = n / (count - 1)
            point = (start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1]))
            if _gap(thing, point) < limit:
                return False
    return True


def _gap(thing: SceneObject, point: Point) -> float:
    """Distance from a point to an outline, m; 0 inside."""
    dx, dy = point[0] - thing.position[0], point[1] - thing.position[1]
    if thing.shape in ("sphere", "cylinder"):
        return max(0.0, math.hypot(dx, dy) - thing.size[0] / 2)
    c, s = math.cos(thing.yaw), math.sin(thing.yaw)
    along, beside = abs(c * dx + s * dy) - thing.size[0] / 2, abs(c * dy - s * dx) - thing.size[1] / 2
    return math.hypot(max(along, 0.0), max(beside, 0.0))
