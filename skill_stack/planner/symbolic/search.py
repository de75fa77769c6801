"""Search for steps that achieve a goal: first any plan, then a cheaper one within a fixed amount of work."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.planner.symbolic.achievable import Achievable
from skill_stack.planner.symbolic.grounding import Action, PlanningTask, Unfit, accepts_everything, ground, unified
from skill_stack.planner.symbolic.relaxation import FAR, Relaxation

__all__ = ["DEEPEST", "SearchResult", "GapSearch", "unified"]

DEEPEST = 40
"""Steps that may be put in at one place."""

MOST_WORK = 400_000
"""Actions looked at in one search before it gives up: some tenths of a second. It counts work instead of time, so that
the same question has the same answer on every machine."""

POLISH = 60_000
"""Actions looked at for a cheaper plan once there is one: some hundredths of a second."""

FEW = 60
"""Actions that are so few that those which hardly matter are looked at too."""

SHORT = 2
"""Steps of a plan that cannot be cheaper: each achieves a goal literal, or a need of the next step."""

MANY = 20
"""Things among which a somewhat longer plan is taken without a look for a cheaper one, so that the answer is soon."""

LONGER = 6
"""Steps of such a plan."""

Cost = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search gave.

    Attributes:
        steps: The steps, or None when none were found.
        cost: Their cost, see :func:`skill_stack.planner.symbolic.grounding.step_cost`.
        proven: Whether nothing is cheaper, or without steps: whether there is no way at all. False when the search gave
            up before it knew.
        states: States whose successors were looked at.
    """

    steps: tuple[Step, ...] | None
    cost: int
    proven: bool
    states: int = 0


@dataclass(frozen=True, slots=True)
class GapSearch:
    """Forward search over the skills that can matter.

    Attributes:
        library: Skills.
        objects: Ids of things and places that arguments may take.
        unfit: Returns which of them are implausible as an argument.
    """

    library: SkillLibrary
    objects: tuple[str, ...]
    unfit: Unfit = accepts_everything

    def close(self, facts: frozenset[Fact], wants: tuple[Literal, ...]) -> tuple[Step, ...] | None:
        """Steps after which the whole goal holds; see :meth:`search`.

        Args:
            facts: What is true before.
            wants: Ground literals.

        Returns:
            The steps, none when everything holds already, or None when no way was found.
        """
        return self.search(facts, wants).steps

    def search(self, facts: frozenset[Fact], wants: tuple[Literal, ...]) -> SearchResult:
        """The steps after which the whole goal holds, the cheapest within the allowed work.

        Fewest steps first, then the least hazard, then the fewest phases that cannot be left at once, then the fewest
        things brought about besides. A greedy search with a relaxed-plan estimate finds a plan; steps that it does not
        need are left out; then A* looks for a cheaper one, within a fixed amount of work.

        Args:
            facts: What is true before.
            wants: Ground literals.
        """
        if all(literal.holds(facts) for literal in wants):
            return SearchResult((), 0, True)
        if Achievable(self.library, facts).lacking(wants) is not None:
            return SearchResult(None, 0, True)
        soon, looked = self._soon(facts, wants)
        if soon is not None:
            return soon
        task = ground(self.library, self.objects, facts, wants, wide=False, unfit=self.unfit)
        found = _Search(task).run(looked)
        if found.proven or task.whole or (found.steps is not None and len(task.actions) > FEW):
            return found
        # What was left out matters for few plans: it is looked at where that costs little, or nothing else is left.
        wide = _Search(ground(self.library, self.objects, facts, wants, unfit=self.unfit)).run(found.states)
        return wide if wide.steps is not None or wide.proven else found

    def _soon(self, facts: frozenset[Fact], wants: tuple[Literal, ...]) -> tuple[SearchResult | None, int]:
        """A short plan of the skills that bring about what is still missing, or None; and the states looked at."""
        looked = 0
        enough = SHORT if len(self.objects) <= MANY else LONGER
        for lean in (True, False) if any(literal.holds(facts) for literal in wants) else (False,):
            soon = _Search(ground(self.library, self.objects, facts, wants, False, True, self.unfit, lean)).run(looked)
            if soon.steps is not None and len(soon.steps) <= enough:
                return replace(soon, proven=len(soon.steps) <= SHORT), soon.states
            looked = soon.states
        return None, looked


class _Search:
    """One task."""

    def __init__(self, task: PlanningTask) -> None:
        self._task = task
        self._relaxed = Relaxation(task)
        self._work = self._states = 0

    def run(self, looked: int = 0) -> SearchResult:
        plan, complete = self._greedy()
        if plan is None:
            return SearchResult(None, 0, complete and self._task.whole, looked + self._states)
        plan = self._bare(plan)
        better, proven = self._cheapest(sum(action.cost for action in plan))
        plan = self._ordered(plan if better is None else better)
        cost = sum(action.cost for action in plan)
        if len(plan) > DEEPEST:
            return SearchResult(None, 0, False, looked + self._states)
        steps = tuple(action.step for action in plan)
        return SearchResult(steps, cost, proven and self._task.whole, looked + self._states)

    def _next(self, state: int) -> Iterator[tuple[int, Action]]:
        self._work += len(self._task.actions)
        self._states += 1
        for number, action in enumerate(self._task.actions):
            # the first two of what ``possible`` asks, without a call: they rule out nearly every action
            if state & action.true == action.true and not state & action.false and action.possible(state):
                yield number, action

    def _greedy(self) -> tuple[list[Action] | None, bool]:
        """Some plan, and whether every state that can be reached was looked at when there is none.

        States are rated when they are taken up, by their own estimate; those that a relaxed plan begins with are tried
        twice as eagerly.
        """
        start, goal, tick = self._task.start, self._task.goal, count()
        parents: dict[int, tuple[int, Action] | None] = {start: None}
        helpful: list[tuple[float, int, int]] = []
        others: list[tuple[float, int, int]] = [(0.0, next(tick), start)]
        turn, rated = 0, set[int]()
        while helpful or others:
            turn += 1
            queue = helpful if helpful and (turn % 3 or not others) else others or helpful
            _, _, state = heapq.heappop(queue)
            if state in rated:
                continue
            rated.add(state)
            if goal.possible(state):
                return _way(parents, state), True
            if self._work > MOST_WORK:
                return None, False
            estimate = self._relaxed.estimate(state)
            self._work += len(self._task.actions)
            if estimate.distance == FAR:
                continue
            first = set(estimate.helpful)
            for number, action in self._next(state):
                after = action.after(state)
                if after not in parents:
                    parents[after] = state, action
                if after not in rated:
                    entry = (estimate.distance, next(tick), after)
                    heapq.heappush(helpful if number in first else others, entry)
        return None, True

    def _bare(self, plan: list[Action]) -> list[Action]:
        """A plan without unnecessary steps, and without steps that are impossible without those."""
        at = 0
        while at < len(plan):
            state, kept = self._task.start, list[Action]()
            for number, action in enumerate(plan):
                if number != at and action.possible(state):
                    kept.append(action)
                    state = action.after(state)
            if self._task.goal.possible(state):
                plan = kept
            else:
                at += 1
        return plan

    def _ordered(self, plan: list[Action]) -> list[Action]:
        """The same steps with the lighter of two neighbours first where their order makes no difference."""
        for last in range(len(plan) - 1, 0, -1):
            for at in range(last):
                if plan[at + 1].cost < plan[at].cost:
                    other = [*plan[:at], plan[at + 1], plan[at], *plan[at + 2 :]]
                    plan = other if self._works(other) else plan
        return plan

    def _works(self, plan: list[Action]) -> bool:
        """Whether every step is possible in its turn, and the goal is reached."""
        state = self._task.start
        for action in plan:
            if not action.possible(state):
                return False
            state = action.after(state)
        return self._task.goal.possible(state)

    def _cheapest(self, known: int) -> tuple[list[Action] | None, bool]:
        """A plan cheaper than a known cost, or None; and whether it, or the known one, is the cheapest."""
        start, goal, tick = self._task.start, self._task.goal, count()
        parents: dict[int, tuple[int, Action] | None] = {start: None}
        best = {start: 0}
        queue: list[tuple[float, int, int, int]] = [(self._relaxed.bound(start), 0, next(tick), start)]
        bounds: dict[int, float] = {}
        limit = self._work + POLISH
        while queue:
            least, cost, _, state = heapq.heappop(queue)
            if least >= known:
                return None, True
            if cost > best[state]:
                continue
            if goal.possible(state):
                return _way(parents, state), True
            if self._work > limit:
                return None, False
            for _, action in self._next(state):
                after, more = action.after(state), cost + action.cost
                if more >= best.get(after, known):
                    continue
                if after not in bounds:
                    bounds[after] = self._relaxed.bound(after)
                    self._work += len(self._task.actions)
                if more + bounds[after] < known:
                    best[after], parents[after] = more, (state, action)
                    heapq.heappush(queue, (more + bounds[after], more, next(tick), after))
        return None, True


def _way(parents: dict[int, tuple[int, Action] | None], state: int) -> list[Action]:
    """The actions that led to a state."""
    out = []
    while (found := parents[state]) is not None:
        state, action = found
        out.append(action)
    return out[::-1]
