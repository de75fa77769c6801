"""Geometry: relative positions of objects, from a point of view, and the rooms where they stay."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.language.words.lexicon import Lexicon

BESIDE = 2.5
"""Distance up to which an object is next to another one, m."""

PLACE_RADIUS = 3.0
"""Distance up to which an object is at a place without extent, m."""

TOUCH = 0.08
"""Tolerance of the height of an object above or in its support, m: the error of a map."""

BETWEEN = 0.35
"""Distance from the line between two objects up to which an object is between them, as a fraction of its length."""


def related(
    kind: str, things: Sequence[SceneObject], others: Sequence[SceneObject], facts: Iterable[Fact], view: Pose2 | None
) -> list[SceneObject]:
    """Returns the objects that are in a relation to others, best first.

    Args:
        kind: A kind of :class:`skill_stack.language.grammar.chunks.LocationChunk`.
        things: Candidates.
        others: The other object; two of them for ``between``.
        facts: Facts such as ``on(x, y)`` and ``in(x, y)``, which take precedence over geometry.
        view: Viewpoint in ``map`` for left, right, front and behind; None to look along the x axis.
    """
    names = {other.id for other in others}
    left = [thing for thing in things if thing.id not in names]
    if not others or not left:
        return []
    other = others[0]
    if kind == "between":
        return _between(left, others)
    by_distance = sorted(left, key=lambda thing: (_distance(thing, other), thing.id))
    if kind in ("near", "nearest", "far"):
        ordered = by_distance[::-1] if kind == "far" else by_distance
        return [thing for thing in ordered if kind != "near" or _distance(thing, other) <= BESIDE + other.radius]
    if kind in ("on", "in", "from", "under", "above"):
        return _supported(kind, by_distance, other, frozenset(facts))
    return _beside(kind, by_distance, other, view or Pose2(-1e3, 0.0, 0.0))


def _distance(thing: SceneObject, other: SceneObject) -> float:
    """Distance between two objects in the plane, m."""
    return math.dist(thing.position[:2], other.position[:2])


def _between(things: list[SceneObject], others: Sequence[SceneObject]) -> list[SceneObject]:
    """Objects between two others, the nearest to the line first."""
    if len(others) < 2:
        return []
    (ax, ay, _), (bx, by, _) = others[0].position, others[1].position
    length = math.dist((ax, ay), (bx, by))
    found = []
    for thing in things:
        x, y, _ = thing.position
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / (length**2 or 1.0)
        aside = abs((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / (length or 1.0)
        if 0 < along < 1 and aside <= BETWEEN * length:
            found.append((aside, thing.id, thing))
    return [thing for _, _, thing in sorted(found, key=lambda each: each[:2])]


def _supported(kind: str, things: list[SceneObject], other: SceneObject, facts: frozenset[Fact]) -> list[SceneObject]:
    """Objects on, in, under or above another: by facts, else by position."""
    stated = _stated(kind, things, other, facts)
    if stated:
        return stated
    if other.kind == "place":
        return [thing for thing in things if kind in ("in", "on", "from") and _distance(thing, other) <= PLACE_RADIUS]
    elsewhere = {f.arguments[0] for f in facts if f.predicate in ("on", "in", "inside") and len(f.arguments) == 2}
    inside = [thing for thing in things if _over(thing, other) and thing.id not in elsewhere]
    return [thing for thing in inside if _at_height(kind, thing, other)]


def _at_height(kind: str, thing: SceneObject, other: SceneObject) -> bool:
    """Whether an object within another's outline is on, in, under or above it."""
    low, bottom, top = (thing.position[2] - thing.size[2] / 2, other.position[2] - other.size[2] / 2,
                        other.position[2] + other.size[2] / 2)  # fmt: skip
    if kind == "under":
        return thing.position[2] + thing.size[2] / 2 <= other.position[2]
    if kind == "above":
        return low > top + TOUCH
    return bottom - TOUCH <= low <= top + TOUCH and (kind != "on" or abs(low - top) <= TOUCH)


def _stated(kind: str, things: list[SceneObject], other: SceneObject, facts: frozenset[Fact]) -> list[SceneObject]:
    """Objects for which facts state the relation."""
    predicates = {"from": ("on", "in", "at"), "on": ("on", "at"), "in": ("in", "inside", "at")}.get(kind, (kind,))
    stated = [thing for thing in things if any(Fact(p, (thing.id, other.id)) in facts for p in predicates)]
    if kind in ("in", "from"):
        return [thing for thing in things if thing in stated or other.id in places_of(thing.id, facts)]
    if kind == "under":
        stated += [thing for thing in things if Fact("on", (other.id, thing.id)) in facts and thing not in stated]
    return stated


def places_of(name: str, facts: Iterable[Fact]) -> set[str]:
    """Returns the supports and containers of an object by facts, also indirect ones: the table, and the table's room.

    Args:
        name: Id of the object.
        facts: Facts that hold now.
    """
    where = {(f.arguments[0], f.arguments[1]) for f in facts
             if f.predicate in ("on", "in", "inside", "at") and len(f.arguments) == 2}  # fmt: skip
    found, left = set[str](), {name}
    while left:
        left = {holder for held, holder in where if held in left} - found
        found |= left
    return found


def _over(thing: SceneObject, other: SceneObject) -> bool:
    """Whether an object's centre is within another's outline, seen from above."""
    dx, dy = thing.position[0] - other.position[0], thing.position[1] - other.position[1]
    c, s = math.cos(other.yaw), math.sin(other.yaw)
    return abs(c * dx + s * dy) <= other.size[0] / 2 and abs(-s * dx + c * dy) <= other.size[1] / 2


def _beside(kind: str, things: list[SceneObject], other: SceneObject, view: Pose2) -> list[SceneObject]:
    """Objects on a side of another from a viewpoint; only the clear cases if there are any."""
    ahead = math.atan2(other.position[1] - view.y, other.position[0] - view.x)
    clear: list[SceneObject] = []
    vague: list[SceneObject] = []
    for thing in things:
        dx, dy = thing.position[0] - other.position[0], thing.position[1] - other.position[1]
        along, aside = (dx * math.cos(ahead) + dy * math.sin(ahead), dy * math.cos(ahead) - dx * math.sin(ahead))
        wanted, across = {"left": (aside, along), "right": (-aside, along), "behind": (along, aside),
                          "front": (-along, aside)}[kind]  # fmt: skip
        if wanted > 1e-3:
            (clear if wanted >= abs(across) else vague).append(thing)
    return clear or vague


STAYING = ("fixed", "device", "furniture")
"""Types of objects that are not moved to another room without a statement of it."""


def elsewhere(
    thing: SceneObject, rooms: Collection[str], facts: Iterable[Fact], lexicon: Lexicon,
    scene: Mapping[str, SceneObject],
) -> bool:  # fmt: skip
    """Whether a fixed object is stated to be in other rooms than the named ones.

    Args:
        thing: The object.
        rooms: Ids of the named rooms.
        facts: Facts that hold now.
        lexicon: Types of objects, and connections between rooms.
        scene: All objects by id.
    """
    kind = thing.kind.replace("_", " ")
    names = {kind, kind.split()[-1]}
    staying = {kind for one in STAYING for kind in lexicon.things.types[one].kinds}
    if names & (lexicon.nouns.between_rooms | lexicon.nouns.moved) or not names & staying:
        return False
    where = {name for name in places_of(thing.id, facts) if name in scene and scene[name].kind == "place"}
    return bool(where) and not where & set(rooms)
