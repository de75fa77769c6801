"""KeptPath: the constraints of a step as distances and walls that every path search keeps to."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.connector.paths.clearance import Point
from skill_stack.connector.paths.object_outline import Outlines, outline_distance
from skill_stack.core.skills.way_constraint import WayConstraint, way_text
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

KEPT = "way keeps to its constraints"
"""Violated condition of a step for which no path keeps to what was asked for."""

DEVIATIONS = 2.0
"""Standard deviations of the position estimate by which distances are widened: 95 % of a normal distribution."""

WIDEST = 0.3
"""Most by which they are widened, m; a robot that knows its place less well stops for that reason."""

WALL = 100.0  # m; longer than any grid in which a path is searched
_THICK = 0.02  # m


@dataclass(frozen=True, slots=True)
class KeptPath:
    """What one step keeps to, fixed where it begins.

    Attributes:
        constraints: As they were asked for.
        least: Least distance from the base to things by id, m.
        walls: Outlines that stand nowhere but in the path search.
    """

    constraints: tuple[WayConstraint, ...]
    least: Mapping[str, float]
    walls: tuple[SceneObject, ...]

    @classmethod
    def begun(
        cls, constraints: Iterable[WayConstraint], scene: SceneGraph, here: Pose2, goal: str, side: float,
        place_radius: float,
    ) -> KeptPath:  # fmt: skip
        """The constraints of a step as seen from where it begins.

        Args:
            constraints: What was asked for.
            scene: Things and places of the map.
            here: The robot in ``map``.
            goal: Id of what the step goes to, which is kept away from by the step's own gap.
            side: Half width of the robot, m.
            place_radius: Radius of a place, m.

        Raises:
            UnknownName: A thing is not in the scene.
        """
        constraints = tuple(constraints)
        least: dict[str, float] = {}
        walls: list[SceneObject] = []
        for one in constraints:
            things = [scene[name] for name in one.things if name != goal]
            for thing in (thing for thing in things if one.kind in ("away", "out") or thing.is_area):
                least[thing.id] = max(least.get(thing.id, 0.0), one.distance + side)
                if thing.shape == "point":
                    walls.append(thing.kept_outline(place_radius))
            if one.kind in ("left", "right"):
                walls += [_beside(thing, here, one.kind == "left") for thing in things]
            if one.kind == "between" and len(things) == 2:
                walls += [_outward(things[0], things[1]), _outward(things[1], things[0])]
        return cls(constraints, least, tuple(walls))

    def applied(self, outlines: Outlines, deviation: float) -> Outlines:
        """Outlines with the constraints.

        Args:
            outlines: Everything known.
            deviation: Standard deviation of the robot's position, m.
        """
        if not self.constraints:
            return outlines
        added = Outlines.from_objects(self.walls)
        wider = min(WIDEST, DEVIATIONS * deviation) if math.isfinite(deviation) else WIDEST
        named = len(outlines.centre)
        names = (*outlines.names[:named], *added.names, *outlines.names[named:])
        return replace(
            outlines,
            names=names,
            centre=np.concatenate([outlines.centre, added.centre]),
            axis=np.concatenate([outlines.axis, added.axis]),
            half=np.concatenate([outlines.half, added.half]),
            radius=np.concatenate([outlines.radius, added.radius]),
            least=np.array([self.least[name] + wider if name in self.least else 0.0 for name in names]),
            endless=frozenset(one.id for one in self.walls if one.id not in self.least),
        )

    def __str__(self) -> str:
        return way_text(self.constraints)


def _beside(thing: SceneObject, here: Pose2, left: bool) -> SceneObject:
    """A wall on the other side of a thing than the one on which it is to be passed."""
    ahead = math.atan2(thing.position[1] - here.y, thing.position[0] - here.x)
    return _wall(thing, ahead - math.pi / 2 if left else ahead + math.pi / 2)


def _outward(thing: SceneObject, other: SceneObject) -> SceneObject:
    """A wall from a thing away from another one."""
    return _wall(thing, math.atan2(thing.position[1] - other.position[1], thing.position[0] - other.position[0]))


def _wall(thing: SceneObject, direction: float) -> SceneObject:
    """A wall that begins at the centre of a thing."""
    x, y = thing.position[0] + WALL / 2 * math.cos(direction), thing.position[1] + WALL / 2 * math.sin(direction)
    return SceneObject(f"wall at {thing.id}", "wall", (x, y, 0.5), direction, "box", (WALL, _THICK, 1.0))


def inside(constraints: Iterable[WayConstraint], scene: SceneGraph, here: Pose2, goal: str) -> str:
    """Why a step cannot keep out of a place with an extent, in one sentence: it begins or ends there. Empty for others.

    Args:
        constraints: What was asked for.
        scene: Things and places of the map.
        here: Where the step begins, in ``map``.
        goal: Id of what it goes to, which may be such a place itself.

    Raises:
        UnknownName: A thing is not in the scene.
    """
    end = scene.objects.get(goal)
    for one in constraints:
        for area in (scene[name] for name in one.things if name != goal and scene[name].is_area):
            outline = area.kept_outline(0.0)
            if outline_distance(outline, here.x, here.y) < 0.0:
                return f"I cannot go there {one.words(scene)}: the way begins inside the {area.label}."
            if end is not None and outline_distance(outline, *end.position[:2]) < 0.0:
                return f"I cannot go there {one.words(scene)}: the {end.label} is inside the {area.label}."
    return ""


def same_side(a: SceneObject, b: SceneObject, start: Point, end: Point) -> bool:
    """Whether two points lie on the same side of the line through two things, so that no path need pass between."""
    dx, dy = b.position[0] - a.position[0], b.position[1] - a.position[1]

    def across(point: Point) -> float:
        return dx * (point[1] - a.position[1]) - dy * (point[0] - a.position[0])

    return across(start) * across(end) > 0
