"""Leaves and decorators of a plan's behaviour tree, for py_trees."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from py_trees.behaviour import Behaviour
from py_trees.common import Status
from py_trees.composites import Composite, Sequence
from py_trees.decorators import Decorator, Repeat

from skill_stack.core.errors import DataError
from skill_stack.core.plan import PlanNode
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal

NodePath = tuple[int, ...]
"""Place of a node in its tree: the index of each child on the way from the root."""


@dataclass(slots=True)
class Desk:
    """Shared state of one tree's leaves: requests out, outcomes in.

    Attributes:
        library: Skills.
        name: Name of the plan; requests are ``<name>/<number>``.
        started: Requests of this tick.
        given_up: Ids of requests that are to end, of this tick.
        now: Task time, s.
        outcomes: Outcomes that have come, by request.
        facts: What is true now, for conditions.
        ended: The outcome that ended the plan other than by success, or None.
        broken: The condition that did not hold, or an empty string.
        number: Number of the last request.
        notes: Events to report to people although the plan continues.
    """

    library: SkillLibrary
    name: str
    started: list[SkillRequest] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    now: float = 0.0
    outcomes: dict[str, StepOutcome] = field(default_factory=dict)
    facts: frozenset[Fact] = frozenset()
    ended: StepOutcome | None = None
    broken: str = ""
    number: int = 0
    notes: list[str] = field(default_factory=list)

    def ask(self, skill: str, arguments: dict[str, Any]) -> str:
        """Requests a step and returns the id of the request."""
        spec = self.library[skill]
        self.number += 1
        request = SkillRequest(f"{self.name}/{self.number}", skill, spec.complete(arguments), spec.timeout)
        self.started.append(request)
        return request.id


class SkillLeaf(Behaviour):
    """One step: running until its outcome arrives."""

    def __init__(self, node: PlanNode, desk: Desk) -> None:
        """Takes the step.

        Args:
            node: A ``skill`` node.
            desk: Where requests go and outcomes come.
        """
        super().__init__(node.skill)
        self._node, self._desk, self._request = node, desk, ""
        self._arguments = dict(node.arguments)

    @property
    def request(self) -> str:
        """Id of the running request, or an empty string."""
        return self._request

    def initialise(self) -> None:
        """Requests the step."""
        self._request = self._desk.ask(self._node.skill, self._arguments)

    def change(self, arguments: dict[str, Any]) -> None:
        """Continues with other arguments: the running request is cancelled, and a new one made.

        Args:
            arguments: The arguments that change, by name.

        Raises:
            UnknownName: The skill has no such argument.
            DataError: A value is of the wrong type or out of range.
        """
        changed = {**self._arguments, **arguments}
        self._desk.library[self._node.skill].complete(changed)
        self._arguments = changed
        if self._request:
            self._desk.given_up.append(self._request)
            self._request = self._desk.ask(self._node.skill, self._arguments)

    def update(self) -> Status:
        """Success or failure by the outcome; an interrupted step fails."""
        outcome = self._desk.outcomes.pop(self._request, None)
        if outcome is None:
            return Status.RUNNING
        self._request = ""
        if outcome.outcome == "succeeded":
            return Status.SUCCESS
        self._desk.ended = outcome
        return Status.FAILURE

    def terminate(self, new_status: Status) -> None:
        """Cancels the step when a parent ends before it does."""
        if new_status == Status.INVALID and self._request:
            self._desk.given_up.append(self._request)
            self._request = ""


class AtOnce(Composite):
    """Branches done at the same time.

    It ends when the main branch ends, or without one when all have succeeded. A branch that fails ends the others,
    unless they are independent: then these go on, and the failure counts at the end.
    """

    def __init__(self, node: PlanNode, desk: Desk, children: list[Behaviour]) -> None:
        """Takes the branches.

        Raises:
            DataError: ``main`` is no branch.
        """
        super().__init__("parallel", children)
        main = node.arguments.get("main")
        if main is not None and (isinstance(main, bool) or not isinstance(main, int) or not 0 <= main < len(children)):
            raise DataError(f"'main' of a 'parallel' node is 0 to {len(children) - 1}, not {main!r}")
        self._desk, self._main, self._apart = desk, main, bool(node.arguments.get("independent"))
        self._firsts: dict[int, StepOutcome | None] = {}
        self._left: set[int] = set()

    def others(self, number: int) -> bool:
        """Whether another branch runs beside one."""
        return any(c.status == Status.RUNNING for k, c in enumerate(self.children) if k != number)

    def leave(self, number: int) -> None:
        """Ends one branch on a person's request; the others continue, and decide the result.

        Args:
            number: Which child.
        """
        self._left.add(number)
        self.children[number].stop(Status.INVALID)

    def tick(self) -> Iterator[Behaviour]:
        """Ticks every branch that has not ended."""
        if self.status != Status.RUNNING:
            self._firsts, self._left = {}, set()
            for child in self.children:
                child.stop(Status.INVALID)
        self.status = Status.RUNNING
        for number, child in enumerate(self.children):
            if number not in self._left and child.status in (Status.INVALID, Status.RUNNING):
                yield from child.tick()
                if child.status == Status.FAILURE:
                    self._failed(number, child)
        self.status = self._ended()
        if self.status != Status.RUNNING:
            for child in self.children:
                if child.status == Status.RUNNING:
                    child.stop(Status.INVALID)
            if self.status == Status.FAILURE and self._firsts:  # what counts is what failed first, not what that ended
                self._desk.ended = next(iter(self._firsts.values()))
        self.current_child = next((c for c in self.children if c.status == Status.RUNNING), self.children[0])
        yield self

    def _failed(self, number: int, child: Behaviour) -> None:
        """Records the failure of a branch while others continue."""
        self._firsts.setdefault(number, self._desk.ended)
        ended = self._desk.ended
        if ended is not None and any(one.status == Status.RUNNING for one in self.children if one is not child):
            rest = "the rest goes on" if self._apart else "what goes on beside it ends too"
            why = f": {ended.reason}" if ended.reason else ""
            self._desk.notes.append(f"{ended.skill} {ended.outcome}{why}; {rest}")

    def _ended(self) -> Status:
        """The combined status."""
        states = [Status.SUCCESS if k in self._left else child.status for k, child in enumerate(self.children)]
        if Status.FAILURE in states and not self._apart:
            return Status.FAILURE
        main = None if self._main in self._left else self._main
        if main is not None and states[main] in (Status.SUCCESS, Status.FAILURE):
            return Status.FAILURE if Status.FAILURE in states else Status.SUCCESS
        if Status.RUNNING in states:
            return Status.RUNNING
        return Status.FAILURE if Status.FAILURE in states else Status.SUCCESS


class ConditionLeaf(Behaviour):
    """A fact that must hold when its turn comes."""

    def __init__(self, node: PlanNode, desk: Desk) -> None:
        """Takes the fact.

        Raises:
            DataError: ``fact`` is missing or no fact.
        """
        super().__init__(f"condition {node.arguments.get('fact', '')}")
        self._desk, self._literal = desk, Literal.parse(str(node.arguments.get("fact", "")))

    def update(self) -> Status:
        """Whether the fact holds now."""
        if self._literal.holds(self._desk.facts):
            return Status.SUCCESS
        self._desk.broken = str(self._literal)
        return Status.FAILURE


class ChoiceNode(Composite):
    """A choice by a fact at its turn: the first child when it holds, else the second or nothing."""

    def __init__(self, node: PlanNode, desk: Desk, children: list[Behaviour]) -> None:
        """Takes the fact and what depends on it.

        Raises:
            DataError: ``fact`` is missing or no fact, or there are more than two children.
        """
        super().__init__(f"condition {node.arguments.get('fact', '')}", children)
        if len(children) > 2:
            raise DataError(f"a 'condition' node has one or two children, not {len(children)}")
        self._desk, self._literal = desk, Literal.parse(str(node.arguments.get("fact", "")))
        self._chosen: Behaviour | None = None

    def tick(self) -> Iterator[Behaviour]:
        """Chooses once, then runs what was chosen."""
        if self.status != Status.RUNNING:
            other = self.children[1] if len(self.children) > 1 else None
            self._chosen = self.children[0] if self._literal.holds(self._desk.facts) else other
        self.status = Status.SUCCESS
        if self._chosen is not None:
            yield from self._chosen.tick()
            self.current_child, self.status = self._chosen, self._chosen.status
        yield self


class UntilNode(Decorator):
    """Repeats its child until a fact holds, which ends it at once."""

    def __init__(self, node: PlanNode, desk: Desk, child: Behaviour) -> None:
        """Takes the fact and what is done meanwhile.

        Raises:
            DataError: ``until`` is no fact, or ``seconds`` is no time.
        """
        super().__init__(f"until {node.arguments['until']}", child)
        seconds = node.arguments.get("seconds", math.inf)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
            raise DataError(f"'seconds' of a 'repeat' node must be above 0, not {seconds!r}")
        self._desk, self._literal, self._limit = desk, Literal.parse(str(node.arguments["until"])), float(seconds)
        self._end = math.inf

    def initialise(self) -> None:
        """Sets the time limit."""
        self._end = self._desk.now + self._limit

    def tick(self) -> Iterator[Behaviour]:
        """Checks the fact first, then ticks the child."""
        if self.status != Status.RUNNING:
            self.initialise()
        holds = self._literal.holds(self._desk.facts)
        if holds or self._desk.now > self._end:
            self.decorated.stop(Status.INVALID)
            if not holds:
                self._desk.broken = f"{self._literal} did not come about within {self._limit:g} s; it"
            self.stop(Status.SUCCESS if holds else Status.FAILURE)
            yield self
            return
        yield from self.decorated.tick()
        self.status = Status.FAILURE if self.decorated.status == Status.FAILURE else Status.RUNNING
        yield self

    def update(self) -> Status:
        """The status that ``tick`` found."""
        return self.status


def build(node: PlanNode, desk: Desk, leaves: Callable[[NodePath, Behaviour], None], path: NodePath = ()) -> Behaviour:
    """A plan's tree as behaviours.

    Args:
        node: The plan's node.
        desk: Shared by the leaves.
        leaves: Called with every node's path and behaviour.
        path: Place of the node.

    Raises:
        DataError: A node has the wrong children or arguments.
    """
    children = [build(child, desk, leaves, (*path, index)) for index, child in enumerate(node.children)]
    made = _made(node, desk, children)
    leaves(path, made)
    return made


def _made(node: PlanNode, desk: Desk, children: list[Behaviour]) -> Behaviour:
    """The behaviour of one node."""
    if node.type == "skill":
        return SkillLeaf(node, desk)
    if node.type == "condition" and not children:
        return ConditionLeaf(node, desk)
    if not children:
        raise DataError(f"a '{node.type}' node needs children")
    if node.type == "parallel":
        return AtOnce(node, desk, children)
    if node.type == "repeat" and "until" in node.arguments:
        return UntilNode(node, desk, Sequence("round", memory=True, children=children))
    if node.type == "repeat":
        count = node.arguments.get("count", 1)
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise DataError(f"a 'repeat' node needs a count of 1 or more, not {count!r}")
        return Repeat("repeat", Sequence("round", memory=True, children=children), count)
    if node.type == "condition":
        return ChoiceNode(node, desk, children)
    return Sequence(node.type, memory=True, children=children)
