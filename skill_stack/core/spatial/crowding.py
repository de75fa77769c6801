"""Crowding: whether fingers from above have room beside a thing, and the push that makes such room.

Things are taken as upright solids. A push moves what it meets along with it; the look after it shows what it did.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.spatial.solids import bottom, extent_along, is_round, plan_gap, top
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject

CROWDED = "crowded"
"""Predicate of a thing beside which fingers have no room."""
THICK, BROAD = 0.026, 0.044
"""Room that fingers take beside a face: away from it and along it, m."""
LARGEST = 0.25
"""Longest side of a thing that a hand pushes or takes, m."""
NEAR = 0.25
"""Distance of middles from which things do not crowd each other, m."""
UNDER = 0.012
"""Height over the bottom of a thing up to which another one ends that it may stand on, m."""
TIP = 0.014
"""Half the width of the finger that pushes, m."""
BACK = 0.006
"""Distance from the face at which that finger comes down, m."""
LENGTHS = (0.05, 0.08, 0.11)
"""Tried lengths of pushes, m."""
SPARE = (0.012, 0.006, 0.002)
"""Free distances behind fingers that are told apart, m; more than the first does not count."""
RIM = 0.03
"""Distance from the edge of what carries them that pushed things keep, m."""
TOUCHING = 0.004
"""Distance up to which a thing takes its neighbour along, m."""
_COST = 0.05  # m of room that 1 m of pushing must gain
_EACH = 0.001  # m of room that another thing on the way must gain
_STEPS = 6


@dataclass(frozen=True, slots=True)
class PushApart:
    """A straight push by one finger.

    Attributes:
        thing: Id of the thing that is met first.
        start: Where the middle of the finger comes down, in ``map``, m.
        end: Where it ends, m.
        angle: Its direction, rad.
        gain: What it is worth: room for fingers afterwards less its cost, m.
    """

    thing: str
    start: tuple[float, float]
    end: tuple[float, float]
    angle: float
    gain: float


def small(thing: SceneObject) -> bool:
    """Whether a hand can take or push a thing of that size."""
    return thing.shape != "point" and max(thing.size[:2]) < LARGEST


def beside(thing: SceneObject, others: Iterable[SceneObject]) -> list[SceneObject]:
    """What stands beside a thing, at its height and not far."""
    low, high = bottom(thing) + UNDER, top(thing)
    return [
        one
        for one in others
        if one.id != thing.id and one.shape != "point" and top(one) > low and bottom(one) < high
        and math.dist(one.position[:2], thing.position[:2]) < NEAR + one.radius
    ]  # fmt: skip


def finger_room(thing: SceneObject, others: Iterable[SceneObject]) -> float:
    """Free distance behind fingers on two opposite sides of a thing, m, of :data:`SPARE`; 0 where they meet something.

    Args:
        thing: The thing.
        others: Everything else; what it stands on does not count.
    """
    around = beside(thing, others)
    return max(min(_free(thing, angle + side, around) for side in (0.0, math.pi)) for angle in _axes(thing))


def crowding_facts(library: SkillLibrary, scene: SceneGraph) -> frozenset[Fact]:
    """``crowded(x)`` of small things, for libraries whose skills speak of it."""
    if not any(text.removeprefix("not ").startswith(f"{CROWDED}(") for spec in library for text in spec.preconditions):
        return frozenset()
    things = [one for one in scene.things if small(one)]
    return frozenset(Fact(CROWDED, (one.id,)) for one in things if finger_room(one, scene.things) <= 0.0)


def best_push(target: SceneObject, scene: Iterable[SceneObject]) -> PushApart | None:
    """The push that makes most room beside a thing for its cost; None where none makes any.

    Args:
        target: What is to be taken.
        scene: Everything there is.
    """
    things = [one for one in scene if one.shape != "point"]
    carrier = _carrier(target, things)
    cluster = [one for one in things if small(one) and (one.id == target.id or one in beside(target, things))]
    found = [push for one in cluster for push in _pushes(one, target, things, carrier)]
    return max(found, key=lambda push: push.gain, default=None)


def _axes(thing: SceneObject) -> tuple[float, ...]:
    count = 4 if is_round(thing) else 2
    return tuple(thing.yaw + number * math.pi / count for number in range(count))


def _at(thing: SceneObject, angle: float, away: float, size: tuple[float, float]) -> SceneObject:
    """A box beside the face of a thing, as high as it."""
    reach = extent_along(thing, angle) / 2 + away + size[0] / 2
    x, y = thing.position[0] + reach * math.cos(angle), thing.position[1] + reach * math.sin(angle)
    return replace(
        thing, id="", position=(x, y, thing.position[2]), yaw=angle, shape="box", size=(*size, thing.size[2])
    )


def _free(thing: SceneObject, angle: float, around: Sequence[SceneObject]) -> float:
    """Free distance behind fingers beside one face, m; 0 where they would meet something."""
    for spare in SPARE:
        finger = _at(thing, angle, 0.002, (THICK + spare, BROAD))
        if all(plan_gap(finger, one) > 0.0 for one in around):
            return spare
    return 0.0


def _carrier(thing: SceneObject, things: Iterable[SceneObject]) -> SceneObject | None:
    """What a thing stands on; None where that is not known."""
    under = [
        one
        for one in things
        if one.id != thing.id and abs(top(one) - bottom(thing)) < 0.03 and not small(one)
        and max(abs(a - b) for a, b in zip(one.position[:2], thing.position[:2])) < max(one.size[:2]) / 2
    ]  # fmt: skip
    return max(under, key=lambda one: one.size[0] * one.size[1], default=None)


def _pushes(
    thing: SceneObject, target: SceneObject, things: Sequence[SceneObject], carrier: SceneObject | None
) -> Iterator[PushApart]:
    """Pushes of one thing after which fingers have room beside the target."""
    turns = (*_axes(thing), *(angle + math.pi for angle in _axes(thing)))
    for angle in turns:
        finger = _at(thing, angle + math.pi, BACK, (2 * TIP, 2 * TIP))
        if min((plan_gap(finger, one) for one in beside(thing, things)), default=1.0) < 0.003:
            continue
        for far in LENGTHS:
            moved = _moved(thing, angle, far, things)
            if moved is None or not all(_carried(one, carrier) for one in moved.values()):
                break
            after = [moved.get(one.id, one) for one in things]
            room = finger_room(moved.get(target.id, target), after)
            if room < SPARE[1]:
                continue
            x, y = finger.position[:2]
            way = far + BACK
            end = (x + way * math.cos(angle), y + way * math.sin(angle))
            yield PushApart(thing.id, (x, y), end, angle, room - _COST * far - _EACH * len(moved))


def _moved(
    thing: SceneObject, angle: float, far: float, things: Sequence[SceneObject]
) -> dict[str, SceneObject] | None:
    """Where a push takes a thing and what is before it, by id; None where it meets what cannot be pushed."""
    moved = {thing.id: thing}
    step = far / _STEPS
    for _ in range(_STEPS):
        moved = {name: _shifted(one, angle, step) for name, one in moved.items()}
        waiting = list(moved.values())
        while waiting:
            one = waiting.pop()
            for other in beside(one, things):
                if other.id in moved or not _ahead(one, other, angle) or plan_gap(one, other) > 0.0:
                    continue
                if not small(other):
                    return None
                moved[other.id] = _shifted(other, angle, step)
                waiting.append(moved[other.id])
    return moved


def _ahead(one: SceneObject, other: SceneObject, angle: float) -> bool:
    """Whether a thing would be pushed by another one rather than rubbed along."""
    c, s = math.cos(angle), math.sin(angle)
    x, y = other.position[0] - one.position[0], other.position[1] - one.position[1]
    across = (extent_along(one, angle + math.pi / 2) + extent_along(other, angle + math.pi / 2)) / 2
    return x * c + y * s > 0.0 and abs(y * c - x * s) < across - 3 * TOUCHING


def _shifted(thing: SceneObject, angle: float, far: float) -> SceneObject:
    x, y, z = thing.position
    return replace(thing, position=(x + far * math.cos(angle), y + far * math.sin(angle), z))


def _carried(thing: SceneObject, carrier: SceneObject | None) -> bool:
    """Whether a thing is on what carries it, away from the edge."""
    if carrier is None:
        return False
    c, s = math.cos(carrier.yaw), math.sin(carrier.yaw)
    x, y = thing.position[0] - carrier.position[0], thing.position[1] - carrier.position[1]
    along, aside = abs(x * c + y * s), abs(y * c - x * s)
    slack = RIM + thing.radius * 0.8
    return along < carrier.size[0] / 2 - slack and aside < carrier.size[1] / 2 - slack
