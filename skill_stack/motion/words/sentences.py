"""MotionSentences: requests for motions, made from the words and rules that they are read by."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.language import Lexicon, load_lexicon
from skill_stack.motion.words.motion_reader import POINTS, MotionReader
from skill_stack.motion.words.motion_reading import SpokenBody
from skill_stack.motion.words.tagger import end_of, side_of
from skill_stack.motion.words.word_data import MotionRule, motion_data

TWICE = 0.35
"""Share of requests with two motions at the same time."""
TRIES = 40
"""Draws until one can be read."""
FORMS = {"m": ("{:.0f} centimetres", 100.0), "rad": ("{:.0f} degrees", 180.0 / math.pi)}
"""How amounts are said, and in what they are counted, by the unit of a term."""


class MotionSentences:
    """Draws requests for one robot: verb, part of the body, direction and amount; the reader says what they mean."""

    def __init__(self, body: SpokenBody, lexicon: Lexicon | None = None) -> None:
        """Takes the words.

        Args:
            body: What requests may name.
            lexicon: Directions, numbers and units; None for those of the language.
        """
        self._body, self._data = body, motion_data()
        self._lexicon = lexicon or load_lexicon()
        self._reader = MotionReader(body, self._lexicon)
        kind = body.kind
        self._rules = [
            rule for rule in self._data.rules.rules
            if rule.body == kind and not rule.compass and rule.words and (body.has_object or not _of_object(rule))
        ]  # fmt: skip

    def draw(self, rng: np.random.Generator) -> tuple[str, RewardSet] | None:
        """A request and what is read of it; None where nothing could be read."""
        for _ in range(TRIES):
            clauses = [self._clause(rng) for _ in range(2 if rng.random() < TWICE else 1)]
            words = " and ".join(clauses)
            read = self._reader.read(words)
            if isinstance(read, RewardSet) and read.aims:
                return words, read
        return None

    def _clause(self, rng: np.random.Generator) -> str:
        """One motion in words; the reader may refuse it."""
        rule = self._rules[int(rng.integers(len(self._rules)))]
        items = self._data.items
        verbs = [items.aspects[word][0] for word in rule.words]
        of = str(rng.choice([*rule.of]))
        ways = [way for way in rule.signs if way in self._lexicon.directions.directions or way in items.ways]
        said = [verbs[0], self._part(of, rng), *verbs[1:]]
        if ways and (rule.sign is None or rng.random() < 0.5):
            way = str(rng.choice(ways))
            said.append(next(iter(self._lexicon.directions.directions[way])))
        said.append(self._amount(rule, rng))
        return " ".join(word for word in said if word)

    def _part(self, of: str, rng: np.random.Generator) -> str:
        """Words for a part of the body; empty for the whole robot."""
        items = self._data.items
        if of == "hands":
            return f"your {rng.choice(self._body.hands)} {items.hands.one[int(rng.integers(2))]}"
        if of == "feet":
            foot, feet = str(rng.choice(self._body.feet)), items.feet
            side, end = side_of(foot), end_of(foot)
            return f"your {getattr(feet, side)[0]} {getattr(feet, end)[0]} {feet.one[int(rng.integers(2))]}"
        if of in ("fingers", "pair", "object_pair"):
            count = 2 if of == "pair" else 1
            named = [items.fingers[str(name)][0] for name in rng.choice(self._body.fingers, count, replace=False)]
            named += [items.parts["object"][0]] if of == "object_pair" else []
            return "your " + " and the ".join(named)
        return f"your {items.parts[of][0]}" if of in items.parts and of not in POINTS else items.parts.get(of, ("",))[0]

    def _amount(self, rule: MotionRule, rng: np.random.Generator) -> str:
        """Words for how much; empty for what is usual."""
        term = next((one for one in rule.terms if one.usual is not None), None)
        if term is None:
            return ""
        unit, usable = reward_terms()[term.term].unit, self._data.rules.usable.get(term.term)
        if unit in FORMS and usable is not None and rng.random() < 0.7:
            form, factor = FORMS[unit]
            neutral = self._reader.neutral(term.term)
            end = usable[1] if term.usual is not None and term.usual >= neutral else usable[0]
            size = abs(end - neutral) * float(rng.uniform(0.3, 0.9))
            return "by " + form.format(factor * size)
        return ""


def _of_object(rule: MotionRule) -> bool:
    """Whether a rule is about an object in the hand."""
    return {"object", "object_pair"} & set(rule.of) != set() or any("object" in term.term for term in rule.terms)
