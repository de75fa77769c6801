"""Relaxation: how far away a goal seems when nothing that was brought about is ever undone."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

from skill_stack.planner.symbolic.grounding import Action, PlanningTask

FAR = math.inf


@dataclass(slots=True)
class _Unary:
    """An action as lists of atoms."""

    cost: int
    needs: tuple[int, ...]
    makes: tuple[int, ...]
    action: int = -1


@dataclass(slots=True)
class Estimate:
    """What one look at a state gives.

    Attributes:
        distance: Cost of a relaxed plan; infinite when there is none, and then there is no real one either.
        helpful: Places in ``task.actions`` with which a relaxed plan can begin.
    """

    distance: float
    helpful: list[int] = field(default_factory=list)


class Relaxation:
    """Estimates for one task.

    That a fact does not hold is an atom of its own where something needs it, so that putting down what is held counts.
    """

    def __init__(self, task: PlanningTask) -> None:
        """Prepares the atoms.

        Args:
            task: The task.
        """
        self._task = task
        self._count = task.facts
        denied = task.goal.false
        for action in task.actions:
            denied |= action.false
        self._denied = {bit: self._new() for bit in _bits(denied)}
        self._groups: dict[int, int] = {}
        self._always = self._new()
        self._ops: list[_Unary] = []
        for number, action in enumerate(task.actions):
            makes = [*_bits(action.made), *(self._denied[b] for b in _bits(action.ended & ~action.made & denied))]
            self._ops.append(_Unary(action.cost, self._needs(action), tuple(makes), number))
        self._goal = self._new()
        self._ops.append(_Unary(0, self._needs(task.goal), (self._goal,)))
        self._users: list[list[int]] = [[] for _ in range(self._count)]
        for number, op in enumerate(self._ops):
            for atom in op.needs:
                self._users[atom].append(number)
        self._lacking = [len(op.needs) for op in self._ops]
        self._made = [(op.cost, op.makes) for op in self._ops]  # read in the inmost loop

    def _new(self) -> int:
        self._count += 1
        return self._count - 1

    def _needs(self, action: Action) -> tuple[int, ...]:
        """Atoms that an action needs; one of several facts is an atom that each of them makes for nothing."""
        out = [*_bits(action.true), *(self._denied[bit] for bit in _bits(action.false))]
        for mask in action.some:
            if mask not in self._groups:
                self._groups[mask] = self._new()
                self._ops += [_Unary(0, (bit,), (self._groups[mask],)) for bit in _bits(mask)]
            out.append(self._groups[mask])
        return tuple(out) or (self._always,)

    def _begin(self, state: int) -> list[int]:
        """Atoms that hold in a state."""
        return [*_bits(state), *(atom for bit, atom in self._denied.items() if not state >> bit & 1), self._always]

    def bound(self, state: int) -> float:
        """A lower bound of the cost of every plan: the cost of the most expensive goal literal (h-max)."""
        return self._spread(state, dearest=True)[0][self._goal]

    def estimate(self, state: int) -> Estimate:
        """A relaxed plan: each thing by its cheapest supporter, costs of needs added up (FF with h-add)."""
        costs, by = self._spread(state, dearest=False)
        if costs[self._goal] == FAR:
            return Estimate(FAR)
        chosen: set[int] = set()
        queue, seen = [self._goal], {self._goal}
        while queue:
            op = by[queue.pop()]
            if op < 0 or op in chosen:
                continue
            chosen.add(op)
            for atom in self._ops[op].needs:
                if atom not in seen:
                    seen.add(atom)
                    queue.append(atom)
        real = [self._ops[op] for op in chosen if self._ops[op].action >= 0]
        actions = self._task.actions
        helpful = sorted(op.action for op in real if actions[op.action].possible(state))
        return Estimate(float(sum(op.cost for op in real)), helpful)

    def _spread(self, state: int, dearest: bool) -> tuple[list[float], list[int]]:
        """Costs of all atoms from a state, up to the goal, and the action that makes each cheapest."""
        costs: list[float] = [FAR] * self._count
        by = [-1] * self._count
        lacking, sums = self._lacking[:], [0.0] * len(self._ops)
        made_by, users, goal = self._made, self._users, self._goal
        pop, push = heapq.heappop, heapq.heappush
        queue: list[tuple[float, int]] = []
        for atom in self._begin(state):
            costs[atom] = 0.0
            queue.append((0.0, atom))
        while queue:
            cost, atom = pop(queue)
            if cost > costs[atom]:
                continue
            if atom == goal:
                break
            for number in users[atom]:
                sums[number] = cost if dearest else sums[number] + cost
                lacking[number] -= 1
                if lacking[number]:
                    continue
                dear, makes = made_by[number]
                new = sums[number] + dear
                for made in makes:
                    if new < costs[made]:
                        costs[made], by[made] = new, number
                        push(queue, (new, made))
        return costs, by


def _bits(mask: int) -> list[int]:
    """Places of the bits that are set, from the lowest."""
    out = []
    while mask:
        low = mask & -mask
        out.append(low.bit_length() - 1)
        mask ^= low
    return out
