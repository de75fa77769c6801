"""Questions about a room with their true answers, built of the relations of the grammar and said in its wordings."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.evaluation.scenes.spatial_truth import ALONG, SpatialTruth
from skill_stack.language import Lexicon, Term
from skill_stack.runtime.spatial.question_wording import QuestionWording

Expected = Literal["yes", "no", "length", "count", "things", "unknown", "question"]
UNLIKE = 0.2
"""Share by which two measures differ where one is asked to be more."""
NEARLY = 0.06
"""Allowed error of a length, m, or as a share of it where that is more."""
SHARE = 0.15
NONE_SUCH = ("green mug", "yellow bottle", "red lamp", "blue bucket", "white teapot", "orange ball")
SIDES = tuple(ALONG)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?) (m|cm)\b")


@dataclass(frozen=True, slots=True)
class SpatialQuestion:
    """One question.

    Attributes:
        kind: What is asked for; ``composite`` kinds begin with ``two``.
        text: The words.
        expected: Form of the true answer.
        value: The true answer: labels, a length in m, or a number.
        program: The program.
    """

    kind: str
    text: str
    expected: Expected
    value: Any
    program: Term

    def is_right(self, status: str, said: str, labels: Sequence[str]) -> bool:
        """Whether an answer is true.

        Args:
            status: ``statement`` or ``question``.
            said: The answer in words.
            labels: What all things of the room are called.
        """
        if self.expected == "question":
            return status == "question" and "as I see it" in said.replace("As I", "as I")
        if status != "statement":
            return False
        if self.expected in ("yes", "no"):
            return re.match(r"yes\b" if self.expected == "yes" else r"no\b", said.lower()) is not None
        if self.expected == "unknown":
            return said.startswith("I cannot know")
        if self.expected == "count":
            said = said.replace("There are none", "There are 0")
            found = re.match(r"There (?:is|are) (\d+)", said)
            return found is not None and int(found[1]) == self.value
        if self.expected == "things":
            told = {one for one in labels if f"the {one}" in said.lower()}
            return not said.startswith("I cannot") and told == self.value
        length = _NUMBER.search(said)
        if length is None:
            return self.value == 0.0 and "not moved" in said
        away = float(length[1]) * (1.0 if length[2] == "m" else 0.01)
        return abs(away - self.value) <= max(NEARLY, SHARE * self.value)


class QuestionMaker:
    """Makes questions about the things of a room that can be known."""

    def __init__(
        self, truth: SpatialTruth, known: Sequence[str], viewer: Pose2, lexicon: Lexicon, rng: np.random.Generator
    ) -> None:
        """Takes the room.

        Args:
            truth: What is there.
            known: Ids of what the camera has had in view.
            viewer: The robot.
            lexicon: The lexicon.
            rng: Draws things and wordings.
        """
        self.truth, self.known, self.viewer = truth, list(known), viewer
        self._rng = rng
        self._wording = QuestionWording(lexicon, lambda n: int(rng.integers(n)))

    def say(self, program: Term, kind: str, expected: Expected, value: Any = None) -> SpatialQuestion | None:
        """The question in one of its wordings."""
        words = self._wording.said(program)
        return SpatialQuestion(kind, f"{words}?", expected, value, program) if words is not None else None

    def draw(self, kinds: Mapping[str, Callable[[QuestionMaker], SpatialQuestion | None]], number: int
             ) -> Iterator[SpatialQuestion]:  # fmt: skip
        """Questions of kinds in turn, each with another wording."""
        order = list(kinds)
        if len(self.known) < 3 or sum(map(self.plain, self.known)) < 2:
            return
        left, tries = number, 0
        while left and tries < 20 * number:
            made = kinds[order[tries % len(order)]](self)
            tries += 1
            if made is not None:
                left -= 1
                yield made

    def pick(self, number: int, among: Sequence[str] | None = None) -> list[str]:
        """Different things by chance; fewer where there are not as many."""
        names = list(among if among is not None else self.known)
        return [names[int(n)] for n in self._rng.permutation(len(names))[:number]]

    def chance(self, choices: Sequence[Any]) -> Any:
        """One of some values."""
        return choices[int(self._rng.integers(len(choices)))]

    def label(self, name: str) -> str:
        """What a thing is called."""
        return self.truth.things[name].label

    def the(self, name: str) -> Term:
        """A thing by what it is called."""
        thing = self.truth.things[name]
        return Term("the", (f"the {thing.kind if thing.names else thing.label}",))

    def labels(self, names: Sequence[str]) -> frozenset[str]:
        """What things are called."""
        return frozenset(self.label(name) for name in names)

    def plain(self, name: str) -> bool:
        """Whether a thing has no front of its own."""
        return not self.truth.things[name].names

    def told(self, name: str) -> tuple[Term, bool]:
        """A thing by a relation to another one that no other thing of its kind is in, and whether there is one."""
        kind = self.truth.things[name].kind
        alike = [one for one in self.truth.things if self.truth.things[one].kind == kind and one != name]
        for other in self.pick(4, [one for one in self.known if one != name and self.plain(one)]):
            side = self.chance(SIDES)
            mine = self.truth.seen_side("viewer", side, name, other, self.viewer)
            if mine and all(self.truth.seen_side("viewer", side, one, other, self.viewer) is False
                            for one in alike if one != other):  # fmt: skip
                return Term("the", (Term("filter", (f"the {kind}", Term("rel", (side, self.the(other))))),)), True
        return self.the(name), False

    def measured(self, measure: str, name: str) -> float:
        """A measure of a thing, m."""
        extents = [self.truth.extent(name, axis) for axis in range(3)]
        return {"height": extents[2], "length": max(extents), "width": min(extents[:2])}[measure]

    def differ(self, a: float, b: float) -> bool:
        """Whether two measures differ clearly."""
        return abs(a - b) > max(UNLIKE * max(a, b), 0.04)


def yes_no(so: bool) -> Expected:
    """The form of an answer."""
    return "yes" if so else "no"


Maker = Callable[[QuestionMaker], SpatialQuestion | None]


def side_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Whether one thing is on a side of another one that has no front."""
    one, other = (*make.pick(1), *make.pick(1, [n for n in make.known if make.plain(n)]))
    side = make.chance(SIDES)
    so = None if one == other else make.truth.seen_side("viewer", side, one, other, make.viewer)
    if so is None or _stacked(make, one, other):
        return None
    return make.say(Term("whether", (make.the(one), Term("rel", (side, make.the(other))))), "side", yes_no(so))


def own_question(make: QuestionMaker, frame: str = "") -> SpatialQuestion | None:
    """The same in a frame that the words name, of a thing with a front."""
    fronted = [name for name in make.known if not make.plain(name)]
    if not fronted:
        return None
    one, other = (*make.pick(1), *make.pick(1, fronted))
    frame, side = frame or make.chance(("viewer", "own", "world")), make.chance(SIDES)
    so = None if one == other else make.truth.seen_side(frame, side, one, other, make.viewer)
    if so is None or _stacked(make, one, other):
        return None
    if frame == "own" and make.chance((True, False)):
        base = Term("own", ((side, make.the(other).parts[0]),))
    else:
        base = Term("in_frame", (frame, Term("rel", (side, make.the(other)))))
    return make.say(Term("whether", (make.the(one), base)), f"side, {frame}", yes_no(so))


def disputed_question(make: QuestionMaker) -> SpatialQuestion | None:
    """A side of a thing with a front, where viewer and thing disagree, and the words do not say."""
    fronted = [name for name in make.known if not make.plain(name)]
    if not fronted:
        return None
    one, other = (*make.pick(1), *make.pick(1, fronted))
    side = make.chance(SIDES)
    if one == other or _stacked(make, one, other):
        return None
    seen, own = (make.truth.seen_side(frame, side, one, other, make.viewer) for frame in ("viewer", "own"))
    if seen is None or own is None or seen == own:
        return None
    return make.say(Term("whether", (make.the(one), Term("rel", (side, make.the(other))))), "dispute", "question")


def _stacked(make: QuestionMaker, one: str, other: str) -> bool:
    return make.truth.carrier(one) == other or make.truth.carrier(other) == one


def between_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Whether a thing is between two others."""
    names = make.pick(3)
    so = make.truth.between(*names) if len(names) == 3 else None
    if so is None or (not so and make.chance((True, True, False))):
        return None
    a, b, c = map(make.the, names)
    return make.say(Term("whether", (a, Term("between", (b, c)))), "between", yes_no(so))


def on_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Whether a thing stands on another one."""
    stacked = [(name, make.truth.carrier(name)) for name in make.known if make.truth.carrier(name) in make.known]
    if stacked and make.chance((True, False)):
        one, other = make.chance(stacked)
    else:
        one, other = make.pick(2)
    so = make.truth.carrier(one) == other
    return make.say(Term("whether", (make.the(one), Term("rel", ("on", make.the(other))))), "on", yes_no(so))


def distance_question(make: QuestionMaker) -> SpatialQuestion | None:
    """How far two things are apart."""
    one, other = make.pick(2)
    if _stacked(make, one, other):
        return None
    program = Term("distance", (make.the(one), make.the(other)))
    return make.say(program, "distance", "length", make.truth.gap(one, other))


def nearest_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Which thing is nearest to another one, or farthest from it."""
    other, sign = make.pick(1)[0], make.chance((-1, 1))
    gaps = sorted((make.truth.gap(one, other), one) for one in make.truth.things if one != other)
    first, second = (gaps[0], gaps[1]) if sign < 0 else (gaps[-1], gaps[-2])
    if abs(first[0] - second[0]) < 0.08 or first[1] not in make.known:
        return None
    program = Term("extreme_to", (("distance", sign), Term("all"), make.the(other)))
    return make.say(program, "nearest", "things", make.labels([first[1]]))


def taller_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Which of two things is more of something."""
    one, other = make.pick(2)
    measure, sign = make.chance(("height", "width", "length")), make.chance((1, -1))
    a, b = (make.measured(measure, name) for name in (one, other))
    if not make.differ(a, b):
        return None
    best = one if sign * (a - b) > 0 else other
    program = Term("choice", ((measure, sign), make.the(one), make.the(other)))
    return make.say(program, "compare", "things", make.labels([best]))


def nearer_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Which of two things is nearer to a third."""
    names = make.pick(3)
    if len(names) < 3:
        return None
    one, other, to = names
    a, b = make.truth.gap(one, to), make.truth.gap(other, to)
    if abs(a - b) < 0.12:
        return None
    program = Term("choice_to", (("distance", -1), make.the(to), make.the(one), make.the(other)))
    return make.say(program, "nearer", "things", make.labels([one if a < b else other]))


def height_question(make: QuestionMaker) -> SpatialQuestion | None:
    """How tall a thing is."""
    name = make.pick(1)[0]
    program = Term("measure", (Term("height"), make.the(name)))
    return make.say(program, "measure", "length", make.measured("height", name))


def count_question(make: QuestionMaker) -> SpatialQuestion | None:
    """How many things of a kind there are on a side of another one."""
    plain = [name for name in make.known if make.plain(name)]
    kind = make.chance(sorted({make.truth.things[name].kind for name in plain} - {""}))
    other, side = make.pick(1, plain)[0], make.chance(SIDES)
    all_of = [name for name in plain if make.truth.things[name].kind == kind and name != other]
    if {n for n in make.truth.things if make.truth.things[n].kind == kind} - set(make.known):
        return None
    there = [make.truth.seen_side("viewer", side, name, other, make.viewer) for name in all_of]
    if None in there or not any(there) or any(_stacked(make, name, other) for name in all_of):
        return None
    many = f"{kind}es" if kind == "box" else f"{kind}s"
    program = Term("count", (Term("filter", (Term("set", (many,)), Term("rel", (side, make.the(other))))),))
    return make.say(program, "count", "count", sum(map(bool, there)))


def which_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Which things are on a side of another one."""
    other, side = make.pick(1, [name for name in make.known if make.plain(name)])[0], make.chance(SIDES)
    below = make.truth.carrier(other)
    others = [name for name in make.truth.things if name not in (other, below)]
    there = {name: make.truth.seen_side("viewer", side, name, other, make.viewer) for name in others}
    if None in there.values() or any(there[n] for n in there if n not in make.known) or not any(there.values()):
        return None
    if any(_stacked(make, name, other) for name in others):
        return None
    program = Term("which", (Term("filter", (Term("all"), Term("rel", (side, make.the(other))))),))
    return make.say(program, "which", "things", make.labels([name for name in there if there[name]]))


def within_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Whether two things are nearer than a distance."""
    one, other = make.pick(2)
    away, most = make.truth.gap(one, other), make.chance((0.3, 0.5, 0.8, 1.0, 1.5))
    if abs(away - most) < 0.1 or _stacked(make, one, other):
        return None
    program = Term("whether", (make.the(one), Term("within", (make.the(other), most))))
    return make.say(program, "within", yes_no(away < most))


def colour_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Which colour a thing has that is meant by a relation."""
    name = make.pick(1, [name for name in make.known if make.plain(name)])[0]
    term, related = make.told(name)
    if not related:
        return None
    colour = make.truth.things[name].colour
    made = make.say(Term("colour", (term,)), "two: colour", "things", frozenset({make.label(name)}))
    return None if made is None or colour in made.text else made


def fits_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Whether a thing fits between two others."""
    names = make.pick(3)
    if len(names) < 3 or any(make.truth.carrier(name) for name in names):
        return None
    room, need = make.truth.gap(names[1], names[2]), make.measured("width", names[0])
    if abs(room - need) < 0.08:
        return None
    a, b, c = map(make.the, names)
    return make.say(Term("whether", (a, Term("fits", (Term("between", (b, c)),)))), "fits", yes_no(need < room))


def none_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Something about a thing that nobody has seen."""
    label = make.chance([one for one in NONE_SUCH if all(one != make.label(name) for name in make.truth.things)])
    absent, other = Term("the", (f"the {label}",)), make.the(make.pick(1)[0])
    programs = (
        Term("distance", (absent, other)), Term("whether", (absent, Term("compared", (("height", 1), other)))),
        Term("where", (absent,)), Term("whether", (other, Term("rel", ("left", absent)))),
    )  # fmt: skip
    return make.say(make.chance(programs), "cannot know", "unknown")


def two_step_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Whether the thing nearest to one is taller than what is meant by a relation."""
    to = make.pick(1)[0]
    gaps = sorted((make.truth.gap(one, to), one) for one in make.truth.things if one != to)
    if gaps[1][0] - gaps[0][0] < 0.08 or gaps[0][1] not in make.known:
        return None
    name = gaps[0][1]
    other = make.pick(1, [one for one in make.known if one not in (name,)])[0]
    a, b = (make.measured("height", one) for one in (name, other))
    if not make.differ(a, b):
        return None
    subject = Term("the", (Term("extreme_set_to", (("distance", -1), "thing", make.the(to))),))
    term, related = make.told(other)
    kind = "three: taller" if related else "two: taller"
    return make.say(Term("whether", (subject, Term("compared", (("height", 1), term)))), kind, yes_no(a > b))


def two_distance_question(make: QuestionMaker) -> SpatialQuestion | None:
    """How far it is to a thing that is meant by a relation."""
    one, other = make.pick(2)
    term, related = make.told(one)
    if not related or _stacked(make, one, other):
        return None
    program = Term("distance", (term, make.the(other)))
    return make.say(program, "two: distance", "length", make.truth.gap(one, other))


SIMPLE: dict[str, Maker] = {
    "side": side_question, "frame": own_question, "between": between_question, "on": on_question,
    "distance": distance_question, "nearest": nearest_question, "taller": taller_question, "nearer": nearer_question,
    "height": height_question, "count": count_question, "which": which_question, "within": within_question,
    "colour": colour_question, "fits": fits_question, "none": none_question, "two": two_step_question,
    "two_distance": two_distance_question,
}  # fmt: skip
"""Questions about one room, seen as it is."""


def stand_question(make: QuestionMaker) -> SpatialQuestion | None:
    """What would be on a side of the robot if it stood elsewhere."""
    at, towards = make.pick(2)
    one = make.pick(1, [name for name in make.known if name not in (at, towards)])
    x, y = make.truth.things[at].position[:2]
    tx, ty = make.truth.things[towards].position[:2]
    yaw = math.atan2(ty - y, tx - x)
    if not one or _stacked(make, at, towards):
        return None
    side = make.chance(("left", "right"))
    ox, oy = make.truth.things[one[0]].position[:2]
    bearing = math.remainder(math.atan2(oy - y, ox - x) - yaw, math.tau)
    if abs(math.sin(bearing)) < math.sin(math.radians(25.0)) or math.dist((x, y), (ox, oy)) < 0.2:
        return None
    so = (math.sin(bearing) > 0) == (side == "left")
    where = Term("at", (make.the(at), make.the(towards)))
    ask = Term("whether", (make.the(one[0]), Term("rel", (side, Term("you")))))
    return make.say(Term("seen_from", (where, ask)), "perspective", yes_no(so))


def elsewhere_question(make: QuestionMaker) -> SpatialQuestion | None:
    """Whether one thing is on a side of another one as seen from a third."""
    names = make.pick(3)
    if len(names) < 3 or not make.plain(names[1]):
        return None
    one, other, at = names
    x, y = make.truth.things[at].position[:2]
    side = make.chance(SIDES)
    so = make.truth.seen_side("viewer", side, one, other, Pose2(x, y, 0.0))
    if so is None or _stacked(make, one, other) or _stacked(make, other, at):
        return None
    ask = Term("whether", (make.the(one), Term("rel", (side, make.the(other)))))
    return make.say(Term("seen_from", (Term("at", (make.the(at),)), ask)), "other view", yes_no(so))


VIEWS: dict[str, Maker] = {**SIMPLE, "perspective": stand_question, "elsewhere": elsewhere_question}
"""Questions about a room that was seen from several sides."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two times.

    Attributes:
        before: What was there.
        after: What is there.
    """

    before: Mapping[str, SceneObject]
    after: Mapping[str, SceneObject]

    def moved(self, name: str) -> float:
        """How far a thing moved, m."""
        if name not in self.before or name not in self.after:
            return 0.0
        return math.dist(self.before[name].position, self.after[name].position)


def time_kinds(changes: Changes, before: QuestionMaker) -> dict[str, Maker]:
    """Questions about what changed.

    Args:
        changes: The changes.
        before: Makes questions about the room as it was.
    """
    since = [Term("entered"), Term("began")]

    def listed(kind: str, names: Sequence[str]) -> Maker:
        def make_it(make: QuestionMaker) -> SpatialQuestion | None:
            if not set(names) <= {*make.known, *gone} or not set(gone) <= set(before.known):
                return None
            both = {**changes.before, **changes.after}
            labels = frozenset(both[name].label for name in names)
            return make.say(Term(kind, (make.chance(since),)), kind, "things", labels)

        return make_it

    def has_moved(make: QuestionMaker) -> SpatialQuestion | None:
        name = make.pick(1, [one for one in make.known if one in changes.before])[0]
        return make.say(Term("has_moved", (make.the(name), make.chance(since))), "has moved",
                        yes_no(changes.moved(name) > 0.2))  # fmt: skip

    def how_far(make: QuestionMaker) -> SpatialQuestion | None:
        names = [one for one in make.known if changes.moved(one) > 0.2]
        if not names:
            return None
        name = make.pick(1, names)[0]
        program = Term("how_far_moved", (make.the(name), make.chance(since)))
        return make.say(program, "how far moved", "length", changes.moved(name))

    def earlier(make: QuestionMaker) -> SpatialQuestion | None:
        made = before.chance((side_question, distance_question, nearer_question, on_question, within_question))
        asked: SpatialQuestion | None = made(before)
        if asked is None:
            return None
        return before.say(Term("before", (before.chance(since), asked.program)), "earlier", asked.expected, asked.value)

    gone = [name for name in changes.before if name not in changes.after]
    new = [name for name in changes.after if name not in changes.before]
    moved = [name for name in changes.after if changes.moved(name) > 0.2]
    return {
        "moved": listed("moved", moved), "appeared": listed("appeared", new), "removed": listed("removed", gone),
        "has_moved": has_moved, "how_far": how_far, "earlier": earlier, "side": side_question,
        "distance": distance_question, "taller": two_step_question,
    }  # fmt: skip

