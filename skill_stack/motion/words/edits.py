"""MotionEditor: words that change the terms that are being done: higher, slower, the other leg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skill_stack.core.rewards.reward_set import RewardSet, RewardTerm
from skill_stack.motion.words.motion_reader import USUAL, MotionReader
from skill_stack.motion.words.motion_reading import MotionReading, MotionRefusal, checked
from skill_stack.motion.words.tagger import Item
from skill_stack.motion.words.word_data import motion_data
from skill_stack.motion.words.wording import term_told, told

MIRRORED = {"FL": "FR", "FR": "FL", "RL": "RR", "RR": "RL", "left": "right", "right": "left"}
"""The other foot or hand of each pair."""
LIMBS = {"feet": "foot", "fingers": "finger", "hands": "hand"}
"""What terms are of, by the kind of the words that name it."""
AMONG = ("comparative", "other", "degree", "amount", "feet", "fingers", "hands", "part", "filler", "link")


class MotionEditor:
    """Changes sets by comparatives."""

    def __init__(self, reader: MotionReader) -> None:
        """Takes the words.

        Args:
            reader: Of the same robot.
        """
        self._reader, self._rules = reader, motion_data().rules

    def edit(self, text: str, last: RewardSet) -> MotionReading:
        """The set with what words change in it.

        Args:
            text: The words.
            last: What is being done.

        Returns:
            The changed set; why it cannot change so; None for words that are no change of it.
        """
        items = self._reader.tagger.items(text, editing=True)
        changes = [item for item in items if item.kind in ("comparative", "other")]
        limbs = [item for item in items if item.kind in LIMBS]
        if "?" in text or any(item.kind not in AMONG for item in items):
            return None
        terms = self._of(list(last.terms), limbs[0]) if limbs else list(last.terms)
        if terms is None or not (changes or terms != list(last.terms)):
            return None
        for change in changes:
            made = self._changed(terms, change, items)
            if not isinstance(made, list):
                return made
            terms = made
        if terms == list(last.terms):
            return MotionRefusal("term", "", f"That is as far as it goes: {told(last)}.")
        return checked([_plain(term) for term in terms], self._reader.body, last.seconds)

    def _of(self, terms: Sequence[RewardTerm], limb: Item) -> list[RewardTerm] | None:
        """The terms of limbs as those of other ones; None where the set has none of this kind or several targets."""
        mine = [term for term in terms if term.kind.of == LIMBS[limb.kind]]
        if not mine or any(set(term.of) <= set(limb.value) for term in mine):
            return list(terms) if mine else None
        if len({(term.term, term.target) for term in mine}) != len({term.term for term in mine}):
            return None
        firsts = list({term.term: term for term in mine}.values())
        moved = [term.model_copy(update={"of": (name,)}) for term in firsts for name in limb.value]
        return [*(term for term in terms if term not in mine), *moved]

    def _changed(
        self, terms: Sequence[RewardTerm], change: Item, items: Sequence[Item]
    ) -> list[RewardTerm] | MotionReading:
        """The terms after one change."""
        if change.kind == "other":
            return self._other(terms, str(change.value))
        name = str(change.value)
        if name in ("faster", "slower"):
            return self._paced(terms, name, items)
        signs = self._signs(terms, name)
        if not signs:
            return MotionRefusal("word", change.text, f"Nothing in it can be '{change.text}'; it is: {_listed(terms)}.")
        return [self._step(term, signs[term.label], name, items) if term.label in signs else term for term in terms]

    def _signs(self, terms: Sequence[RewardTerm], name: str) -> dict[str, float]:
        """Which terms a comparative moves, by label, and which way."""
        usual = {term.label: 1.0 if (term.target or 0.0) >= self._reader.neutral(term.term) else -1.0 for term in terms}
        ends = [term for term in terms if term.term in self._rules.usable and term.weight > 0.0]
        if name in ("more", "less", "most"):
            first = next((term.term for term in ends), "")
            way = -1.0 if name == "less" else 1.0
            return {term.label: way * usual[term.label] for term in ends if term.term == first}
        known = self._rules.edits[name]
        first = next((one for one in known if any(term.term == one for term in ends)), "")
        return {term.label: float(known[first]) for term in ends if term.term == first}

    def _step(self, term: RewardTerm, sign: float, name: str, items: Sequence[Item]) -> RewardTerm:
        """A term one step further, or by an amount."""
        low, high = self._rules.usable[term.term]
        now = term.target if term.target is not None else self._reader.neutral(term.term)
        amount = next(
            (item.value[0] for item in items if item.kind == "amount" and item.value[1] == term.kind.unit), None
        )
        if amount is not None:
            return term.model_copy(update={"target": round(now + sign * float(amount), 4)})
        degree = 1.0 if name == "most" else _degree(items)
        new = now + sign * (high - low) * (1.0 if degree == 1.0 else self._rules.step * degree / USUAL)
        return term.model_copy(update={"target": round(min(max(new, min(low, now)), max(high, now)), 4)})

    def _paced(self, terms: Sequence[RewardTerm], name: str, items: Sequence[Item]) -> list[RewardTerm] | MotionReading:
        """Speeds of the terms changed by a factor."""
        factor = (self._rules.faster if name == "faster" else self._rules.slower) ** (_degree(items) / USUAL)
        pace = self._rules.paces.get(self._reader.body.kind)
        if pace is not None and all(term.term != pace for term in terms):
            terms = [*terms, RewardTerm(term=pace, target=self._reader.neutral(pace))]
        if not any(term.term in self._rules.speeds and term.target for term in terms):
            return MotionRefusal("word", name, f"Nothing in it has a speed; it is: {_listed(terms)}.")
        return [self._scaled(term, factor) if term.term in self._rules.speeds else term for term in terms]

    def _scaled(self, term: RewardTerm, factor: float) -> RewardTerm:
        low, high = self._rules.usable[term.term]
        return term.model_copy(update={"target": round(min(max((term.target or 0.0) * factor, low), high), 4)})

    def _other(self, terms: Sequence[RewardTerm], which: str) -> list[RewardTerm] | MotionReading:
        """The terms mirrored, or the other way."""
        flips: dict[str, Any] = {"leg": (), "side": self._rules.mirrored, "way": self._rules.reversed}
        made = [self._flipped(term, which, flips[which]) for term in terms]
        if made == list(terms):
            return MotionRefusal("word", f"other {which}", f"There is no other {which} in it; it is: {_listed(terms)}.")
        return made

    @staticmethod
    def _flipped(term: RewardTerm, which: str, signs: Sequence[str]) -> RewardTerm:
        """A term of the other limb, or with the other sign."""
        if term.kind.of in ("foot", "hand") and which != "way":
            return term.model_copy(update={"of": tuple(MIRRORED.get(name, name) for name in term.of)})
        if term.term in signs and term.target:
            return term.model_copy(update={"target": -term.target})
        return term


def _plain(term: RewardTerm) -> dict[str, object]:
    """A term as plain data."""
    return term.model_dump(mode="json", exclude_defaults=True)


def _listed(terms: Sequence[RewardTerm]) -> str:
    """Terms in words."""
    return ", ".join(term_told(term) for term in terms)


def _degree(items: Sequence[Item]) -> float:
    """How much a change is, 0 to 1."""
    return next((float(item.value) for item in items if item.kind == "degree"), USUAL)
