"""Steps before they become a checked plan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.world.fact import Fact, Literal, apply_effects

LONGEST_WAIT = 600.0
"""Default time after which a repetition until a fact fails, s."""


HAZARD = {"none": 0, "low": 1, "high": 5}
"""Cost of each hazard level."""


@dataclass(frozen=True, slots=True)
class Step:
    """One skill with its arguments.

    Attributes:
        spec: The skill.
        arguments: Completed and checked arguments.
        why: Why it is there, for people.
        wants: Conditions besides the skill's own preconditions, e.g. that the robot is near something.
    """

    spec: SkillSpec
    arguments: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    wants: tuple[Literal, ...] = ()

    @property
    def needs(self) -> tuple[Literal, ...]:
        """All preconditions."""
        own = tuple(Literal.parse(text).ground(self.arguments) for text in self.spec.preconditions)
        return own + self.wants

    @property
    def effects(self) -> tuple[Literal, ...]:
        """All effects."""
        return tuple(Literal.parse(text).ground(self.arguments) for text in self.spec.effects)

    def violated(self, facts: frozenset[Fact]) -> Literal | None:
        """The first precondition that does not hold, or None."""
        return next((literal for literal in self.needs if not literal.holds(facts)), None)

    def settled(self, facts: frozenset[Fact]) -> bool:
        """Whether all effects and goals of the step already hold.

        Only for skills without arguments: going to where one is already may still mean getting closer.
        """
        made = [effect for effect in self.effects if effect.positive]
        return bool(made) and not self.spec.goal and all(one.holds(facts) for one in (*made, *self.wants))

    def after(self, facts: frozenset[Fact]) -> frozenset[Fact]:
        """The facts afterwards."""
        return apply_effects(facts, self.effects)


@dataclass(frozen=True, slots=True)
class Loop:
    """Repeated steps.

    Attributes:
        body: What is repeated.
        count: How often.
        why: Why, for people.
    """

    body: tuple[Part, ...]
    count: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """Steps that depend on a fact.

    Attributes:
        literals: What must hold for ``then``; all of them.
        then: Done when everything holds.
        otherwise: Done when not.
        why: Why, for people.
    """

    literals: tuple[Literal, ...]
    then: tuple[Part, ...]
    otherwise: tuple[Part, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Until:
    """Steps that are repeated until a fact holds.

    Attributes:
        body: What is done meanwhile.
        literal: The fact that ends it.
        why: Why, for people.
        seconds: Longest time before it fails, s.
    """

    body: tuple[Part, ...]
    literal: Literal
    why: str = ""
    seconds: float = LONGEST_WAIT


@dataclass(frozen=True, slots=True)
class Both:
    """Two or more branches at the same time.

    Attributes:
        branches: What is done, each on its own piece of the body.
        main: The branch whose end ends the others; None when all must be done.
        independent: Whether the others go on when one fails.
        why: Why, for people.
        told: Which branch leaves pieces of the body to another, for people.
    """

    branches: tuple[tuple[Part, ...], ...]
    main: int | None = None
    independent: bool = False
    why: str = ""
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """A fact that must hold at its turn; no step is added to achieve it.

    Attributes:
        literal: The fact.
        why: Why, for people.
    """

    literal: Literal
    why: str = ""


Part = Step | Loop | Branch | Until | Both | Test


def steps_of(parts: Iterable[Part]) -> Iterator[Step]:
    """Every step once, those of both branches of a condition included."""
    for part in parts:
        if isinstance(part, Loop | Until):
            yield from steps_of(part.body)
        elif isinstance(part, Branch):
            yield from steps_of((*part.then, *part.otherwise))
        elif isinstance(part, Both):
            yield from steps_of([inner for branch in part.branches for inner in branch])
        elif isinstance(part, Step):
            yield part


def spec_cost(spec: SkillSpec) -> tuple[int, int, int, int]:
    """Cost of one use of a skill: steps, hazard, phases that cannot be left at once, side effects."""
    contacts = sum(phase.kind != "free" for phase in spec.phases)
    made = sum(not text.startswith("not ") for text in spec.effects)
    return 1, HAZARD[spec.hazard], contacts, made


def same_end(one: SkillSpec, other: SkillSpec) -> bool:
    """Whether two skills achieve the same facts."""
    return sorted(one.effects) == sorted(other.effects) and bool(one.effects)


def endless(spec: SkillSpec) -> bool:
    """Whether a skill runs until it is ended from outside."""
    return spec.kind in ("policy", "sampled") and not spec.success


def lasting(step: Step) -> bool:
    """Whether a step goes on beside another one as long as that does: it has no end, or its words say none."""
    told = step.spec.kind == "sampled" and math.isinf(step.spec.asked_seconds(step.arguments))
    return told or endless(step.spec)
