"""Relations of things: one vocabulary, each relation in three frames of reference.

A relation is a margin: 0 or more where it holds, and the farther from 0 the clearer. Sides depend on the frame:
``viewer`` (*front* is the viewer's side, as people say it of things without a front), ``own`` (as the thing has it that
the relation is to, along its heading) or ``world`` (as for somebody far behind the origin who looks along the map's x
axis, which is north; ``north`` to ``east`` are the same in each frame).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from skill_stack.core.spatial import solids
from skill_stack.core.spatial.places import free_place
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.core.world.world_facts import PLACING

Frame = Literal["viewer", "own", "world"]
FRAMES: tuple[Frame, ...] = ("viewer", "own", "world")
Things = Sequence[SceneObject]
SIDES: dict[str, float] = {"behind": 0.0, "left": math.pi / 2, "front": math.pi, "right": -math.pi / 2}
"""Directions of sides for a viewer, rad from where the viewer looks; for the thing itself, front is where it looks."""
COMPASS: dict[str, float] = {"north": 0.0, "west": math.pi / 2, "south": math.pi, "east": -math.pi / 2}
"""Directions on the map, rad."""
SECTOR = math.pi / 4
"""Largest angle from the direction of a side, rad."""
ASIDE = math.radians(80.0)
"""The same for left and right of the robot or a person itself: all but straight ahead and straight behind."""
AHEAD = math.radians(60.0)
"""The same for before and behind the robot or a person itself."""
TOUCH = 0.08
"""Tolerance of the height of a thing above or in its support, m: the error of a map."""
RESTING = 0.04
"""The same where both were seen, m."""
TOUCHING = 0.03
"""Free distance up to which two things touch, m."""
BETWEEN = 0.35
"""Distance from the line between two things up to which a thing is between them, as a share of its length."""
NEAR = 2.5
"""Distance of the middle of a thing from another's outline up to which it is near, m."""
BESIDE = 1.5
"""Free distance up to which a thing is beside another one, as a share of the larger one's width."""
BESIDE_LEAST = 0.1  # m: small things have that much room between them
PLACE_RADIUS = 3.0
"""Distance up to which a thing is at a place without extent, m."""
TURNED = math.radians(30.0)
"""Largest angle between where a thing looks and what it faces, rad."""
REACH = 0.8
"""Free distance up to which the robot reaches a thing from where it stands, m: as for the fact ``near(robot, x)``."""
PLAY = 0.01
"""Room that a thing needs beside itself in order to fit, m."""
EYE = 0.4  # m: height of an eye where nothing else is known


@dataclass(frozen=True, slots=True)
class Viewing:
    """How relations are meant.

    Attributes:
        frame: Frame of sides. ``own`` counts of things that have a front, and of others the viewer's.
        viewer: Pose of the viewer in ``map``; None: the axes of the map count.
        facts: Facts such as ``on(x, y)``, which take precedence over geometry.
        solids: What may hide other things.
        eye: Height of the viewer's eye, m.
        said: Whether somebody named the frame, so that ``own`` counts of everything with a heading.
    """

    frame: Frame = "viewer"
    viewer: Pose2 | None = None
    facts: frozenset[Fact] = frozenset()
    solids: tuple[SceneObject, ...] = ()
    eye: float = EYE
    said: bool = False


@cache
def _fronted() -> frozenset[str]:
    raw: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("fronts.yaml").read_text("utf-8"))
    return frozenset(raw["fronted"])


def frame_of(arguments: Mapping[str, Any]) -> Frame:
    """The frame that arguments of a skill name; the viewer's where they name none."""
    return next((one for one in FRAMES if one == arguments.get("frame")), "viewer")


def has_front(thing: SceneObject) -> bool:
    """Whether a thing has a front of its own: by its kind, or by the last word of it."""
    kind = thing.kind.replace("_", " ")
    return kind in _fronted() or kind.rpartition(" ")[2] in _fronted()


def is_body(thing: SceneObject) -> bool:
    """Whether it is somebody with a left and a right hand."""
    return thing.kind in ("robot", "person")


def side_angle(side: str, thing: SceneObject, anchor: SceneObject, view: Viewing) -> float:
    """Angle between the direction of a side of an anchor and the direction of a thing from it, rad, 0 to pi.

    Args:
        side: One of :data:`SIDES` or :data:`COMPASS`.
        thing: The thing.
        anchor: What the side is of.
        view: Frame and viewer; of the robot and of people the own side counts in each frame.
    """
    dx, dy = thing.position[0] - anchor.position[0], thing.position[1] - anchor.position[1]
    return abs(math.remainder(math.atan2(dy, dx) - side_direction(side, anchor, view), math.tau))


def side_direction(side: str, anchor: SceneObject, view: Viewing) -> float:
    """Direction of a side of an anchor in ``map``, rad; see :func:`side_angle`."""
    if side in COMPASS:
        return COMPASS[side]
    if is_body(anchor) or (view.frame == "own" and (view.said or has_front(anchor))):
        return anchor.yaw + (SIDES[side] if side in ("left", "right") else SIDES[side] + math.pi)
    if view.frame != "world" and view.viewer is not None:
        viewer = view.viewer
        return math.atan2(anchor.position[1] - viewer.y, anchor.position[0] - viewer.x) + SIDES[side]
    return SIDES[side]


def side_of(thing: SceneObject, anchor: SceneObject, view: Viewing) -> str:
    """The side of an anchor on which a thing is: one of :data:`SIDES`."""
    return min(SIDES, key=lambda side: side_angle(side, thing, anchor, view))


def _side(side: str) -> Callable[[SceneObject, Things, Viewing], float]:
    def margin(thing: SceneObject, others: Things, view: Viewing) -> float:
        anchor = others[0]
        if math.dist(thing.position[:2], anchor.position[:2]) < 1e-6:
            return -math.pi
        wide = SECTOR if not is_body(anchor) or side in COMPASS else ASIDE if side in ("left", "right") else AHEAD
        return wide - side_angle(side, thing, anchor, view)

    return margin


def _between(thing: SceneObject, others: Things, view: Viewing) -> float:
    if len(others) < 2:
        return -math.inf
    (ax, ay), (bx, by) = others[0].position[:2], others[1].position[:2]
    x, y = thing.position[:2]
    length = math.dist((ax, ay), (bx, by)) or 1.0
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length**2
    aside = abs((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / length**2
    return min(along, 1 - along, BETWEEN - aside)


def _on(thing: SceneObject, others: Things, view: Viewing) -> float:
    if (stated := _stated(("on", "at"), thing, others[0], view)) is not None:
        return stated
    if _on_its_side(thing, others[0]):
        return TOUCHING
    off = abs(solids.bottom(thing) - solids.top(others[0]))
    return TOUCH - off if solids.over(thing, others[0]) else -1.0


def _on_its_side(thing: SceneObject, other: SceneObject) -> bool:
    """Whether a thing that stays where it is has its middle in an upright face of another, as a button has."""
    in_face = solids.over(thing, other, TOUCHING) and not solids.over(thing, other, -TOUCHING)
    height = thing.position[2]
    return in_face and not thing.movable and TOUCH < solids.bottom(thing) and height < solids.top(other)


def _in(thing: SceneObject, others: Things, view: Viewing) -> float:
    other = others[0]
    if other.id in places_of(thing.id, view.facts):
        return 1.0
    if other.kind == "place":
        return _at_place(thing, other)
    if (stated := _stated(("in", "inside", "at"), thing, other, view)) is not None:
        return stated
    low = solids.bottom(thing)
    room = min(low - solids.bottom(other) + TOUCH, solids.top(other) + TOUCH - low)
    return room if solids.over(thing, other) else -1.0


def _from(thing: SceneObject, others: Things, view: Viewing) -> float:
    return max(_on(thing, others, view), _in(thing, others, view))


def _at_place(thing: SceneObject, place: SceneObject) -> float:
    if min(place.size[:2]) > 0:
        along, aside = abs(solids.local(place, [thing.position[:2]])[0])  # type: ignore[arg-type]
        return float(min(place.size[0] / 2 - along, place.size[1] / 2 - aside))
    return PLACE_RADIUS - math.dist(thing.position[:2], place.position[:2])


def _under(thing: SceneObject, others: Things, view: Viewing) -> float:
    other = others[0]
    if {Fact("under", (thing.id, other.id)), Fact("on", (other.id, thing.id))} & view.facts:
        return 1.0
    if not (solids.over(thing, other) or solids.over(other, thing)):
        return -1.0
    resting = TOUCH - abs(solids.top(thing) - solids.bottom(other))  # what carries it
    return max(other.position[2] - solids.top(thing) + 1e-6, resting)


def _above(thing: SceneObject, others: Things, view: Viewing) -> float:
    if Fact("above", (thing.id, others[0].id)) in view.facts:
        return 1.0
    return solids.bottom(thing) - solids.top(others[0]) - TOUCH if solids.over(thing, others[0]) else -1.0


def _near(thing: SceneObject, others: Things, view: Viewing) -> float:
    if Fact("near", (thing.id, others[0].id)) in view.facts:
        return 1.0
    return NEAR + others[0].radius - math.dist(thing.position[:2], others[0].position[:2])


def _beside(thing: SceneObject, others: Things, view: Viewing) -> float:
    other = others[0]
    wide = max(*thing.size[:2], *other.size[:2])
    level = min(solids.top(thing), solids.top(other)) - max(solids.bottom(thing), solids.bottom(other))
    if level < -TOUCHING or solids.over(thing, other) and level < TOUCH:
        return min(level, -1e-3)  # what is on it or under it is not beside it
    return max(BESIDE * wide, BESIDE_LEAST) - solids.plan_gap(thing, other)


def _touching(thing: SceneObject, others: Things, view: Viewing) -> float:
    return TOUCHING - solids.gap(thing, others[0])


def _facing(thing: SceneObject, others: Things, view: Viewing) -> float:
    (x, y), (ox, oy) = thing.position[:2], others[0].position[:2]
    return TURNED - abs(Pose2(x, y, thing.yaw).bearing_to(ox, oy))


def _fits_in(thing: SceneObject, others: Things, view: Viewing) -> float:
    """By two of its extents, standing or lying, as into an open box: it may stick out at the top."""
    room = sorted(others[0].size[:2])
    return min(have - need - PLAY for have, need in zip(room, _smallest_face(thing)))


def _fits_on(thing: SceneObject, others: Things, view: Viewing) -> float:
    """Beside what stands there already."""
    found = free_place(others[0], (one for one in view.solids if one.id != thing.id), min(thing.size[:2]) / 2)
    return -1.0 if found is None else found[1]


def _fits_between(thing: SceneObject, others: Things, view: Viewing) -> float:
    return solids.gap(others[0], others[1]) - min(thing.size[:2]) - PLAY


def _smallest_face(thing: SceneObject) -> list[float]:
    return sorted(thing.size)[:2]


def _reachable(thing: SceneObject, others: Things, view: Viewing) -> float:
    if view.viewer is None:
        return -math.inf
    here = SceneObject("robot", "robot", (view.viewer.x, view.viewer.y, thing.position[2]), shape="point")
    return REACH - solids.gap(thing, here)


def _visible(thing: SceneObject, others: Things, view: Viewing) -> float:
    if view.viewer is None:
        return -math.inf
    off = AHEAD - abs(view.viewer.bearing_to(*thing.position[:2]))
    hidden = solids.hiding((view.viewer.x, view.viewer.y, view.eye), thing, view.solids)
    return -1.0 if hidden is not None else off


def _stated(predicates: tuple[str, ...], thing: SceneObject, other: SceneObject, view: Viewing) -> float | None:
    """1 where a fact states it, -1 where one states another support; None where none tells."""
    if any(Fact(predicate, (thing.id, other.id)) in view.facts for predicate in predicates):
        return 1.0
    elsewhere = any(
        f.predicate in ("on", "in", "inside") and f.arguments[:1] == (thing.id,) and len(f.arguments) == 2
        for f in view.facts
    )
    return -1.0 if elsewhere else None


RELATIONS: Mapping[str, Callable[[SceneObject, Things, Viewing], float]] = {
    **{side: _side(side) for side in (*SIDES, *COMPASS)},
    "between": _between, "on": _on, "in": _in, "from": _from, "under": _under, "above": _above, "near": _near,
    "beside": _beside, "touching": _touching, "facing": _facing, "fits_in": _fits_in, "fits_on": _fits_on,
    "fits_between": _fits_between, "reachable": _reachable, "visible": _visible,
}  # fmt: skip
"""Margins by the name of the relation."""

MEASURES: Mapping[str, Callable[[SceneObject], float]] = {
    "height": lambda thing: thing.size[2],
    "width": lambda thing: min(thing.size[:2]),
    "length": lambda thing: max(thing.size),
    "size": lambda thing: math.prod(thing.size) * {"sphere": math.pi / 6, "cylinder": math.pi / 4}.get(thing.shape, 1),
    "level": solids.top,
}
"""Measures of a thing, m (``size``: m³; ``level``: height of its top over the floor)."""


def framed(relation: str, anchor: SceneObject) -> bool:
    """Whether a relation to an anchor depends on the frame, in that the anchor has a front of its own."""
    return relation in SIDES and has_front(anchor) and not is_body(anchor)


def margin(relation: str, thing: SceneObject, others: Things, view: Viewing) -> float:
    """By how much a relation holds: 0 or more where it does.

    Args:
        relation: One of :data:`RELATIONS`.
        thing: The thing of which it is said.
        others: What it is said to: none for ``reachable`` and ``visible``, two for ``between``, else one.
        view: Frame, viewer and facts.
    """
    return RELATIONS[relation](thing, others, view)


def related(relation: str, things: Things, others: Things, view: Viewing) -> list[SceneObject]:
    """The things that are meant by a relation to others, the likeliest first.

    What is meant is looked for more widely than what is so: where nothing is clearly on a side or beside, what is
    roughly there counts.

    Args:
        relation: One of :data:`RELATIONS`, or ``nearest`` or ``far`` for an order alone.
        things: Candidates.
        others: The other thing; two of them for ``between``.
        view: Frame, viewer and facts.
    """
    names = {other.id for other in others}
    left = [thing for thing in things if thing.id not in names]
    if not others or not left:
        return []
    left.sort(key=lambda thing: (math.dist(thing.position[:2], others[0].position[:2]), thing.id))
    if relation in ("nearest", "far"):
        return left[::-1] if relation == "far" else left
    return _holding(relation, left, others, view)


def _holding(relation: str, left: list[SceneObject], others: Things, view: Viewing) -> list[SceneObject]:
    """The things for which a relation holds, or roughly does where it holds for none."""
    margins = [(margin(relation, thing, others, view), thing) for thing in left]
    if relation == "between":
        margins.sort(key=lambda pair: -pair[0])
    found = [thing for how, thing in margins if how >= 0]
    if not found and (relation in SIDES or relation in COMPASS):
        return [thing for how, thing in margins if how > SECTOR - math.pi / 2 + 1e-3]
    return found or (related("near", left, others, view) if relation == "beside" else [])


def support(thing: solids.Placed, others: Iterable[solids.Placed], tolerance: float = RESTING) -> str:
    """Id of what carries a thing: it ends where the thing begins, under its middle; empty for the floor.

    Args:
        thing: The thing.
        others: What may carry it.
        tolerance: Of the height, m, in addition to a tenth of the thing's own.
    """
    best, least = "", tolerance + 0.1 * float(thing.size[2])
    for other in others:
        off = abs(solids.top(other) - solids.bottom(thing))
        if other.id != thing.id and off < least and other.size[2] > 0.02 and solids.over(thing, other, 0.02):
            best, least = other.id, off
    return best


def places_of(name: str, facts: Iterable[Fact]) -> set[str]:
    """Supports and containers of a thing by facts, also indirect ones: the table, and the table's room.

    Args:
        name: Id of the thing.
        facts: Facts that hold now.
    """
    where = {(f.arguments[0], f.arguments[1]) for f in facts if f.predicate in PLACING and len(f.arguments) == 2}
    found, left = set[str](), {name}
    while left:
        left = {holder for held, holder in where if held in left} - found
        found |= left
    return found


def body_of(robot: Pose2) -> SceneObject:
    """The robot as one of the things that relations are to."""
    return SceneObject("robot", "robot", (robot.x, robot.y, EYE), robot.yaw, "point")
