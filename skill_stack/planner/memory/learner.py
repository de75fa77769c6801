"""Learner: which conditions a skill needs, weighed against each other by the runs of the skill.

Every explanation has the form "in context C the skill succeeds with X and fails without", or "in C it fails", or
"nothing matters". Rates with and without have a beta prior each, so the weight of an explanation is a product of beta
functions of counts. Changes of the world are weighed in the same way: the runs since some time may have an explanation
of their own, and older ones lose weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.world_facts import GEOMETRIC
from skill_stack.planner.memory.candidates import RuleCandidates, always_brings, candidates
from skill_stack.planner.memory.features import IS, KIND, ActionManner, TaskEvent, object_parameters
from skill_stack.planner.memory.rule import Evidence, LearntRule

FINE, BAD = 6.0, 0.7
"""Beta prior of a success rate where all that is needed holds; turned round where it does not."""
NOTHING, FAILS, NEEDS = 0.35, 0.13, 0.52
"""How likely each kind of explanation is at first."""
CHANGE = 0.15
"""How likely it is at first that the world changed since some run."""
MOST_EVENTS = 200
"""Runs of one skill that are weighed, the newest."""
LONGEST_SINCE = 16
"""Runs since which the world may have changed, at most."""
HALF_LIFE = 90 * 86400.0
"""Age at which a run counts half, s."""
CLAIM, SURE, LEAST = 0.6, 0.9, 0.02
"""Weights from which a condition is a lesson, may be hard, and is worth a try at all."""
OFTEN, SEEN = 0.8, 2
"""Share and number of runs after which something undeclared is taken to be an effect."""
SPOKEN_FOR = -1e-9
"""Weight of a condition that another one stands for."""
ROUNDS = 3
"""Conditions of one skill that are learnt one after the other."""
Array = np.ndarray


@dataclass(frozen=True, slots=True)
class _Weighed:
    """Explanations with their weights, which sum to one.

    Attributes:
        needs: Shape (contexts, conditions).
        fails: Shape (contexts,).
    """

    needs: Array
    fails: Array


def learn(
    spec: SkillSpec, events: Sequence[TaskEvent], library: SkillLibrary, things: Mapping[str, str]
) -> list[LearntRule]:
    """The rules that the runs of one skill support, and the hunches that they allow.

    Args:
        spec: The skill.
        events: Its runs, oldest first.
        library: What can be brought about.
        things: Kinds of the things known, by id.
    """
    events = list(events)[-MOST_EVENTS:]
    out: list[LearntRule] = []
    for _ in range(ROUNDS):
        if all(event.success for event in events):
            break
        pool = candidates(spec, events, library, things)
        known = {rule.condition for rule in out}
        events, weighed = _weigh(events, pool)
        rules = _rules(spec, events, pool, _pooled(pool, weighed, events, library))
        claimed = next((rule for rule in rules if rule.strength != "hunch" and rule.kind == "needs"), None)
        out += [rule for rule in rules if rule.condition not in known or not rule.condition]
        if claimed is None:
            break
        # what the lesson does not explain may have another reason
        events = [e for e in events if e.holds(claimed.condition) or not all(e.holds(g) for g in claimed.given)]
        out = [rule for rule in out if rule is claimed or rule.strength != "hunch"]
    return out


def hidden_effects(spec: SkillSpec, events: Sequence[TaskEvent]) -> list[LearntRule]:
    """Effects of a skill that its data do not declare.

    Args:
        spec: The skill.
        events: Its runs, oldest first.
    """
    declared = {Literal.parse(text).predicate for text in spec.effects}
    runs = [event for event in events if event.success and event.changed is not None][-MOST_EVENTS:]
    out = []
    for one in sorted({one for event in runs for one in event.changed or ()}):
        if Literal.parse(one).predicate in declared | GEOMETRIC:
            continue
        could = [event for event in runs if not event.holds(one)][-LONGEST_SINCE:]
        seen = sum(one in (event.changed or ()) for event in could)
        if seen >= SEEN and seen >= OFTEN * len(could):
            share = seen / len(could)
            out.append(LearntRule(spec.name, "makes", one, (), share, "soft", Evidence(seen, len(could) - seen)))
    return out


def _weigh(events: list[TaskEvent], pool: RuleCandidates) -> tuple[list[TaskEvent], _Weighed]:
    """Explanations of the runs, or of those since the world changed, whichever is likelier."""
    sheet = _Sheet(events, pool)
    whole, weighed = sheet.weigh(0, len(events))
    best = (whole, 0, weighed)
    for since in range(max(1, len(events) - LONGEST_SINCE), len(events)):
        before, _ = sheet.weigh(0, since)
        after, now = sheet.weigh(since, len(events))
        total = before + after + float(np.log(CHANGE))
        if total > best[0]:
            best = (total, since, now)
    return events[best[1] :], best[2]


class _Sheet:
    """Table of features by run."""

    def __init__(self, events: Sequence[TaskEvent], pool: RuleCandidates) -> None:
        """Evaluates every feature once."""
        newest = max(event.time for event in events)
        self._age = np.array([0.5 ** ((newest - event.time) / HALF_LIFE) for event in events])
        self._good = np.array([event.success for event in events])
        self._x = np.array([[e.holds(one) for one in pool.conditions] for e in events]).reshape(len(events), -1)
        self._c = np.array([[not one or e.holds(one) for one in pool.contexts] for e in events])
        first = np.outer(pool.context_weights, pool.condition_weights)
        same = [[context == condition for condition in pool.conditions] for context in pool.contexts]
        first = np.where(np.array(same).reshape(first.shape), 0.0, first)
        self._needs = NEEDS * first / max(float(first.sum()), 1e-9)
        self._fails = FAILS * np.array(pool.context_weights) / sum(pool.context_weights)

    def weigh(self, begin: int, end: int) -> tuple[float, _Weighed]:
        """Evidence of a stretch of runs, as a logarithm, and the explanations' shares of it."""
        from scipy.special import betaln  # slow to import; only who learns needs it

        part = slice(begin, end)
        good, bad = self._age[part] * self._good[part], self._age[part] * ~self._good[part]
        c, x = self._c[part].astype(float), self._x[part].astype(float)
        in_good, in_bad = c.T @ good, c.T @ bad
        with_good, with_bad = (c * good[:, None]).T @ x, (c * bad[:, None]).T @ x

        def fine(s: Array, f: Array) -> Array:
            return np.asarray(betaln(FINE + s, BAD + f) - betaln(FINE, BAD))

        outside = fine(good.sum() - in_good, bad.sum() - in_bad)
        without = fine(in_bad[:, None] - with_bad, in_good[:, None] - with_good)  # turned round
        needs = fine(with_good, with_bad) + without + outside[:, None]
        fails = fine(in_bad, in_good) + outside
        flat = betaln(1 + good.sum(), 1 + bad.sum())
        nothing = NOTHING * 0.5 * (np.exp(flat) + np.exp(fine(good.sum(), bad.sum())))
        shares = self._needs * np.exp(needs), self._fails * np.exp(fails)
        total = float(nothing + shares[0].sum() + shares[1].sum())
        return float(np.log(max(total, 1e-300))), _Weighed(shares[0] / total, shares[1] / total)


def _pooled(pool: RuleCandidates, weighed: _Weighed, events: Sequence[TaskEvent], library: SkillLibrary) -> _Weighed:
    """Merges conditions that one step always achieves together into the likeliest of them."""
    needs = weighed.needs.copy()
    order = map(int, np.argsort(-needs.sum(axis=0), kind="stable"))
    able = [j for j in order if pool.conditions[j] in pool.reachable]
    held = {j: [event.holds(pool.conditions[j]) for event in events] for j in able}
    for j, k in combinations(able, 2):
        if held[j] != held[k] or needs[0, j] < 0 or needs[0, k] < 0:
            continue
        one, other = pool.conditions[j], pool.conditions[k]
        undone = one.startswith("not ") and not other.startswith("not ") and always_brings(library, one, other)
        if always_brings(library, other, one) and not undone:  # what is done can be tried where the rest holds by now
            needs[:, j] += needs[:, k]
            needs[:, k] = SPOKEN_FOR
        elif always_brings(library, one, other):
            needs[:, k] += needs[:, j]
            needs[:, j] = SPOKEN_FOR
    return _Weighed(needs, weighed.fails)


def _rules(spec: SkillSpec, events: Sequence[TaskEvent], pool: RuleCandidates, weighed: _Weighed) -> list[LearntRule]:
    """Lessons, hunches, and what is known to make no difference."""
    out: list[LearntRule] = []
    total = weighed.needs.sum(axis=0)
    same = _only(spec, events)
    for j in np.argsort(-total, kind="stable"):
        condition, weight = pool.conditions[j], float(total[j])
        best = int(np.argmax(weighed.needs[:, j]))
        where = () if "$" in condition else same
        rule = LearntRule(spec.name, "needs", condition, _given(pool.contexts[best], where), weight)
        found = evidence(rule, events)
        if weight >= CLAIM and found.with_success and found.without_failure:
            hard = condition in pool.reachable and _sure(weight, found)
            out.append(_with(rule, found, "hard" if hard else "soft"))
        elif condition in pool.reachable and weight >= LEAST:
            shares = zip(pool.contexts, map(float, weighed.needs[:, j]), strict=True)
            ones = [replace(rule, given=_given(c, where), weight=share) for c, share in shares if share >= LEAST / 4]
            out += [_with(one, evidence(one, events), "hunch") for one in ones]
        elif condition in pool.reachable and weight >= 0 and _tried(spec, condition, events):
            out.append(_with(LearntRule(spec.name, "useless", condition, (), 1.0 - weight),
                             evidence(LearntRule(spec.name, "needs", condition), events), "soft"))  # fmt: skip
    return out + _failing(spec, events, pool, weighed)


def _sure(weight: float, found: Evidence) -> bool:
    """Whether a lesson is hard."""
    return weight >= SURE and found.with_success >= 2 and found.without_failure >= 2 and not found.without_success


def _failing(spec: SkillSpec, events: Sequence[TaskEvent], pool: RuleCandidates, weighed: _Weighed) -> list[LearntRule]:
    """The context in which the skill always fails, when that is the best explanation."""
    total = float(weighed.fails.sum())
    best = int(np.argmax(weighed.fails))
    rule = LearntRule(spec.name, "fails", "", _given(pool.contexts[best]), total)
    found = evidence(rule, events)
    if total < CLAIM or found.with_success or found.with_failure < 3:
        return []
    return [_with(rule, found, "soft")]


def _tried(spec: SkillSpec, condition: str, events: Sequence[TaskEvent]) -> bool:
    """Whether a condition was achieved on purpose and the skill failed all the same, or succeeded without it too."""
    manner = ActionManner.parse(condition)
    if manner is not None:
        usual = spec.parameter(manner.parameter).default
        made = [e for e in events if manner.holds(e.arguments) and e.arguments.get(manner.parameter) != usual]
    else:
        made = [event for event in events if condition in event.made]
    failed = any(not event.success for event in made)
    return bool(made) and (failed or any(e.success for e in events if not e.holds(condition)))


def evidence(rule: LearntRule, events: Sequence[TaskEvent]) -> Evidence:
    """Runs in the context of a rule, counted."""
    counts = {(x, s): 0 for x in (True, False) for s in (True, False)}
    for event in events:
        if event.skill == rule.skill and all(event.holds(one) for one in rule.given):
            counts[not rule.condition or event.holds(rule.condition), event.success] += 1
    return Evidence(counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def _given(context: str, also: tuple[str, ...] = ()) -> tuple[str, ...]:
    kept = tuple(one for one in also if one.split(",")[0].split("(")[-1] not in context)
    return ((context,) if context else ()) + kept


def _only(spec: SkillSpec, events: Sequence[TaskEvent]) -> tuple[str, ...]:
    """What has failed alone, where it is one object; lessons that do not mention it are limited to its kind.

    They are limited to the object itself where the skill succeeded with another one of its kind.
    """
    out = []
    for name in object_parameters(spec):
        failed = [event for event in events if not event.success]
        values = {str(event.arguments.get(name)) for event in failed}
        if len(values) != 1:
            continue
        kind = next((one for one in failed[0].features if one.startswith(f"{KIND}(${name}, ")), "")
        others = [event for event in events if event.success and str(event.arguments.get(name)) not in values]
        alone = not kind or any(kind in event.features for event in others)
        out.append(str(Fact(IS, (f"${name}", values.pop()))) if alone else kind)
    return tuple(out)


def _with(rule: LearntRule, found: Evidence, strength: str) -> LearntRule:
    return replace(rule, evidence=found, strength=strength)  # type: ignore[arg-type]
