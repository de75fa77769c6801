"""Facts: the symbolic statements over which plans are checked, e.g. ``near(robot, red_ball)``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from skill_stack.core.errors import DataError

_LITERAL = re.compile(r"^\s*(not\s+)?([a-z_][a-z0-9_]*)\s*\(\s*([^()]*)\s*\)\s*$")


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One true statement about the world.

    Attributes:
        predicate: Name of the relation or property.
        arguments: What it is about; ``robot`` is the robot itself.
    """

    predicate: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.predicate}({', '.join(self.arguments)})"


@dataclass(frozen=True, slots=True)
class Literal:
    """A fact as condition or effect, with variables (``$target``) and wildcards (``*``).

    Attributes:
        predicate: Name of the relation or property.
        arguments: Names, ``$parameter`` for a goal parameter of the skill, or ``*`` for anything.
        positive: False for ``not …``.
    """

    predicate: str
    arguments: tuple[str, ...]
    positive: bool = True

    def __str__(self) -> str:
        return f"{'' if self.positive else 'not '}{self.predicate}({', '.join(self.arguments)})"

    @classmethod
    def parse(cls, text: str) -> Literal:
        """Reads ``near(robot, $target)`` or ``not near(robot, *)``.

        Raises:
            DataError: The text has another form.
        """
        return _parsed(text)

    def ground(self, values: Mapping[str, object]) -> Literal:
        """Replaces ``$parameter`` by its value; a parameter without a value stays.

        Args:
            values: Arguments of the skill by parameter name.
        """
        arguments = []
        for one in self.arguments:
            value = values.get(one[1:]) if one[:1] == "$" else None
            arguments.append(one if value is None else str(value))
        return Literal(self.predicate, tuple(arguments), self.positive)

    def matches(self, fact: Fact) -> bool:
        """Whether the fact matches, wildcards included; ignores ``positive``."""
        return (
            self.predicate == fact.predicate
            and len(self.arguments) == len(fact.arguments)
            and all(mine in ("*", theirs) for mine, theirs in zip(self.arguments, fact.arguments, strict=True))
        )

    def holds(self, facts: Iterable[Fact]) -> bool:
        """Whether the literal is true in a set of facts."""
        return any(self.matches(fact) for fact in facts) is self.positive


def apply_effects(facts: frozenset[Fact], effects: Iterable[Literal]) -> frozenset[Fact]:
    """The facts after the effects: negative ones remove, then positive ones add.

    Args:
        facts: What is true before.
        effects: Ground literals; wildcards only in negative ones.
    """
    listed = list(effects)
    removed = {fact for fact in facts for effect in listed if not effect.positive and effect.matches(fact)}
    added = {Fact(effect.predicate, effect.arguments) for effect in listed if effect.positive}
    return frozenset((facts - removed) | added)


@lru_cache(maxsize=4096)  # a search asks for the same few texts thousands of times
def _parsed(text: str) -> Literal:
    match = _LITERAL.match(text)
    if match is None:
        raise DataError(f"'{text}' is not a fact; write predicate(argument, …), with 'not ' before it to negate")
    arguments = tuple(part.strip() for part in match[3].split(",")) if match[3].strip() else ()
    return Literal(match[2], arguments, positive=match[1] is None)


def negated(literal: Literal) -> Literal:
    """The opposite."""
    return Literal(literal.predicate, literal.arguments, not literal.positive)
