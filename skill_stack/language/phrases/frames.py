"""Frames: the words that request a skill, with slots for its arguments."""

from __future__ import annotations

from dataclasses import dataclass

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.units import SCALES, si
from skill_stack.language.words.lexicon import Lexicon

Head = tuple[str, ...]

SAME_WORDS = "same words"
"""Sense of frames with a synonym of a skill's own verb."""


@dataclass(frozen=True, slots=True)
class Role:
    """An object of a frame.

    Attributes:
        parameter: Parameter of the skill.
        between: Prepositions before it; an empty string for none.
    """

    parameter: str
    between: frozenset[str]


@dataclass(frozen=True, slots=True)
class PhraseFrame:
    """One way to request a skill.

    Attributes:
        skill: The skill.
        head: Words of the verb.
        roles: Its objects.
        shape: What else it takes: ``angle``, ``distance``, ``duration``, ``home`` or ``plain``.
        sense: Sense of the lexicon, or empty for the skill's own words.
        heading: Direction that the verb implies, or empty.
        amount: Whether it needs an amount.
        tail: Words of the verb after its objects: ``saw … in half``.
        guessed: Whether it comes from neither the skill's phrases nor a declared sense, so that a question is needed.
    """

    skill: SkillSpec
    head: Head
    roles: tuple[Role, ...] = ()
    shape: str = "plain"
    sense: str = ""
    heading: str = ""
    amount: bool = False
    tail: Head = ()
    guessed: bool = False

    @property
    def own(self) -> bool:
        """Whether it has the skill's own words."""
        return not self.sense

    @property
    def remoteness(self) -> int:
        """0 for the skill's own words, 1 for a synonym, 2 for a wider sense."""
        return 0 if self.own else 1 if self.sense == SAME_WORDS else 2

    @property
    def surfaces(self) -> frozenset[Head]:
        """The words from the verb up to the first object: ``look for`` of ``look for {object}``."""
        return frozenset(self.head + tuple(word.split()) for word in (self.roles[0].between if self.roles else ("",)))


def directional(spec: SkillSpec, opposites: dict[str, str]) -> dict[str, tuple[str, int]]:
    """Returns parameter and sign by direction, for distances in m that are named after a direction."""
    return _signed(spec, "m", {name: name for name in opposites}, opposites)


def velocities(spec: SkillSpec, lexicon: Lexicon) -> dict[str, tuple[str, int]]:
    """Returns parameter and sign by direction, for velocities in m/s along an axis of the robot."""
    return _signed(spec, "m/s", lexicon.directions.axes, lexicon.directions.opposites)


def _signed(
    spec: SkillSpec, unit: str, ways: dict[str, str], opposites: dict[str, str]
) -> dict[str, tuple[str, int]]:
    """Parameter and sign by direction, for the parameters of a unit whose direction is known."""
    out: dict[str, tuple[str, int]] = {}
    for parameter in spec.goal:
        if parameter.type == "number" and parameter.unit == unit and parameter.name in ways:
            way = ways[parameter.name]
            out |= {way: (parameter.name, 1), opposites[way]: (parameter.name, -1)}
    return out


def numeric(spec: SkillSpec, unit: str) -> GoalParameter | None:
    """Returns the first number parameter with a unit, or None."""
    return next((p for p in spec.goal if p.type == "number" and p.unit == unit), None)


def angular(spec: SkillSpec) -> tuple[GoalParameter, float] | None:
    """Returns the first angle parameter with the size of its unit in rad, or None."""
    numbers = (p for p in spec.goal if p.type == "number")
    return next(((p, SCALES.get(p.unit, ("", 1.0))[1]) for p in numbers if si(p.unit) == "rad"), None)


def way_parameter(spec: SkillSpec) -> str | None:
    """The parameter that takes constraints on the path, or None."""
    return next((p.name for p in spec.goal if p.type == "way"), None)


def gap_parameter(spec: SkillSpec, lexicon: Lexicon) -> str | None:
    """Returns the parameter of free space: a distance with a default and without a direction."""
    names = {*lexicon.directions.opposites, *lexicon.directions.opposites.values()}
    plain = (p for p in spec.goal if p.type == "number" and p.unit == "m" and p.default is not None)
    return next((p.name for p in plain if p.name not in names), None)
