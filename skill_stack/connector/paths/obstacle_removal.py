"""ObstacleRemoval: moves movable obstacles first, where a skill for that exists."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from skill_stack.connector.paths.clearance import Point, samples
from skill_stack.connector.paths.distance_field import DistanceField
from skill_stack.connector.paths.object_outline import Outlines, depth_along
from skill_stack.connector.paths.path_planner import find_way
from skill_stack.core.robots.robot import Footprint
from skill_stack.core.rotation import wrap_angle
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Literal
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

BLOCKED = "way is free"
"""Violated condition of a step with a blocked path."""

SPOT = "clearing_spot"
"""Id of the place to which an object is moved; it exists only in the clearing step."""

PUSHES = (0.7, 1.2, 1.8, 2.5)
"""Distances by which an object is moved, m; the shortest that opens the path is taken."""

SWINGS = (0.3, 0.5, 0.7, 0.9, 1.1)
"""The same for the chest of a robot that swings an object with a hinge, m."""

LARGEST = 1.2
"""Widest thing that a robot asks for leave to push, m: set by hand, a leaf of a door."""

SHAPES = ("box", "cylinder", "ball")
"""Kinds of things of which a camera has told nothing but their shape."""

PUSHING = "pushing"
"""Guide whose skills push their ``target`` to their ``place``."""

HIDDEN = 0.3
"""Distance from a movable thing within which occupied cells may be of what is pushed along with it, m: set by hand,
half of a crate."""

DIRECTIONS = 8
"""Directions in which an object may be moved."""

_RUN_UP = 0.2  # m that a push needs behind the thing
_NEAR = 0.15  # m from where a push may begin that counts as there
_RING = (0.0, 0.2)  # m around the standing distance at which a way counts as leading to the target
_SPARE = 0.05  # m that a thing keeps from others where it is put
_BESIDE = 0.03  # m that the robot keeps from others beside its line while it pushes
_STOP = math.radians(4)  # rad before the end of a hinge's range up to which it is moved


@dataclass(frozen=True, slots=True)
class Errand:
    """An object to be moved before the request can continue.

    Attributes:
        request: What is to be done, under the id of the request that it is for.
        blocker: The thing, as it is.
        moved: The thing, as it is to be, and what it pushes along.
        spot: Where it is pushed to, m; one with a hinge gives way before.
    """

    request: SkillRequest
    blocker: SceneObject
    moved: tuple[SceneObject, ...]
    spot: Point

    def world(self, scene: SceneGraph) -> SceneGraph:
        """The scene with the place in it."""
        place = SceneObject(SPOT, "place", (*self.spot, 0.0), 0.0, "point")
        return SceneGraph({**scene.objects, SPOT: place}, scene.facts, scene.robot)


@dataclass(frozen=True, slots=True)
class Blockage:
    """A blocked path, and what may be done about it.

    Attributes:
        request: The request whose path is blocked.
        scene: The world.
        here: The robot in ``map``.
        constrained: Adds what a path keeps clear of by the constraints on it.
        field: Occupied cells of a grid that belong to nothing in the scene; None for none.
        kept: Ids of things that must stay where they are.
    """

    request: SkillRequest
    scene: SceneGraph
    here: Pose2
    constrained: Callable[[Outlines], Outlines]
    field: DistanceField | None = None
    kept: Collection[str] = ()

    def outlines(self, things: Iterable[SceneObject]) -> Outlines:
        """Outlines of objects, with all else that a path keeps clear of."""
        return self.constrained(Outlines.from_objects(things, self.field))

    def without_parts_of(self, things: Iterable[SceneObject]) -> Blockage:
        """The same without occupied cells that may give way with some objects."""
        if self.field is None:
            return self
        return replace(self, field=Outlines.from_objects(things).without_cells_at(self.field, HIDDEN))


class MovedThings:
    """Places of moved objects, until the map reports them anew."""

    def __init__(self) -> None:
        """Begins with none."""
        self._moved: dict[str, tuple[SceneObject, SceneObject]] = {}
        self._last: tuple[object, SceneGraph] = (None, SceneGraph())

    def note(self, thing: SceneObject, moved: SceneObject) -> None:
        """Records the new place of an object."""
        before = self._moved[thing.id][0] if thing.id in self._moved else thing
        self._moved[thing.id] = (before, moved)
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
        self._front, self._side = footprint.front, footprint.side
        self._clearance = footprint.side + clearances[1]

    def errand(self, blockage: Blockage) -> Errand | None:
        """The object to move so that a request can continue; None where nothing helps.

        Where no object alone is in the way, the first of several along the path is moved, as if the others were
        gone: they are moved afterwards. Where that opens no path, what a grid shows close to movable objects and no
        camera has named counts as something that gives way with them; more of it is seen afterwards.

        Args:
            blockage: The blocked path.
        """
        scene, target, request = blockage.scene, self._target(blockage), blockage.request
        if self._mover is None or target is None or request.skill == self._mover.spec.name:
            return None
        for view in self._views(blockage, target):
            for thing, others in self._chosen(view, target):
                moved, spot = self._put(blockage, view, thing, others, target)
                if moved:
                    arguments = {self._mover.thing: thing.id, self._mover.to: SPOT}
                    moving = SkillRequest(request.id, self._mover.spec.name, arguments, pace=request.pace)
                    return Errand(moving, scene[thing.id], moved, spot)
        return None

    def in_the_way(self, blockage: Blockage) -> tuple[str, ...]:
        """Movable objects that stand in the way and must stay, the nearest first; empty where it is something else.

        Args:
            blockage: The blocked path.
        """
        target = self._target(blockage)
        if target is None:
            return ()
        every = self._movable(replace(blockage, kept=()), target)
        along = self._along(blockage, target, every)
        return tuple(one.id for one in along if one.id in blockage.kept)

    def unsure(self, blockage: Blockage) -> SceneObject | None:
        """What of the things that a camera found and nobody described to move first, were they movable.

        Where no plan is found with all of them, the nearest along the path among what is known by name: what a grid
        shows besides may be hidden parts of them.

        Args:
            blockage: The blocked path.

        Returns:
            The thing; None where none of them is in the way, or nothing can be moved.
        """
        scene, target = blockage.scene, self._target(blockage)
        if self._mover is None or target is None or blockage.request.skill == self._mover.spec.name:
            return None
        supposed, loose = self._supposed(blockage)
        errand = self.errand(supposed)
        if errand is not None and errand.blocker.id in loose:
            return scene[errand.blocker.id]
        supposed = replace(supposed, field=None)
        along = self._along(supposed, target, self._movable(supposed, target))
        return next((scene[one.id] for one in along if one.id in loose), None)

    def swings_here(self, blockage: Blockage) -> SceneObject | None:
        """The first thing in the way, where it opens towards the robot: pushing shuts it, whoever gives leave.

        Args:
            blockage: The blocked path.
        """
        target = self._target(blockage)
        if self._mover is None or target is None:
            return None
        supposed = replace(self._supposed(blockage)[0], field=None, kept=())
        along = self._along(supposed, target, self._movable(supposed, target))
        first = along[0] if along else None
        return first if first is not None and first.opens_towards(blockage.here.x, blockage.here.y) else None

    @staticmethod
    def _supposed(blockage: Blockage) -> tuple[Blockage, dict[str, SceneObject]]:
        """The blocked path as if all might be moved that a camera found and nobody described; and those things."""
        scene = blockage.scene
        loose = {one.id: replace(one, movable=True) for one in scene.things if _undescribed(one)}
        return replace(blockage, scene=replace(scene, objects={**scene.objects, **loose})), loose

    def _views(self, blockage: Blockage, target: SceneObject) -> Iterator[Blockage]:
        """The blocked path as it is, then without what may give way with movable objects, where there is such."""
        yield blockage
        fewer = blockage.without_parts_of(self._movable(blockage, target))
        if blockage.field is not None and fewer.field is not None and (fewer.field.taken != blockage.field.taken).any():
            yield fewer

    @staticmethod
    def _target(blockage: Blockage) -> SceneObject | None:
        return blockage.scene.objects.get(str(blockage.request.arguments.get("target", "")))

    @staticmethod
    def _movable(blockage: Blockage, target: SceneObject) -> list[SceneObject]:
        """What may be moved, the nearest first."""
        things = [
            one for one in blockage.scene.objects.values()
            if one.movable and one.id != target.id and one.id not in blockage.kept
        ]  # fmt: skip
        return sorted(things, key=lambda one: blockage.here.distance_to(*one.position[:2]))

    def _chosen(self, blockage: Blockage, target: SceneObject) -> Iterator[tuple[SceneObject, list[SceneObject]]]:
        """What to try to move in turn, each with the objects that are moved after it."""
        movable = self._movable(blockage, target)
        along = self._along(blockage, target, movable)
        if not along:
            return
        start, objects = (blockage.here.x, blockage.here.y), blockage.scene.objects
        for thing in movable:
            if self._way(blockage, _without(objects, [thing]), start, target):
                yield thing, []
        several = along
        for thing in along:
            fewer = [one for one in several if one is not thing]
            if self._way(blockage, _without(objects, fewer), start, target):
                several = fewer
        for thing in several if len(several) > 1 else ():
            yield thing, [one for one in several if one is not thing]

    def _along(self, blockage: Blockage, target: SceneObject, movable: list[SceneObject]) -> list[SceneObject]:
        """The objects on the path that would lead to the target without any of them, in the order of the path."""
        here = (blockage.here.x, blockage.here.y)
        way = self._way(blockage, _without(blockage.scene.objects, movable), here, target)
        if not way or not movable:
            return []
        corners = [here, *way]
        points = np.vstack([samples(a, b) for a, b in zip(corners, corners[1:], strict=False)])
        near = Outlines.from_objects(movable).distances(points) < self._clearance
        met = [(int(np.argmax(column)), thing) for column, thing in zip(near.T, movable, strict=True) if column.any()]
        return [thing for _, thing in sorted(met, key=lambda one: one[0])]

    def _way(
        self, blockage: Blockage, things: Iterable[SceneObject], start: Point, target: SceneObject
    ) -> tuple[Point, ...]:
        """A path to the target among some things; empty where there is none."""
        low, high = (0.0, _RING[1]) if target.shape == "point" else (self._front + edge for edge in _RING)
        centre = (target.position[0], target.position[1])
        return find_way(blockage.outlines(things), start, centre, (low, high), self._clearance, target.id)

    def _put(
        self, blockage: Blockage, view: Blockage, thing: SceneObject, others: list[SceneObject], target: SceneObject
    ) -> tuple[tuple[SceneObject, ...], Point]:
        """An object where it no longer blocks, and to where the robot can push it; the least that opens the path.

        Where several block, it may push whatever is movable along.

        Args:
            blockage: The blocked path; the robot's own way to the object is among all of it.
            view: The same with what counts for the object and for the path beyond.
            thing: The object.
            others: What is moved after it.
            target: Where the path leads.

        Returns:
            The object and others as they are then, none where nothing helps; and where it is pushed to, m.
        """
        objects = blockage.scene.objects
        every = tuple(one for one in self._movable(blockage, target) if one is not thing)
        for loose in ((), every)[: 2 if every else 1]:
            beside = view.outlines(_without(objects, [thing, *loose]))
            for moved, spot in _places(thing):
                line = self._line(thing, spot)
                if not self._fits(beside, thing, moved, line) or not self._reached(blockage, objects, line):
                    continue
                along = [_pushed(thing, moved, one) for one in loose]
                if not all(self._fits(beside, *pair, line) for pair in zip(loose, along, strict=True)):
                    continue
                gone = [thing, *(loose or others)]
                if self._way(view, (*_without(objects, gone), *along, moved), line[1], target):
                    return (moved, *along), spot
        return (), (0.0, 0.0)

    def _line(self, thing: SceneObject, spot: Point) -> tuple[Point, Point]:
        """Where the base is when a push begins and when it ends, m."""
        (x, y), (to_x, to_y) = thing.position[:2], spot
        yaw = math.atan2(to_y - y, to_x - x)
        off = self._front + depth_along(thing, yaw)
        c, s = math.cos(yaw), math.sin(yaw)
        back = off + _RUN_UP
        return (x - back * c, y - back * s), (to_x - off * c, to_y - off * s)

    def _reached(self, blockage: Blockage, objects: Mapping[str, SceneObject], line: tuple[Point, Point]) -> bool:
        """Whether the robot can go to where a push begins, or stands behind the thing already."""
        start, place = (blockage.here.x, blockage.here.y), np.array(line[0])
        ahead = np.array(line[1]) - place
        touching = place + _RUN_UP * ahead / np.linalg.norm(ahead)
        run_up = samples(line[0], (float(touching[0]), float(touching[1])))
        if np.linalg.norm(run_up - start, axis=1).min() <= _NEAR:
            return True
        return bool(find_way(blockage.outlines(objects.values()), start, line[0], (0.0, _NEAR), self._clearance))

    def _fits(self, others: Outlines, thing: SceneObject, moved: SceneObject, line: tuple[Point, Point]) -> bool:
        """Whether an object can be moved there in a straight line, with room for it and for the robot behind it."""
        if not others.names:
            return True
        beside = others.distances(samples(*line))
        # Where the robot stands to begin is as near to others as a path there allows.
        if (beside < np.minimum(self._side + _BESIDE, beside[0])).any():
            return False
        if thing.hinge is not None:
            return True
        distances = others.distances(np.linspace(thing.position[:2], moved.position[:2], 8))
        # What stands beside it now may stand as near on the way, and nothing may come nearer than that.
        limits = np.minimum(max(thing.radius, self._clearance) + _SPARE, distances[0])
        return bool((distances >= limits).all())


def _undescribed(thing: SceneObject) -> bool:
    """Whether it is a thing of a size to be pushed, or a leaf of a door, of which only looks tell."""
    seen = thing.last_seen > 0.0 and (thing.kind in SHAPES or thing.hinge is not None)
    return seen and not thing.movable and max(thing.size[:2]) <= LARGEST


def _places(thing: SceneObject) -> Iterator[tuple[SceneObject, Point]]:
    """An object where it may be moved to, the nearest first, and where it is pushed to for that, m."""
    x, y, z = thing.position
    for distance in PUSHES if thing.hinge is None else SWINGS:
        for number in range(DIRECTIONS):
            angle = 2 * math.pi * number / DIRECTIONS
            spot = (x + distance * math.cos(angle), y + distance * math.sin(angle))
            moved = replace(thing, position=(*spot, z)) if thing.hinge is None else _swung(thing, spot)
            if moved is not None:
                yield moved, spot


def _swung(thing: SceneObject, spot: Point) -> SceneObject | None:
    """An object with a hinge after a chest went straight from its centre to a point; None where it stops that.

    It turns as the chest slides along it, and stays as it was when the chest left it at its end.
    """
    assert thing.hinge is not None
    hinge = thing.axis
    own = math.atan2(-thing.hinge[1], -thing.hinge[0])  # from the hinge to its centre, in its own frame
    reach = math.hypot(*thing.hinge) + max(thing.size[:2]) / 2
    yaw = thing.yaw
    for x, y in np.linspace(thing.position[:2], spot, 24):
        if math.hypot(x - hinge.x, y - hinge.y) > reach:
            break
        yaw += wrap_angle(math.atan2(y - hinge.y, x - hinge.x) - own - yaw)
    inside = min(thing.swing) + _STOP <= yaw <= max(thing.swing) - _STOP
    return thing.turned(yaw) if inside else None


def _pushed(thing: SceneObject, moved: SceneObject, other: SceneObject) -> SceneObject:
    """Another object, where it is after one was pushed along a straight line."""
    (x, y), (to_x, to_y) = thing.position[:2], moved.position[:2]
    yaw = math.atan2(to_y - y, to_x - x)
    c, s = math.cos(yaw), math.sin(yaw)
    dx, dy = other.position[0] - x, other.position[1] - y
    ahead, aside = c * dx + s * dy, -s * dx + c * dy
    least = math.dist((x, y), (to_x, to_y)) + depth_along(thing, yaw + math.pi) + depth_along(other, yaw)
    if ahead <= 0.0 or ahead >= least or abs(aside) >= thing.radius + other.radius:
        return other
    shift = least - ahead
    return replace(other, position=(other.position[0] + shift * c, other.position[1] + shift * s, other.position[2]))


def _without(objects: Mapping[str, SceneObject], gone: Iterable[SceneObject]) -> list[SceneObject]:
    names = {thing.id for thing in gone}
    return [thing for other, thing in objects.items() if other not in names]
