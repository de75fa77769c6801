"""Search for the steps that make wanted facts true, cheapest first."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, product
from typing import Literal as Literal_

from skill_stack.core.fact import Fact, Literal
from skill_stack.core.skill import SkillSpec
from skill_stack.core.skill_library import SkillLibrary
from skill_stack.planner.symbolic.step import Step

DEEPEST = 5
"""Steps that may be put in at one place."""

MOST_STATES = 3000
"""States that one search may look at: some tens of milliseconds."""

MOST_ACTIONS = 400
"""Skills with arguments that one search may consider."""

HAZARD = {"none": 0, "low": 1, "high": 5}
Cost = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Action:
    """A step compiled for many states.

    Attributes:
        step: The step.
        cost: What it costs.
        true: Facts that must be so.
        false: Facts that must not be so.
        other: What is needed with wildcards.
        ended: Effects that end facts.
        made: Facts that it makes.
    """

    step: Step
    cost: Cost
    true: frozenset[Fact]
    false: frozenset[Fact]
    other: tuple[Literal, ...]
    ended: tuple[Literal, ...]
    made: frozenset[Fact]

    @classmethod
    def of(cls, step: Step) -> Action:
        """Compiles a step."""
        plain = [one for one in step.needs if "*" not in one.arguments]
        other = tuple(one for one in step.needs if "*" in one.arguments)
        facts = {sign: frozenset(Fact(n.predicate, n.arguments) for n in plain if n.positive is sign)
                 for sign in (True, False)}  # fmt: skip
        effects = step.effects
        ended = tuple(effect for effect in effects if not effect.positive)
        made = frozenset(Fact(effect.predicate, effect.arguments) for effect in effects if effect.positive)
        return cls(step, spec_cost(step.spec), facts[True], facts[False], other, ended, made)

    def possible(self, state: frozenset[Fact]) -> bool:
        """Whether everything needed holds."""
        return self.true <= state and not (self.false & state) and all(one.holds(state) for one in self.other)

    def after(self, state: frozenset[Fact]) -> frozenset[Fact]:
        """The state afterwards."""
        kept = (fact for fact in state if not any(one.matches(fact) for one in self.ended)) if self.ended else state
        return frozenset(kept) | self.made


@dataclass(frozen=True, slots=True)
class GapSearch:
    """Uniform-cost forward search over the skills that can matter.

    Attributes:
        library: Skills.
        objects: Ids of things and places that arguments may take.
    """

    library: SkillLibrary
    objects: tuple[str, ...]

    def close(self, facts: frozenset[Fact], wants: tuple[Literal, ...]) -> tuple[Step, ...] | None:
        """The cheapest steps after which everything wanted holds.

        Fewest steps first, then the least hazard, then the fewest phases that cannot be left at once, then the
        fewest things brought about besides.

        Args:
            facts: What is true before.
            wants: Ground literals.

        Returns:
            The steps, none when everything holds already, or None when there is no way.
        """
        before: list[Step] | None = None
        for settled in ("all", "absent", "none"):
            actions = self._relevant(facts, wants, settled)
            if actions != before:
                found = self._cheapest(facts, wants, [Action.of(step) for step in actions])
                if found is not None:
                    return found
            before = actions
        return None

    def _cheapest(
        self, facts: frozenset[Fact], wants: tuple[Literal, ...], actions: list[Action]
    ) -> tuple[Step, ...] | None:
        """The cheapest of some actions' sequences after which everything wanted holds, or None."""
        tick = count()
        queue: list[tuple[Cost, int, frozenset[Fact], tuple[Step, ...]]] = [((0, 0, 0, 0), next(tick), facts, ())]
        seen: set[frozenset[Fact]] = set()
        while queue and len(seen) < MOST_STATES:
            cost, _, state, steps = heapq.heappop(queue)
            if all(literal.holds(state) for literal in wants):
                return steps
            if state in seen or len(steps) >= DEEPEST:
                continue
            seen.add(state)
            for action in actions:
                if action.possible(state):
                    after = action.after(state)
                    if after not in seen:
                        a, b = cost, action.cost
                        more = (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3])
                        heapq.heappush(queue, (more, next(tick), after, (*steps, action.step)))
        return None

    def _relevant(
        self, facts: frozenset[Fact], wants: Iterable[Literal], settled: Literal_["all", "absent", "none"]
    ) -> list[Step]:
        """Skills with arguments that bring about something wanted, or something that those need, and so on.

        Args:
            facts: What is true before.
            wants: Ground literals.
            settled: Which of the things that are so already count as settled: ``all``, only what is to be absent, or
                ``none``. It matters only where a step undoes them, and what ends things has the most arguments.
        """
        open_literals, known = list(wants), set()
        actions: dict[tuple[str, tuple[tuple[str, object], ...]], Step] = {}
        while open_literals and len(actions) < MOST_ACTIONS:
            literal = open_literals.pop(0)
            done = settled != "none" and not (settled == "absent" and literal.positive) and literal.holds(facts)
            if str(literal) in known or done:
                continue
            known.add(str(literal))
            for action in self._achievers(literal, facts):
                key = (action.spec.name, tuple(sorted(action.arguments.items())))
                if key not in actions:
                    actions[key] = action
                    open_literals += action.needs
        return [actions[key] for key in sorted(actions, key=str)]

    def _achievers(self, literal: Literal, facts: frozenset[Fact]) -> Iterator[Step]:
        """Skills with arguments one of whose effects is the literal."""
        for spec in self.library:
            for text in spec.effects:
                effect = Literal.parse(text)
                if effect.positive != literal.positive or effect.predicate != literal.predicate:
                    continue
                for wanted in _instances(literal, facts):
                    bound = unified(effect, wanted)
                    if bound is not None:
                        yield from self._steps(spec, bound)

    def _steps(self, spec: SkillSpec, bound: dict[str, str]) -> Iterator[Step]:
        """A skill with some arguments given and every choice for the others; none when a number has no default."""
        choices: list[tuple[str, tuple[object, ...]]] = []
        for parameter in spec.goal:
            if parameter.name in bound:
                choices.append((parameter.name, (bound[parameter.name],)))
            elif parameter.default is not None:
                choices.append((parameter.name, (parameter.default,)))
            elif parameter.type == "object":
                choices.append((parameter.name, self.objects))
            elif parameter.type == "choice":
                choices.append((parameter.name, parameter.choices))
            else:
                return
        for values in product(*(options for _, options in choices)):
            yield Step(spec, dict(zip((name for name, _ in choices), values, strict=True)))


def _plus(cost: Cost, spec: SkillSpec) -> Cost:
    """The cost with one more step."""
    contacts = sum(phase.kind != "free" for phase in spec.phases)
    made = sum(not text.startswith("not ") for text in spec.effects)
    return cost[0] + 1, cost[1] + HAZARD[spec.hazard], cost[2] + contacts, cost[3] + made


def spec_cost(spec: SkillSpec) -> Cost:
    """What one use of a skill costs; see :meth:`GapSearch.close`."""
    return _plus((0, 0, 0, 0), spec)


def _instances(literal: Literal, facts: frozenset[Fact]) -> Iterator[Literal]:
    """A negative literal with wildcards as the facts that it speaks of; any other as it is."""
    if literal.positive or "*" not in literal.arguments:
        yield literal
        return
    for fact in sorted(facts):
        if literal.matches(fact):
            yield Literal(fact.predicate, fact.arguments, positive=False)
    yield literal


def unified(effect: Literal, wanted: Literal) -> dict[str, str] | None:
    """Arguments that make an effect the wanted literal, or None."""
    if len(effect.arguments) != len(wanted.arguments):
        return None
    bound: dict[str, str] = {}
    for mine, theirs in zip(effect.arguments, wanted.arguments, strict=True):
        if mine.startswith("$"):
            if theirs != "*" and bound.setdefault(mine[1:], theirs) != theirs:
                return None
        elif mine != theirs and not (mine == "*" and not effect.positive) and theirs != "*":
            return None
    return bound


def same_end(one: SkillSpec, other: SkillSpec) -> bool:
    """Whether two skills make the same facts true."""
    return sorted(one.effects) == sorted(other.effects) and bool(one.effects)
