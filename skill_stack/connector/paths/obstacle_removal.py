"""ObstacleRemoval: moves a movable obstacle first, where a skill for that exists."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.connector.paths.clearance import Point
from skill_stack.connector.paths.distance_field import DistanceField
from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.paths.path_planner import find_way
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

BLOCKED = "way is free"
"""Violated condition of a step with a blocked path."""

SPOT = "clearing_spot"
"""Id of the place to which an object is moved; it exists only in the clearing step."""

ATTEMPTS = 2
"""Most objects that are moved for one request."""

PUSHES = (0.7, 1.2, 1.8, 2.5)
"""Distances by which an object is moved, m; the shortest that opens the path is taken."""

PUSHING = "pushing"
"""Guide whose skills push their ``target`` to their ``place``."""

DIRECTIONS = 8
"""Directions in which an object may be moved."""

_RUN_UP = 0.25  # m that a push needs behind the thing
_RING = (0.0, 0.2)  # m around the standing distance at which a way counts as leading to the target
_SPARE = 0.05  # m that a thing keeps from others where it is put


@dataclass(frozen=True, slots=True)
class Errand:
    """An object to be moved before the request can continue.

    Attributes:
        request: What is to be done, under the id of the request that it is for.
        blocker: The thing.
        spot: Where it is to be.
    """

    request: SkillRequest
    blocker: str
    spot: Point

    def world(self, scene: SceneGraph) -> SceneGraph:
        """The scene with the place in it."""
        place = SceneObject(SPOT, "place", (*self.spot, 0.0), 0.0, "point")
        return SceneGraph({**scene.objects, SPOT: place}, scene.facts, scene.robot)


@dataclass(frozen=True, slots=True)
class Cleared:
    """A request that waits until its path is free.

    Attributes:
        request: The request.
        library: Skills that it is run with.
        started: When it began, s of task time.
        errand: What is done first.
    """

    request: SkillRequest
    library: SkillLibrary
    started: float
    errand: Errand


class MovedThings:
    """Places of moved objects, until the map reports them anew."""

    def __init__(self) -> None:
        """Begins with none."""
        self._moved: dict[str, tuple[SceneObject, SceneObject]] = {}
        self._last: tuple[object, SceneGraph] = (None, SceneGraph())

    def note(self, thing: SceneObject, spot: Point) -> None:
        """Records the new place of an object."""
        before = self._moved[thing.id][0] if thing.id in self._moved else thing
        self._moved[thing.id] = (before, replace(thing, position=(*spot, thing.position[2])))
        self._last = (None, SceneGraph())

    def world(self, scene: SceneGraph) -> SceneGraph:
        """The scene with moved objects at their new places; newer observations take precedence."""
        if not self._moved:
            return scene
        if self._last[0] is not scene.objects:
            said = scene.objects
            self._moved = {name: pair for name, pair in self._moved.items() if said.get(name) == pair[0]}
            put = {name: pair[1] for name, pair in self._moved.items()}
            self._last = (said, SceneGraph({**said, **put}))
        return replace(self._last[1], facts=scene.facts, robot=scene.robot)


@dataclass(frozen=True, slots=True)
class _Mover:
    """A skill that moves objects, and the names of its arguments."""

    spec: SkillSpec
    thing: str
    to: str


def mover_of(library: SkillLibrary) -> _Mover | None:
    """A skill that moves objects: one that pushes, or whose effect relates one of its objects to another.

    Args:
        library: Skills of the robot.
    """
    for spec in library:
        if spec.guided is not None and spec.guided.guide == PUSHING and spec.hazard != "high":
            return _Mover(spec, "target", "place")
        objects = {f"${one.name}": one.name for one in spec.goal if one.type == "object"}
        for effect in map(Literal.parse, spec.effects):
            named = [objects[name] for name in effect.arguments if name in objects]
            if effect.positive and len(effect.arguments) == len(named) == 2 and spec.hazard != "high":
                return _Mover(spec, named[0], named[1])
    return None


class ObstacleRemoval:
    """Finds an object whose removal would open a path, and where to move it."""

    def __init__(self, library: SkillLibrary, footprint: Footprint, clearances: tuple[float, float]) -> None:
        """Selects a skill.

        Args:
            library: Skills of the robot.
            footprint: Of the standing robot.
            clearances: Free space beside the robot, where there is room and where there is not, m.
        """
        self._mover = mover_of(library)
        self._field: DistanceField | None = None
        self._front = footprint.front
        self._clearance = footprint.side + clearances[1]

    def errand(
        self, request: SkillRequest, scene: SceneGraph, here: Pose2, field: DistanceField | None = None
    ) -> Errand | None:
        """The object to move so that a request can continue; None where nothing helps.

        Args:
            request: The request whose way is blocked.
            scene: The world.
            here: The robot in ``map``.
            field: Further occupied cells of a grid, which no skill moves.
        """
        self._field = field
        target = scene.objects.get(str(request.arguments.get("target", "")))
        if self._mover is None or target is None or request.skill == self._mover.spec.name:
            return None
        start = (here.x, here.y)
        movable = [one for one in scene.objects.values() if one.movable and one.id != target.id]
        for thing in sorted(movable, key=lambda one: here.distance_to(*one.position[:2])):
            if not self._leads(_without(scene.objects, thing.id), start, target):
                continue
            spot = self._spot(scene.objects, thing, start, target)
            if spot is not None:
                arguments = {self._mover.thing: thing.id, self._mover.to: SPOT}
                moving = SkillRequest(request.id, self._mover.spec.name, arguments, pace=request.pace)
                return Errand(moving, thing.id, spot)
        return None

    def _leads(self, things: Iterable[SceneObject], start: Point, target: SceneObject) -> bool:
        centre = (target.position[0], target.position[1])
        away = (0.0, _RING[1]) if target.shape == "point" else tuple(self._front + edge for edge in _RING)
        return bool(
            find_way(
                Outlines.from_objects(things, self._field),
                start,
                centre,
                (away[0], away[1]),
                self._clearance,
                target.id,
            )
        )

    def _spot(
        self, objects: Mapping[str, SceneObject], thing: SceneObject, start: Point, target: SceneObject
    ) -> Point | None:
        """The nearest place for an object where it no longer blocks, and to which the robot can push it."""
        x, y = thing.position[0], thing.position[1]
        others = Outlines.from_objects(_without(objects, thing.id), self._field)
        for distance in PUSHES:
            for number in range(DIRECTIONS):
                angle = 2 * math.pi * number / DIRECTIONS
                c, s = math.cos(angle), math.sin(angle)
                spot = (x + distance * c, y + distance * s)
                back = self._front + thing.radius + _RUN_UP
                behind = SceneObject("behind", "place", (x - back * c, y - back * s, 0.0), 0.0, "point")
                if not self._fits(others, thing, (x, y), spot):
                    continue
                if not self._reached(objects, start, behind):
                    continue
                moved = replace(thing, position=(*spot, thing.position[2]))
                if self._leads((*_without(objects, thing.id), moved), start, target):
                    return spot
        return None

    def _reached(self, objects: Mapping[str, SceneObject], start: Point, place: SceneObject) -> bool:
        centre = (place.position[0], place.position[1])
        return bool(
            find_way(Outlines.from_objects(objects.values(), self._field), start, centre, (0.0, 0.15), self._clearance)
        )

    def _fits(self, others: Outlines, thing: SceneObject, start: Point, spot: Point) -> bool:
        """Whether an object can be moved there in a straight line, with room for the robot behind it."""
        if not others.names:
            return True
        distances = others.distances(np.linspace(start, spot, 8))
        # What stands beside it now may stand as near on the way, and nothing may come nearer than that.
        limits = np.minimum(max(thing.radius, self._clearance) + _SPARE, distances[0])
        return bool((distances >= limits).all())


def _without(objects: Mapping[str, SceneObject], name: str) -> list[SceneObject]:
    return [thing for other, thing in objects.items() if other != name]
