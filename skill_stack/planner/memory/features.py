"""Features: facts before a step in terms of its own arguments, so that steps with other objects are comparable.

A feature is a text: a fact with ``$parameter`` for the step's arguments (``wiped($object)``, ``kind($object, cup)``),
the same with ``*`` in its last place, or a remark on a manner of doing it (``$speed <= 0.4``, ``$grip = gentle``).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.planner.memory.experience import Experience, StepRecord, ThingNote

KIND, COLOUR, IS, MOVABLE = "kind", "colour", "is", "movable"
ATTRIBUTES = frozenset({KIND, COLOUR, IS, MOVABLE})
"""Predicates for properties of objects; no skill changes them."""
MANNERS = frozenset({"m/s", "rad/s", "N", "N·m", "Nm", "1", "%", "Hz"})
"""Units of numbers about how a thing is done; a lesson may change those that the words leave open."""
BY = "by"
"""Name in bounds for the skill that carries a step out, one of those that realise what was asked for."""
MACHINERY = frozenset({
    "no emergency stop", "controller is active", "position is known", "request is accepted",
    "the action server answers",
})  # fmt: skip
"""Conditions of the connector unrelated to the skill, such as a process that died."""
_MANNER = re.compile(r"^\$([a-z_][a-z0-9_]*) (<=|>=|=) (.+)$")


@dataclass(frozen=True, slots=True)
class ActionManner:
    """A bound on an argument.

    Attributes:
        parameter: The argument.
        relation: ``<=``, ``>=`` or ``=``.
        value: Number in the parameter's unit, or the word of a choice.
    """

    parameter: str
    relation: str
    value: float | str

    @classmethod
    def parse(cls, text: str) -> ActionManner | None:
        """The bound that a text states, or None when it is a fact.

        Raises:
            DataError: It compares with something that is no number.
        """
        match = _MANNER.match(text)
        if match is None:
            return None
        if match[2] == "=":
            return cls(match[1], "=", match[3])
        try:
            return cls(match[1], match[2], float(match[3]))
        except ValueError:
            raise DataError(f"'{text}' compares with '{match[3]}', which is no number") from None

    def __str__(self) -> str:
        value = self.value if isinstance(self.value, str) else f"{self.value:.4g}"
        return f"${self.parameter} {self.relation} {value}"

    def holds(self, arguments: Mapping[str, Any]) -> bool:
        """Whether the arguments keep to it."""
        given = arguments.get(self.parameter)
        if self.relation == "=":
            return str(given) == self.value
        if isinstance(given, bool) or not isinstance(given, int | float) or isinstance(self.value, str):
            return False
        slack = 1e-9 + 1e-3 * abs(self.value)  # bounds are written with four digits
        return given <= self.value + slack if self.relation == "<=" else given >= self.value - slack


def is_manner(parameter: GoalParameter) -> bool:
    """Whether an argument is about how something is done, and may be chosen by the robot."""
    if parameter.default is None:
        return False
    number = parameter.type == "number" and (parameter.open is not None or parameter.unit in MANNERS)
    return number or parameter.type == "choice"


def as_asked(skill: str, arguments: Mapping[str, Any], library: SkillLibrary) -> tuple[str, dict[str, Any]]:
    """A step as one of the skill that it realises, with the skill that did it as a manner.

    Args:
        skill: The skill that ran.
        arguments: Its arguments.
        library: Skills.
    """
    asked = (library[skill].realises if skill in library else "") or skill
    return asked, {**arguments, BY: skill} if asked != skill or ways_of(asked, library) else dict(arguments)


def ways_of(skill: str, library: SkillLibrary) -> tuple[str, ...]:
    """Other skills that realise a skill and that the robot can use."""
    return tuple(spec.name for spec in library if spec.realises == skill and spec.name != skill)


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One step as evidence.

    Attributes:
        skill: Its skill.
        arguments: Its arguments.
        features: What held when it began, of its arguments.
        made: Those that an earlier step of the same task had brought about, ``not …`` for those that it had ended.
        success: Whether it succeeded.
        time: Wall time, s since 1970.
        said: What was said of a failure.
        changed: What was so when the next step began and not before, or the other way round (``not …``),
            declared or not; None where there was no next step.
        cause: Why it failed, as a type that the robot told; empty where it told none.
    """

    skill: str
    arguments: Mapping[str, Any]
    features: frozenset[str]
    made: frozenset[str]
    success: bool
    time: float
    said: str = ""
    changed: frozenset[str] | None = None
    cause: str = ""

    def holds(self, feature: str) -> bool:
        """Whether a feature held; ``not …`` and bounds on arguments included."""
        manner = ActionManner.parse(feature)
        if manner is not None:
            return manner.holds(self.arguments)
        return (feature[4:] not in self.features) if feature.startswith("not ") else feature in self.features


_SETS = ("features", "made", "changed")
"""Attributes of an event that are sets of features."""


def events_of(experiences: Iterable[Experience], shared: dict[Any, Any] | None = None) -> list[TaskEvent]:
    """Every step that succeeded or failed, oldest first; without those ended by a person or a fault of the stack.

    Args:
        experiences: The tasks, oldest first.
        shared: Sets of features that were met before; equal ones are kept once, since much holds in most runs.
    """
    out: list[TaskEvent] = []
    known = {} if shared is None else shared
    for task in experiences:
        first = frozenset(task.facts)
        things = {thing.id: thing for thing in task.things}
        for step, then in itertools.zip_longest(task.steps, task.steps[1:]):
            if step.outcome != "interrupted" and not _of_machinery(step):
                event = _event(task, first, things, step, then)
                once = {name: known.setdefault(held, held) for name in _SETS if (held := getattr(event, name))}
                out.append(replace(event, **once))
    return out


def _of_machinery(step: StepRecord) -> bool:
    """Whether a step failed for a reason in the stack, not in the world or in its arguments."""
    if step.outcome != "failed":
        return False
    named = step.violated in MACHINERY or step.violated.endswith(" begins")
    return named or (not step.violated and "connector" in step.reason)


def _event(
    task: Experience, first: frozenset[str], things: Mapping[str, ThingNote], step: StepRecord, then: StepRecord | None
) -> TaskEvent:
    facts = facts_from(step.facts)
    features = lifted(facts | attributes(things.values(), step.arguments), step.arguments)
    made = lifted((fact for fact in facts if str(fact) not in first), step.arguments)
    ended = lifted(facts_from(first) - facts, step.arguments) - features
    made |= frozenset(f"not {one}" for one in ended)
    said = "" if step.outcome == "succeeded" else f"{step.violated} {step.reason}"
    changed = None if then is None else _changed(facts, facts_from(then.facts), step.arguments)
    return TaskEvent(step.skill, step.arguments, features, made, step.outcome == "succeeded", task.time, said, changed,
                     step.cause)


def _changed(before: frozenset[Fact], after: frozenset[Fact], arguments: Mapping[str, Any]) -> frozenset[str]:
    """Facts that began and ended, in terms of the step's arguments."""
    came, went = (lifted(facts, arguments) for facts in (after - before, before - after))
    return frozenset(one for one in came if "*" not in one) | {f"not {one}" for one in went if "*" not in one}


def facts_from(texts: Iterable[str]) -> frozenset[Fact]:
    """Facts parsed from text; invalid ones are left out."""
    out = set()
    for text in texts:
        try:
            one = Literal.parse(text)
        except DataError:
            continue
        if one.positive:
            out.add(Fact(one.predicate, one.arguments))
    return frozenset(out)


def attributes(things: Iterable[ThingNote], arguments: Mapping[str, Any]) -> frozenset[Fact]:
    """Properties of the objects in a step's arguments."""
    named = {str(value) for value in arguments.values()}
    out = set()
    for thing in things:
        if thing.id in named:
            out |= {Fact(IS, (thing.id, thing.id)), Fact(KIND, (thing.id, thing.kind))}
            out |= {Fact(COLOUR, (thing.id, thing.colour))} if thing.colour else set()
            out |= {Fact(MOVABLE, (thing.id,))} if thing.movable else set()
    return frozenset(out)


def lifted(facts: Iterable[Fact], arguments: Mapping[str, Any]) -> frozenset[str]:
    """Facts as features of a step.

    Args:
        facts: What held.
        arguments: The step's arguments; values that are text name things.
    """
    names: dict[str, str] = {}
    for name, value in sorted(arguments.items()):
        if isinstance(value, str):
            names.setdefault(value, f"${name}")
    out = set()
    for fact in facts:
        terms = fact.arguments
        if fact.predicate in ATTRIBUTES and terms:  # the value is a word, not a thing
            out.add(str(Fact(fact.predicate, (names.get(terms[0], terms[0]), *terms[1:]))))
            continue
        terms = tuple(names.get(term, term) for term in terms)
        out.add(str(Fact(fact.predicate, terms)))
        if len(terms) > 1:
            out.add(str(Fact(fact.predicate, (*terms[:-1], "*"))))
    return frozenset(out)


def object_parameters(spec: SkillSpec) -> tuple[str, ...]:
    """Names of the arguments that are objects."""
    return tuple(parameter.name for parameter in spec.goal if parameter.type == "object")
