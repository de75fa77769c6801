"""MotionReader: a request in words → reward terms, where every content word has a part in them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.core.rotation import wrap_angle
from skill_stack.language import Lexicon, load_lexicon
from skill_stack.motion.words.motion_reading import MotionReading, MotionRefusal, SpokenBody, checked
from skill_stack.motion.words.tagger import Item, ItemKind, MotionTagger
from skill_stack.motion.words.word_data import MotionRule, RuleTerm, motion_data
from skill_stack.motion.words.wording import told

USUAL = 0.5
"""Degree that no word of degree means."""
AXES = ("x", "z")
"""Axes of the places of landmarks: ahead of the base, and up."""
PARTS = ("feet", "fingers", "hands", "part")
CONTENT = (*PARTS, "idiom", "aspect", "degree", "speed", "direction", "compass", "amount", "landmark")
POINTS: Mapping[str, tuple[str, ...]] = defaultdict(tuple, object=("object",), hand=("palm",))
HUBS = ("palm", "object")
"""Points behind the fingers in the order in which distances are named; to the last one of a clause the others go."""
WHY = {
    "unknown": "I do not know '{}' as a word of motion",
    "compass": "I cannot use '{}' there: I know no heading on the map for that",
    "other": "I cannot use '{}' there: it has no part in the rest",
}
"""Why a word has no part in a request, by its kind."""
Part = tuple[str, tuple[str, ...]]
"""A part of the body, and the names of what it is: of feet, fingers or points."""


@dataclass(slots=True)
class _Clause:
    """The items of one part of a request, and which of them have been used."""

    items: list[Item]
    part: Part | None = None
    used: set[int] = field(default_factory=set)
    fired: bool = False

    def places(self, *kinds: str, value: Any = None) -> list[int]:
        """Positions of unused items of some kinds, of one value if that is given."""
        return [
            k
            for k, item in enumerate(self.items)
            if item.kind in kinds and k not in self.used and value in (None, item.value)
        ]

    def left(self) -> list[Item]:
        """Items that have no part in what was read."""
        return [self.items[k] for k in self.places(*CONTENT)]

    @property
    def says(self) -> bool:
        """Whether it asks for something, rather than only names a part."""
        return bool(self.places("aspect", "idiom", "direction", "compass"))


class MotionReader:
    """Reads requests for motions of one robot."""

    def __init__(self, body: SpokenBody, lexicon: Lexicon | None = None) -> None:
        """Prepares the words.

        Args:
            body: What they may name.
            lexicon: Directions, numbers and units; None for those of the language.
        """
        data = motion_data()
        self.body, self._rules = body, data.rules
        self.tagger = MotionTagger(data.items, lexicon or load_lexicon(), body)
        self._mine = [rule for rule in data.rules.rules if rule.body == body.kind]

    def read(self, text: str, yaw: float | None = None) -> MotionReading:
        """The terms of a request.

        Args:
            text: The request.
            yaw: Heading of the robot on the map, rad; without it directions of the compass mean nothing.

        Returns:
            The terms; why there are none; None for words about no motion.
        """
        items = self.tagger.items(text)
        unknown = [item for item in items if item.kind == "unknown"]
        if any(item.kind == "never" for item in items) or len(unknown) >= sum(item.kind in CONTENT for item in items):
            return None
        clauses = _clauses(items)
        terms = self._all_terms(clauses, yaw)
        if not terms:
            return None
        read = checked(terms, self.body, _seconds(clauses))
        unused = [item for clause in clauses for item in clause.left()]
        wrong = min(
            [*unknown, *unused], key=lambda item: ("unknown", "compass", item.kind).index(item.kind), default=None
        )
        if wrong is None:
            return read
        if not isinstance(read, RewardSet):
            return None  # neither its words nor what they would ask for: it is about something else
        why = WHY[wrong.kind if wrong.kind in WHY else "other"].format(wrong.text)
        return MotionRefusal("word", wrong.text, f"{why}; without it that would be: {told(read)}.")

    def _all_terms(self, clauses: Sequence[_Clause], yaw: float | None) -> list[dict[str, Any]]:
        """The terms of every clause; one that names no part of the body may go on with that of the one before.

        A lone verb has the part of the clause after it: *raise and lower your nose*.
        """
        for clause in clauses:
            clause.part = self._part(clause)
        terms, before = list[dict[str, Any]](), None
        for clause, after in zip(clauses, (*clauses[1:], _Clause([]))):
            near = clause.part or (after.part if len(clause.left()) == 1 else None) or before
            terms += self._terms(clause, [near] if near is not None else [], yaw)
            before = clause.part or before
        # a gait comes with a walk; what words say of its steps counts
        return [
            term
            for k, term in enumerate(terms)
            if reward_terms()[term["term"]].effect != "prior"
            or not any((term["term"], term.get("of")) == (later["term"], later.get("of")) for later in terms[k + 1 :])
        ]

    def _part(self, clause: _Clause) -> Part | None:
        """The part of the body that a clause names; marks its words as used."""
        places = clause.places(*PARTS)
        named = [clause.items[k] for k in places]
        if not named:
            return None
        points, about = self._points(named), {clause.items[k].value for k in clause.places("aspect")}
        if len(points) > 1 and (not about or "touch" in about):
            clause.used.update(places)
            return "object_pair" if "object" in points else "pair", points
        first = named[0]
        alike = [k for k in places if clause.items[k].kind == first.kind]
        clause.used.update(alike[:1] if first.kind == "part" else alike)
        if first.kind == "part":
            return str(first.value), ()
        return first.kind, tuple(dict.fromkeys(name for k in alike for name in clause.items[k].value))

    def _points(self, named: Sequence[Item]) -> tuple[str, ...]:
        """The points of a hand that items name, in the order in which distances are named; none of another robot."""
        if self.body.kind != "hand":
            return ()
        found = {name for item in named for name in (item.value if item.kind == "fingers" else POINTS[item.value])}
        return tuple(name for name in (*self.body.fingers, *HUBS) if name in found)

    def _terms(self, clause: _Clause, parts: Sequence[Part], yaw: float | None) -> list[dict[str, Any]]:
        """The terms of a clause by its own part of the body, else by that of the clause before, else by the whole."""
        whole: list[Part] = [("robot", ())] if clause.part is None else []
        found: list[dict[str, Any]] = []
        for rule in self._mine:
            for of, names in [*parts, *whole] if clause.part is not None or not rule.named else ():
                used = self._fits(rule, of, clause, yaw)
                if used is not None:
                    found += self._fire(rule, names, used, clause, yaw)
                    break
        return found

    @staticmethod
    def _fits(rule: MotionRule, of: str, clause: _Clause, yaw: float | None) -> list[int] | None:
        """Positions that a rule uses up; None where it does not fit."""
        if not _allows(rule, of, clause):
            return None
        needed = [clause.places("aspect", value=word) for word in rule.words]
        needed += [clause.places("idiom", value=rule.idiom)] if rule.idiom else []
        needed += [clause.places(mark)[:1] for mark in _marks(rule, yaw)]
        ways = [k for k in clause.places("direction") if clause.items[k].value in rule.signs]
        if not all(needed) or (rule.signs and not ways and rule.sign is None):
            return None
        spare = [k for word in rule.also for k in clause.places("aspect", value=word)]
        return [*(k for places in needed for k in places), *ways[:1], *spare]

    def _fire(
        self, rule: MotionRule, names: tuple[str, ...], used: Sequence[int], clause: _Clause, yaw: float | None
    ) -> list[dict[str, Any]]:
        """The terms of a rule; marks its words as used."""
        items = [clause.items[k] for k in used]
        sign = next((rule.signs[item.value] for item in items if item.kind == "direction"), rule.sign or 1)
        clause.used.update(used)
        clause.fired = True
        made: list[dict[str, Any]] = []
        for term in rule.terms:
            target = self._target(term, sign, clause)
            if rule.landmark:
                target = self._at_landmark(term, target, items)
            if rule.compass:
                target = wrap_angle(next(item.value for item in items if item.kind == "compass") - (yaw or 0.0))
            made += _of_each(term, names, target)
        return made

    def _at_landmark(self, term: RuleTerm, target: float | None, items: Sequence[Item]) -> float | None:
        """A target that is counted from a part of the body, in the term's unit."""
        if term.axis is None or target is None:
            return target
        place = dict(self.body.landmarks)[next(str(item.value) for item in items if item.kind == "landmark")]
        return round(target + place[AXES.index(term.axis)], 4)

    def _target(self, term: RuleTerm, sign: int, clause: _Clause) -> float | None:
        """Target of a term by the words of its clause; None where it has one for each thing that it is of."""
        if term.usual is None:
            return term.value
        unit, neutral = reward_terms()[term.term].unit, 0.0 if term.axis else self.neutral(term.term)
        usual = neutral + sign * (term.usual - neutral)
        for k in clause.places("amount"):
            size, given, by = clause.items[k].value
            value = _in_unit(size, given, unit)
            if value is not None:
                clause.used.add(k)
                return value if neutral and not by else neutral + (value if usual >= neutral else -value)
        paced = term.term in (*self._rules.speeds, "step_frequency")
        degrees = [k for k, item in enumerate(clause.items) if item.kind == "degree"]
        said = [k for k, item in enumerate(clause.items) if item.kind == "speed" and paced] or degrees
        clause.used.update(said)
        share = next((float(clause.items[k].value) for k in reversed(said)), USUAL)
        return round(float(np.interp(share, (0.0, USUAL, 1.0), self._way(term, usual, neutral))), 4)

    def _way(self, term: RuleTerm, usual: float, neutral: float) -> tuple[float, float, float]:
        """Targets for no, the usual and the largest degree, in the term's unit."""
        if term.axis:  # as far again from the mark
            return 0.0, usual, 2.0 * usual
        low, high = self._rules.usable[term.term]
        end = max(usual, high) if usual >= neutral else min(usual, low)
        return neutral if neutral != usual else low, usual, end

    def neutral(self, term: str) -> float:
        """Value of a term from which degrees are counted, in its unit."""
        return self._rules.rest.get(term, reward_terms()[term].target(self.body.stand_height))


def _clauses(items: Sequence[Item]) -> list[_Clause]:
    """The items between conjunctions; what only names a part belongs to the clause before."""
    clauses = [_Clause([])]
    for item in items:
        if item.kind == "link":
            clauses.append(_Clause([]))
        else:
            clauses[-1].items.append(item)
    out: list[_Clause] = []
    for clause in clauses:
        if out and (not clause.says or not out[-1].says):
            out[-1].items += clause.items
        else:
            out.append(clause)
    return out


def _allows(rule: MotionRule, of: str, clause: _Clause) -> bool:
    """Whether a rule is about a part of the body, and what it asks for without using it up is there."""
    if rule.speed and not clause.places("speed"):
        return False
    if rule.unit and not any(clause.items[k].value[1] == rule.unit for k in clause.places("amount")):
        return False
    return bool(rule.idiom) or (of in rule.of and (bool(rule.words) or rule.speed or not clause.fired))


def _marks(rule: MotionRule, yaw: float | None) -> list[ItemKind]:
    """Kinds of items that a rule counts its targets from; a direction of the compass needs the robot's heading."""
    marks: list[ItemKind] = ["landmark"] if rule.landmark else []
    if rule.compass:
        marks.append("compass" if yaw is not None else "never")
    return marks


def _in_unit(value: float, given: str, unit: str) -> float | None:
    """An amount in the unit of a term; None where it has another. A bare fraction is one of a turn: *a quarter*."""
    if unit == "rad" and not given and 0.0 < abs(value) < 1.0:
        return math.tau * value
    return value if given == unit != "" else None


def _of_each(term: RuleTerm, names: tuple[str, ...], target: float | None) -> list[dict[str, Any]]:
    """A term for each thing that it is of."""
    kind = reward_terms()[term.term].of
    if term.phases:
        return [{"term": term.term, "of": [name], "target": value} for name, value in term.phases.items()]
    if kind is None:
        return [{"term": term.term, "target": target}]
    if kind == "pair":
        return [{"term": term.term, "of": [name, names[-1]], "target": target} for name in names[:-1]]
    return [{"term": term.term, "of": [name], "target": target} for name in (term.each or names)]


def _seconds(clauses: Sequence[_Clause]) -> float | None:
    """How long it shall go on, s; marks the words as used."""
    for clause in clauses:
        for k in clause.places("amount"):
            if clause.items[k].value[1] == "s":
                clause.used.add(k)
                return float(clause.items[k].value[0])
    return None
