"""Candidate conditions for a skill: those that held or failed to hold, could be achieved, or were mentioned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from skill_stack.core.skills.skill import GoalParameter, SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.world_facts import GEOMETRIC, PLACING
from skill_stack.planner.memory.features import (
    ATTRIBUTES,
    BY,
    COLOUR,
    IS,
    KIND,
    ActionManner,
    TaskEvent,
    is_manner,
    object_parameters,
    ways_of,
)

MOST_CONDITIONS = 120
"""Conditions that are weighed for one skill."""
MOST_CONTEXTS = 40
"""Contexts that are weighed for one skill."""
MOST_CONSTANTS = 12
"""Objects that replace an argument that the skill does not have."""
PLACES = frozenset({"place", "room", "door", "gate"})
"""Kinds of what one may have to come by; that it helps to go to some other thing first is not thought of."""
START = "start"
"""The place that every scene has."""
LEAST_STEP = 0.1
"""Share of a range by which a number has to differ from what failed to be worth a try."""
UNBOUNDED = 1e5
"""A wider range counts as unbounded."""
_PLAIN = re.compile(r"[a-z]{3,}")

# How likely a condition is to matter before anything is known, against one that merely held: ratios, set by hand.
_MENTIONED, _QUOTED, _REACHABLE, _OWN_ARGUMENT, _NEGATIVE, _MANNER = 6.0, 30.0, 2.0, 2.0, 0.8, 3.0
_UNFIT, _ODD = 0.1, 0.3
_CONTEXT = {"": 1.0, KIND: 0.35, COLOUR: 0.15, IS: 0.25}
_OTHER_CONTEXT = 0.2


@dataclass(frozen=True, slots=True)
class RuleCandidates:
    """Candidates that are weighed for one skill.

    Attributes:
        conditions: Features that the skill may need.
        condition_weights: How likely each is at first; only ratios count.
        contexts: Features that may limit where; the first is empty: everywhere.
        context_weights: How likely each is at first.
        reachable: Conditions that a skill of the library, or a choice of arguments, brings about.
    """

    conditions: tuple[str, ...]
    condition_weights: tuple[float, ...]
    contexts: tuple[str, ...]
    context_weights: tuple[float, ...]
    reachable: frozenset[str]


def candidates(
    spec: SkillSpec, events: Sequence[TaskEvent], library: SkillLibrary, things: Mapping[str, str]
) -> RuleCandidates:
    """Possible explanations of a skill's failures.

    Args:
        spec: The skill.
        events: Its runs.
        library: What can be brought about.
        things: Kinds of the things known, by id.
    """
    failures = [event for event in events if not event.success]
    likely = dict(_reachable(spec, library, things, events))
    can = {
        one: one in likely or ActionManner.parse(one) is not None or bool(makers(library, one))
        for one in _missing(spec, events, failures, likely, library)
    }
    said = " ".join(event.said for event in failures).lower()
    contrast = _contrast(events)
    weights = {
        one: _weight(one, able, said, things) * (1.0 + 3.0 * contrast.get(one, 0.0)) * likely.get(one, 1.0)
        for one, able in can.items()
        if able or any(event.holds(one) for event in events)
    }
    best = sorted(weights, key=lambda one: (-weights[one], one))[:MOST_CONDITIONS]
    contexts = ["", *_contexts(events, failures)]
    return RuleCandidates(
        tuple(best), tuple(weights[one] for one in best), tuple(contexts),
        tuple(_CONTEXT.get(one.split("(")[0], _OTHER_CONTEXT) for one in contexts),
        frozenset(one for one in best if can[one]),
    )  # fmt: skip


def _missing(
    spec: SkillSpec, events: Sequence[TaskEvent], failures: Sequence[TaskEvent], likely: Iterable[str],
    library: SkillLibrary,
) -> Iterator[str]:  # fmt: skip
    """Conditions that may have been missing in a failure, by the facts alone."""
    observed = {one for event in events for one in event.features if not _attribute(one)}
    wanted = {f"not {one}" for event in failures for one in event.features if not _attribute(one)}
    used = {str(value) for event in failures for value in event.arguments.values()}
    own = {*spec.effects, *spec.preconditions, *(f"not {effect}" for effect in spec.effects)}
    for one in observed.union(likely, wanted, _manners(spec, failures, library)) - own:
        held = all(event.holds(one) for event in failures)
        # what is said of a thing that was the argument is said of the argument
        if not held and not _excluded(one, spec, library) and used.isdisjoint(_names(one)):
            yield one


def _names(feature: str) -> tuple[str, ...]:
    return () if ActionManner.parse(feature) else Literal.parse(feature).arguments


def _excluded(feature: str, spec: SkillSpec, library: SkillLibrary) -> bool:
    """Whether a condition contradicts the skill's needs, is its own effect, or would be another task."""
    if ActionManner.parse(feature) is not None:
        return False
    wanted = Literal.parse(feature)
    if wanted.predicate in PLACING and wanted.arguments[0] in _located(spec):
        return True
    needed = [Fact(one.predicate, one.arguments) for one in map(Literal.parse, spec.preconditions) if one.positive]
    if not wanted.positive:
        fact = Fact(wanted.predicate, wanted.arguments)
        ended = any(not one.positive and one.matches(fact) for one in map(Literal.parse, spec.effects))
        return ended or any(wanted.matches(fact) for fact in needed)
    ways = makers(library, feature)
    return bool(ways) and all(_spoils(library[name], needed) for name in ways)


def _located(spec: SkillSpec) -> frozenset[str]:
    """Arguments that a skill comes to, or that it moves itself: to move one first would be another task."""
    where = [one for one in map(Literal.parse, spec.effects) if one.predicate in GEOMETRIC | PLACING]
    return frozenset(term for one in where for term in one.arguments if term.startswith("$"))


def _spoils(way: SkillSpec, needed: Iterable[Fact]) -> bool:
    """Whether a skill ends a needed condition without achieving it itself."""
    effects = [Literal.parse(text) for text in way.effects]
    made = {Fact(one.predicate, one.arguments) for one in effects}
    ends = [one for one in effects if not one.positive]
    return any(one.matches(need) for need in needed if need not in made for one in ends)


def _attribute(feature: str) -> bool:
    return feature.split("(")[0] in ATTRIBUTES


def _weight(feature: str, reachable: bool, said: str, things: Mapping[str, str]) -> float:
    """Prior weight of a condition."""
    if ActionManner.parse(feature) is not None:
        named = feature[1:].split(" ")[0]
        return _MANNER * (_MENTIONED if named in said else 1.0)
    weight = (_REACHABLE if reachable else 1.0) * (_NEGATIVE if feature.startswith("not ") else 1.0)
    weight *= _OWN_ARGUMENT if "$" in feature else 1.0
    if feature in said:
        return weight * _QUOTED
    words = {word[:5] for word in _PLAIN.findall(feature.removeprefix("not ").split("(")[0])}
    constants = [word for word in re.findall(r"[a-z0-9_]+", feature.split("(", 1)[-1]) if word in things]
    heard = {word[:5] for word in _PLAIN.findall(said)}
    weight *= _MENTIONED if words & heard else 1.0
    return weight * (_MENTIONED if any(one.replace("_", " ") in said.replace("_", " ") for one in constants) else 1.0)


def _manners(spec: SkillSpec, failures: Sequence[TaskEvent], library: SkillLibrary) -> Iterator[str]:
    """Arguments that differ from those that failed, and skills that realise this one and did not fail in its place."""
    used = {event.arguments.get(BY) for event in failures}
    yield from (str(ActionManner(BY, "=", way)) for way in ways_of(spec.name, library) if {way} != used)
    for parameter in spec.goal:
        if not is_manner(parameter):
            continue
        tried = {event.arguments.get(parameter.name) for event in failures} - {None}
        if parameter.type == "choice":
            yield from (str(ActionManner(parameter.name, "=", word)) for word in parameter.choices if {word} != tried)
            continue
        numbers = [value for value in tried if isinstance(value, int | float)]
        yield from _bounds(parameter, sorted({min(numbers), max(numbers)}) if numbers else [])


def _bounds(parameter: GoalParameter, failed: Iterable[float]) -> Iterator[str]:
    """Bounds half-way from numbers that failed to the ends of the range that may be chosen from."""
    low, high = parameter.open or (parameter.lower, parameter.upper)
    if low is None or high is None or high - low > UNBOUNDED:
        return
    least = LEAST_STEP * (high - low)
    for value in failed:
        bounds = (("<=", (value + low) / 2), (">=", (value + high) / 2))
        yield from (str(ActionManner(parameter.name, name, end)) for name, end in bounds if abs(end - value) >= least)


def _reachable(
    spec: SkillSpec, library: SkillLibrary, things: Mapping[str, str], events: Sequence[TaskEvent]
) -> Iterator[tuple[str, float]]:
    """Facts that some skill achieves, of the skill's own arguments or of other objects, and how well these fit."""
    mine = {f"${name}": {str(e.arguments.get(name)) for e in events} for name in object_parameters(spec)}
    used = {str(value) for event in events if not event.success for value in event.arguments.values()}
    for other in library:
        itself = other.name == spec.name
        if not itself and spec.guided is not None and _base(other, library) == _base(spec, library):
            continue  # walking round a thing does not help to walk to it
        alone = itself or (_goes(other) and _walks(spec, library))  # it comes to its own things by itself
        helped = {} if alone else mine  # doing it first with something else may help too
        options = partial(_options, other, mine=helped, things=things, used=used)
        yield from ((fact, fit * (1.0 if helped else _ODD)) for fact, fit in _made(other, options, itself))


def _made(
    helper: SkillSpec, options: Callable[[str], list[tuple[str, float]]], itself: bool
) -> Iterator[tuple[str, float]]:
    """Effects of a skill with every choice of arguments, and how well they fit."""
    for effect in map(Literal.parse, helper.effects):
        slots = sorted({term[1:] for term in effect.arguments if term.startswith("$")})
        if not effect.positive or "*" in effect.arguments or (itself and not slots):
            continue
        for choice in product(*map(options, slots)):
            values = [value for value, _ in choice]
            if len(set(values)) < len(values):
                continue  # between a thing and itself
            yield str(effect.ground(dict(zip(slots, values, strict=True)))), float(np.prod([fit for _, fit in choice]))


def _walks(spec: SkillSpec, library: SkillLibrary) -> bool:
    """Whether a skill is led by a guide on a walk."""
    base = library[spec.guided.base] if spec.guided is not None and spec.guided.base in library else None
    return base is not None and {"vx", "wz"} <= {parameter.name for parameter in base.goal}


def _goes(spec: SkillSpec) -> bool:
    """Whether all that a skill brings about is where the robot is to things."""
    effects = [one for one in map(Literal.parse, spec.effects) if one.arguments]
    return all(one.arguments[0] == "robot" for one in effects)


def _base(spec: SkillSpec, library: SkillLibrary) -> str:
    """The skill whose motion another one is, with other goal values; its own name where it is none of another."""
    above = spec.guided.base if spec.guided is not None else spec.name
    policy = library[above].policy if above in library else None
    return policy.base if policy is not None and policy.base is not None else above


def _options(
    spec: SkillSpec, slot: str, mine: Mapping[str, set[str]], things: Mapping[str, str], used: set[str]
) -> list[tuple[str, float]]:
    """What an argument of the helping skill may be, and how likely.

    It is an argument of the skill that is helped, or a thing whose kind or name is that of the argument, else a place.
    """
    parameter = spec.parameter(slot)
    if parameter.type == "choice":
        return [(word, 1.0) for word in parameter.choices]
    fit = {one for one, kind in things.items() if slot in (kind, one) or kind in slot or slot in one}
    free = [one for one in things if one not in used and one != START]
    others = [(one, 1.0) for one in free if one in fit] or [(one, _UNFIT) for one in free if things[one] in PLACES]
    own = [(name, 1.0 if not fit or values & fit else _ODD) for name, values in mine.items()]
    return [*own, *others[:MOST_CONSTANTS]]


def makers(library: SkillLibrary, condition: str) -> frozenset[str]:
    """Skills that achieve a condition, by their data."""
    if ActionManner.parse(condition) is not None:
        return frozenset()
    wanted = Literal.parse(condition)
    return frozenset(
        spec.name
        for spec in library
        for effect in map(Literal.parse, spec.effects)
        if effect.positive == wanted.positive and _fits(effect, wanted)
    )


def _fits(effect: Literal, wanted: Literal) -> bool:
    """Whether an effect matches a required fact, with the right arguments."""
    if effect.predicate != wanted.predicate or len(effect.arguments) != len(wanted.arguments):
        return False
    pairs = zip(effect.arguments, wanted.arguments, strict=True)
    return all(mine.startswith("$") or mine == theirs or "*" in (mine, theirs) for mine, theirs in pairs)


def always_brings(library: SkillLibrary, other: str, one: str) -> bool:
    """Whether every step that achieves one condition achieves the other too, so that no run separates them."""
    ways = makers(library, one)
    if not ways or not ways <= makers(library, other):
        return False
    return set(Literal.parse(one).arguments) == set(Literal.parse(other).arguments)


def _contexts(events: Sequence[TaskEvent], failures: Sequence[TaskEvent]) -> list[str]:
    """Properties that separate failures from other runs and that no skill changes; commonest among failures first."""
    counts: dict[str, int] = {}
    for event in failures:
        for one in event.features - event.made:
            counts[one] = counts.get(one, 0) + 1
    telling = [one for one in counts if not all(event.holds(one) for event in events)]
    return sorted(telling, key=lambda one: (-counts[one], not _attribute(one), one))[:MOST_CONTEXTS]


def _contrast(events: Iterable[TaskEvent]) -> dict[str, float]:
    """For each failure the most similar success and their difference; smaller differences weigh more."""
    listed = list(events)[-60:]  # pairs are looked at; the newest runs tell enough
    good = [event for event in listed if event.success]
    out: dict[str, float] = {}
    for bad in (event for event in listed if not event.success):
        nearest = min(good, key=lambda event: len(event.features ^ bad.features), default=None)
        if nearest is None:
            continue
        extra, gone = nearest.features - bad.features, bad.features - nearest.features
        share = 1.0 / max(len(extra | gone), 1)
        for one in [*extra, *(f"not {text}" for text in gone)]:
            out[one] = max(out.get(one, 0.0), share)
    return out
