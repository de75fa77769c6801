"""Frames: the words that request each skill, from the skills' own phrases, widened by the lexicon's senses."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.units import SCALES, si
from skill_stack.language.words.lexicon import Lexicon

Head = tuple[str, ...]

INSIDE = frozenset({"in", "into", "inside", "back in", "back into", "inside of", "in to", "back inside"})
ONTO = frozenset({"on", "onto", "on top of", "upon", "back on", "back onto", "on to", "over onto"})

SAME_WORDS = "same words"
"""Sense of frames that say a skill's own phrase with another verb that means the same."""


@dataclass(frozen=True, slots=True)
class Role:
    """A thing that a frame takes.

    Attributes:
        parameter: Parameter of the skill.
        between: Words that may stand before it; an empty string for none.
    """

    parameter: str
    between: frozenset[str]


@dataclass(frozen=True, slots=True)
class PhraseFrame:
    """One way of asking for a skill.

    Attributes:
        skill: The skill.
        head: Verb in words.
        roles: Things that it takes.
        shape: What else it takes: ``angle``, ``distance``, ``duration``, ``home`` or ``plain``.
        sense: Sense of the lexicon, or empty for the skill's own words.
        heading: Direction that the head implies, or empty.
        amount: Whether an amount must be said.
        named: Whether the thing must be a known one.
        half_turn: Whether half a turn follows.
        by_name: Whether the skill's name alone says so, beside phrases that say it better.
        tail: Words of the head that stand after its things: ``saw … in half``.
        guessed: Whether neither the skill's phrases nor a sense that it declares says it, so that it is asked about.
    """

    skill: SkillSpec
    head: Head
    roles: tuple[Role, ...] = ()
    shape: str = "plain"
    sense: str = ""
    heading: str = ""
    amount: bool = False
    named: bool = False
    half_turn: bool = False
    tail: Head = ()
    by_name: bool = False
    guessed: bool = False

    @property
    def own(self) -> bool:
        """Whether the skill's own phrases say it."""
        return not self.sense

    @property
    def remoteness(self) -> int:
        """0 for the skill's own words, 1 for other words that mean the same, 2 for those of a wider sense."""
        return 0 if self.own else 1 if self.sense == SAME_WORDS else 2

    @property
    def surfaces(self) -> frozenset[Head]:
        """The words from the verb up to the first thing: ``look for`` of ``look for {object}``."""
        return frozenset(self.head + tuple(word.split()) for word in (self.roles[0].between if self.roles else ("",)))


def directional(spec: SkillSpec, opposites: dict[str, str]) -> dict[str, tuple[str, int]]:
    """Parameter and sign by direction, for number parameters that are named after a direction."""
    out: dict[str, tuple[str, int]] = {}
    for parameter in spec.goal:
        if parameter.type == "number" and parameter.unit == "m" and parameter.name in opposites:
            out[parameter.name] = (parameter.name, 1)
            out[opposites[parameter.name]] = (parameter.name, -1)
    return out


def numeric(spec: SkillSpec, unit: str) -> GoalParameter | None:
    """The first number parameter of a unit, or None."""
    return next((p for p in spec.goal if p.type == "number" and p.unit == unit), None)


def angular(spec: SkillSpec) -> tuple[GoalParameter, float] | None:
    """The first number parameter for an angle, and how many radians one of its unit is; None for none."""
    numbers = (p for p in spec.goal if p.type == "number")
    return next(((p, SCALES.get(p.unit, ("", 1.0))[1]) for p in numbers if si(p.unit) == "rad"), None)


def way_parameter(spec: SkillSpec) -> str | None:
    """The parameter that takes constraints on the path, or None."""
    return next((p.name for p in spec.goal if p.type == "way"), None)


def gap_parameter(spec: SkillSpec, lexicon: Lexicon) -> str | None:
    """The parameter that says how much space to leave: a distance with a default and without a direction."""
    names = {*lexicon.directions.opposites, *lexicon.directions.opposites.values()}
    plain = (p for p in spec.goal if p.type == "number" and p.unit == "m" and p.default is not None)
    return next((p.name for p in plain if p.name not in names), None)
