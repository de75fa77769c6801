"""SeenSuccess: verification of a skill's effects from the scene before and after it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from skill_stack.core.spatial.relations import RESTING
from skill_stack.core.spatial.solids import outline
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.fact import Literal as Effect
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.world_facts import VISIBLE, place_facts
from skill_stack.perception.scene.colour_names import MISTAKEN
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.perception.scene.object_track import LIFTED, in_the_air

Array = np.ndarray
Answer = Literal["succeeded", "failed", "cannot tell"]
MOVED = 0.03
"""Largest displacement of an unmoved object, m: more than the difference of two looks."""
AT = 0.05
"""Distance from a place up to which an object is there, m, in addition to the half sizes of both."""
SLIPPED = 0.3
"""Distance up to which a new object may have slipped out of a hand, m."""
LIKE = 4.0
"""Factor by which the apparent volume of an object may differ at another place."""
AGAIN = 3
"""Number of repeated looks when the answer is not clear."""
OF_THE_BODY = ("posture", "grip", "passed")
"""Predicates that cameras cannot verify; the controller reports them."""


def visible(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Effects that a camera can verify."""
    return tuple(one for one in effects if one.positive and one.predicate in VISIBLE and len(one.arguments) == 2)


@dataclass(frozen=True, slots=True, eq=False)
class SceneSnapshot:
    """The scene at one time.

    Attributes:
        graph: Things, what carries what, and where the robot is.
        stamp: Task time, s.
        seen: When each thing was last seen, s.
        empty: Ids of things whose place was seen empty.
        picture: RGB, uint8, shape (height, width, 3), or None.
        tops: Height of the top of each thing in the last look that showed it, m: what is lifted shows at once.
    """

    graph: SceneGraph
    stamp: float
    seen: dict[str, float]
    empty: frozenset[str]
    picture: Array | None = None
    tops: dict[str, float] = field(default_factory=dict)

    @classmethod
    def from_map(
        cls, living: ObjectMap, now: float, robot: Pose2 | None = None, picture: Array | None = None
    ) -> SceneSnapshot:
        """The present scene.

        Args:
            living: The scene.
            now: Task time, s.
            robot: Where the robot is.
            picture: What the camera shows.
        """
        graph = living.graph(now)
        seen = {track.id: track.last_seen for track in living.tracks.values()}
        empty = frozenset(track.id for track in living.tracks.values() if track.absent > 0)
        tops = {track.id: float(track.last.position[2] + track.last.size[2] / 2) for track in living.tracks.values()}
        return cls(SceneGraph(graph.objects, graph.facts, robot), now, seen, empty, picture, tops)

    def with_stated(self, things: Iterable[SceneObject], facts: Iterable[Fact] = ()) -> SceneSnapshot:
        """The same with things of the whole scene that are unknown here by their names; where they were seen counts.

        Args:
            things: The things.
            facts: What they lie on.
        """
        new = [thing for thing in things if thing.id not in self.graph.objects]
        objects = {**{thing.id: thing for thing in new}, **self.graph.objects}
        on = {fact for fact in facts if fact.predicate == "on" and fact.arguments[0] in {thing.id for thing in new}}
        seen = {thing.id: thing.last_seen for thing in new if thing.last_seen > 0.0} | self.seen
        tops = {thing.id: thing.position[2] + thing.size[2] / 2 for thing in new} | self.tops
        graph = replace(self.graph, objects=objects, facts=self.graph.facts | on)
        return replace(self, graph=graph, seen=seen, tops=tops)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise than before.

    Attributes:
        name: Its id.
        what: How: it is new, has moved, is gone, or stands on another one.
        distance: How far it moved, m.
        other: What it stands on.
    """

    name: str
    what: Literal["new", "moved", "gone", "on"]
    distance: float = 0.0
    other: str = ""

    def __str__(self) -> str:
        """It in words."""
        words = {"new": "is new", "gone": "is gone", "on": f"is on {self.other}"}
        return f"{self.name} {words.get(self.what, f'moved by {100 * self.distance:.0f} cm')}"


@dataclass(frozen=True, slots=True)
class Check:
    """One effect and its verification.

    Attributes:
        effect: The effect.
        answer: Whether it came about.
        why: In words.
    """

    effect: str
    answer: Answer
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """Verdict on a skill's success.

    Attributes:
        answer: ``failed`` where any effect is missing, ``cannot tell`` where one cannot be seen.
        checks: Each effect.
        changes: What is otherwise than before.
        pictures: Before and after, where there are any.
        looks: How often was looked.
    """

    answer: Answer
    checks: tuple[Check, ...]
    changes: tuple[Difference, ...]
    pictures: tuple[Array, ...] = ()
    looks: int = 1

    @property
    def held(self) -> tuple[str, ...]:
        """Objects that were verified to be held."""
        came = [Effect.parse(check.effect) for check in self.checks if check.answer == "succeeded"]
        return tuple(effect.arguments[-1] for effect in came if effect.predicate in _HELD)

    @property
    def changed(self) -> frozenset[str]:
        """Ids of the things that came, went or moved."""
        return frozenset(one.name for one in self.changes if one.what != "on")

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        why = "; ".join(check.why for check in self.checks if check.answer == self.answer)
        changed = "; ".join(map(str, self.changes)) or "nothing changed"
        return f"{self.answer}: {why or 'nothing of it can be seen'} ({changed})"


def judge(effects: Iterable[Effect], before: SceneSnapshot, after: SceneSnapshot, thorough: bool = True) -> Verdict:
    """Compares the scenes.

    Args:
        effects: Ground effects of the skill; those of the body alone are left out.
        before: The scene before it.
        after: The scene afterwards.
        thorough: Whether there were looks from all sides: an object that is not detected then is lost; before, that is
            open.
    """
    after = _recognised(before, after)
    positive = [e for e in effects if e.positive and e.predicate not in OF_THE_BODY]
    checks = tuple(_check(effect, before, after) for effect in positive)
    answers = {check.answer for check in checks}
    if not thorough and any("nowhere to be seen" in check.why for check in checks):
        answers = (answers - {"failed"}) | {"cannot tell"}
    answer: Answer = "failed" if "failed" in answers else "cannot tell" if answers != {"succeeded"} else "succeeded"
    pictures = tuple(one for one in (before.picture, after.picture) if one is not None)
    return Verdict(answer, checks, changes(before, after), pictures)


def watch(
    effects: Sequence[Effect], before: SceneSnapshot, look: Callable[[int], SceneSnapshot], most: int = AGAIN
) -> Verdict:
    """Observes the scene after a skill, and again from other places while the answer is not clear.

    Args:
        effects: Ground effects of the skill.
        before: The scene before it.
        look: Looks for the n-th time, from another place each time, and gives the scene.
        most: How often at most.
    """
    verdict = judge(effects, before, look(0), most == 1)
    for number in range(1, most):
        if verdict.answer != "cannot tell":
            break
        again = judge(effects, before, look(number), number == most - 1)
        verdict = Verdict(again.answer, again.checks, again.changes, again.pictures, number + 1)
    return verdict


def changes(before: SceneSnapshot, after: SceneSnapshot) -> tuple[Difference, ...]:
    """What is otherwise than before."""
    out = []
    for name, thing in after.graph.objects.items():
        was = before.graph.objects.get(name)
        if was is None:
            out += [Difference(name, "new")] if thing.kind != "wall" else []
        elif (gap := math.dist(was.position, thing.position)) > MOVED:
            out.append(Difference(name, "moved", gap))
    out += [Difference(name, "gone") for name in _gone(before, after)]
    old, new = ({f for f in one.graph.facts if f.predicate == "on"} for one in (before, after))
    out += [Difference(fact.arguments[0], "on", other=fact.arguments[1]) for fact in sorted(new - old)]
    return tuple(out)


def _recognised(before: SceneSnapshot, after: SceneSnapshot) -> SceneSnapshot:
    """The later scene with the old names of unseen objects that look like the only new one."""
    names: dict[str, str] = {}
    for name in before.graph.objects:
        if name not in _gone(before, after) and after.seen.get(name, before.stamp + 1) > before.stamp:
            continue
        was = before.graph.objects[name]
        new = [one for one in _new(before, after) if one.id not in names]
        new = [one for one in new if _alike(one, was)]
        same = [one for one in new if one.colour == was.colour]
        new = same or [one for one in new if frozenset((one.colour, was.colour)) in MISTAKEN]
        if len(new) == 1:
            names[new[0].id] = name
    return _renamed(after, names) if names else after


def _renamed(after: SceneSnapshot, names: dict[str, str]) -> SceneSnapshot:
    """A scene with objects renamed, replacing others of those names."""
    kept = {k: v for k, v in after.graph.objects.items() if k not in names.values()}
    objects = {names.get(k, k): replace(v, id=names.get(k, k)) for k, v in kept.items()}
    facts = frozenset(Fact(f.predicate, tuple(names.get(a, a) for a in f.arguments)) for f in after.graph.facts)
    seen = {names.get(k, k): v for k, v in after.seen.items() if k not in names.values()}
    graph = SceneGraph(objects, facts, after.graph.robot)
    tops = {names.get(k, k): v for k, v in after.tops.items() if k not in names.values()}
    return replace(after, graph=graph, tops=tops, seen=seen, empty=after.empty - set(names.values()))


def _new(before: SceneSnapshot, after: SceneSnapshot) -> list[SceneObject]:
    """Objects that were not there before."""
    found = after.graph.objects.values()
    return [one for one in found if one.id not in before.graph.objects and one.kind != "wall"]


def _alike(one: SceneObject, other: SceneObject) -> bool:
    """Whether two objects are of about the same size; a shape may look different from elsewhere."""
    return 1 / LIKE < math.prod(one.size) / max(math.prod(other.size), 1e-9) < LIKE


def _gone(before: SceneSnapshot, after: SceneSnapshot) -> list[str]:
    """Objects whose place was seen empty, or that were removed from the scene."""
    return [name for name in before.graph.objects if name not in after.graph.objects or name in after.empty]


def _check(effect: Effect, before: SceneSnapshot, after: SceneSnapshot) -> Check:
    name, arguments = str(effect), effect.arguments
    judged = _JUDGED.get(effect.predicate)
    if judged is None or len(arguments) != 2:
        return Check(name, "cannot tell", f"nobody sees whether {name}")
    answer, why = judged(arguments[0], arguments[1], before, after)
    return Check(name, answer, why)


def _fresh(name: str, before: SceneSnapshot, after: SceneSnapshot) -> SceneObject | None:
    """An object seen since, whose place was not seen empty."""
    if after.seen.get(name, -math.inf) <= before.stamp or name in after.empty:
        return None
    return after.graph.objects.get(name)


def _unseen(name: str, before: SceneSnapshot, after: SceneSnapshot) -> tuple[Answer, str]:
    """Result for an object that was not seen since."""
    if name in _gone(before, after):
        return "failed", f"{name} is not where it was, and nowhere to be seen"
    return "cannot tell", f"{name} was not seen since"


def _on(name: str, other: str, before: SceneSnapshot, after: SceneSnapshot) -> tuple[Answer, str]:
    thing = _fresh(name, before, after)
    if thing is None:
        if name in _gone(before, after) and _grown(name, other, before, after):
            return "succeeded", f"{other} is higher by what {name} measures"
        return _unseen(name, before, after)
    carrier = next((f.arguments[1] for f in after.graph.facts if f.predicate == "on" and f.arguments[0] == name), "")
    was = before.graph.objects.get(other)
    height = before.graph.objects[name].size[2] if name in before.graph.objects else thing.size[2]
    if carrier == other or (was is not None and _rests_on(thing, was, height)):
        return "succeeded", f"{name} is on {other}"
    if after.graph.objects.get(other) is None:
        return "cannot tell", f"{other} is not to be seen"
    return "failed", f"{name} is {f'on {carrier}' if carrier else 'beside it'}, not on {other}"


def _rests_on(thing: SceneObject, other: SceneObject, height: float) -> bool:
    """Whether an object is on another one: it begins where that ends, or ends higher by its height.

    What it bears blurs where the other one ends, and then part of that is taken for the thing.

    Args:
        thing: As it is seen now.
        other: As it was seen before.
        height: Of the thing as it was known before, m.
    """
    low, high = thing.position[2] - thing.size[2] / 2, thing.position[2] + thing.size[2] / 2
    top = other.position[2] + other.size[2] / 2
    over = math.dist(thing.position[:2], other.position[:2]) < other.radius
    rests = abs(low - top) < RESTING + 0.1 * thing.size[2]
    return over and (rests or abs(high - top - height) < RESTING + 0.25 * height)


def _grown(name: str, other: str, before: SceneSnapshot, after: SceneSnapshot) -> bool:
    """Whether an object appears higher by the size of a missing one: both are detected as one."""
    thing = before.graph.objects.get(name)
    if thing is None or other not in before.tops or after.seen.get(other, before.stamp) <= before.stamp:
        return False
    more = after.tops.get(other, 0.0) - before.tops[other]
    return abs(more - thing.size[2]) < 0.3 * thing.size[2]


def _at(name: str, place: str, before: SceneSnapshot, after: SceneSnapshot) -> tuple[Answer, str]:
    thing, goal = _fresh(name, before, after), after.graph.objects.get(place)
    if goal is None:
        return "cannot tell", f"nobody knows where {place} is"
    if thing is None:
        return _unseen(name, before, after)
    if _in_the_air(thing, after) and _near(place, after):
        return "succeeded", f"{name} is held at {place}"
    gap = math.dist(thing.position[:2], goal.position[:2])
    if gap <= AT + thing.radius + (0.0 if goal.shape == "point" else goal.radius):
        return "succeeded", f"{name} is {100 * gap:.0f} cm from {place}"
    return "failed", f"{name} is {100 * gap:.0f} cm from {place}"


def _held(hand: str, name: str, before: SceneSnapshot, after: SceneSnapshot) -> tuple[Answer, str]:
    """A held object has no support: its place is empty, and where it is seen it is in the air."""
    was, thing = before.graph.objects.get(name), _fresh(name, before, after)
    if was is None:
        return "cannot tell", f"{name} was not seen before"
    if thing is not None:
        higher = max(thing.position[2] - was.position[2], after.tops.get(name, 0.0) - before.tops.get(name, 0.0))
        if higher > LIFTED:
            return "succeeded", f"{name} is {100 * higher:.0f} cm higher than before"
        if _in_the_air(was, before) and _in_the_air(thing, after):
            return "cannot tell", f"{name} was held before, too"
        return (
            "failed",
            f"{name} stands {'where it was' if math.dist(thing.position, was.position) < MOVED else 'elsewhere'}",
        )
    if name in _gone(before, after):
        near = [one for one in _new(before, after) if math.dist(one.position, was.position) < SLIPPED]
        if near:
            return "cannot tell", f"{near[0].id} is where {name} may have slipped to"
        return "succeeded", f"{name} is no longer where it was, nor anywhere else"
    return "cannot tell", f"{name} was not seen since"


def _in_the_air(thing: SceneObject, when: SceneSnapshot) -> bool:
    """Whether an object stood on nothing, as far as was seen."""
    borne = any(fact.predicate == "on" and fact.arguments[0] == thing.id for fact in when.graph.facts)
    return in_the_air(thing.position[2] - thing.size[2] / 2, borne)


def _near(name: str, when: SceneSnapshot) -> bool:
    """Whether the robot was near to a thing, as far as its own place is known."""
    return Fact("near", ("robot", name)) in place_facts(when.graph)


def _ahead(robot: Pose2, thing: SceneObject) -> bool:
    """Whether a robot looks at some part of a thing, where its middle is aside."""
    bearings = [robot.bearing_to(x, y) for x, y in outline(thing)]
    return min(bearings) < 0.0 < max(bearings) and max(bearings) - min(bearings) < math.pi


def _geometric(predicate: str) -> Callable[[str, str, SceneSnapshot, SceneSnapshot], tuple[Answer, str]]:
    """``near(robot, x)`` and ``facing(robot, x)``, from the seen object and the robot's pose."""

    def judged(_: str, name: str, before: SceneSnapshot, after: SceneSnapshot) -> tuple[Answer, str]:
        if after.graph.robot is None or name not in after.graph.objects:
            return "cannot tell", f"nobody knows where {name} or the robot is"
        if after.seen.get(name, before.stamp + 1) <= before.stamp:
            return "cannot tell", f"{name} was not seen since"
        holds = Fact(predicate, ("robot", name)) in place_facts(after.graph)
        holds = holds or (predicate == "facing" and _ahead(after.graph.robot, after.graph.objects[name]))
        return ("succeeded", f"{predicate} {name}") if holds else ("failed", f"not {predicate} {name}")

    return judged


_HELD = ("holding", "held")
_JUDGED: dict[str, Callable[[str, str, SceneSnapshot, SceneSnapshot], tuple[Answer, str]]] = {
    "on": _on,
    "at": _at,
    "holding": _held,
    "held": _held,
    "near": _geometric("near"),
    "facing": _geometric("facing"),
}
"""Predicates that can be verified, and how."""
