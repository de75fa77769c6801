"""PlanExecutor: runs a plan as a behaviour tree that requests steps. No ROS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from py_trees.behaviour import Behaviour
from py_trees.common import Status

from skill_stack.core.errors import DataError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.setpoint import Outcome, SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact
from skill_stack.planner.behaviours import AtOnce, Desk, NodePath, SkillLeaf, build

NodeState = Literal["waiting", "running", "succeeded", "failed", "interrupted"]
MOST_TICKS = 200
"""Most ticks of the tree within one call: for steps that end at once, and rounds of a repeat."""


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """Result of one tick.

    Attributes:
        start: Steps to start now, in order.
        cancel: Ids of running steps that are to end, because what they were for came about.
        outcome: How the plan ended, or None while it runs.
        reason: Why, in one sentence; empty while it runs.
        notes: Events to report to people although the plan continues.
    """

    start: tuple[SkillRequest, ...] = ()
    cancel: tuple[str, ...] = ()
    outcome: Outcome | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """State of one node for display.

    Attributes:
        path: Place in the tree.
        node: The node.
        status: How far it is.
    """

    path: NodePath
    node: PlanNode
    status: NodeState

    def to_json(self) -> dict[str, Any]:
        """The node as plain data."""
        return {
            "path": list(self.path), "type": self.node.type, "skill": self.node.skill,
            "arguments": dict(self.node.arguments), "why": self.node.why, "status": self.status,
        }  # fmt: skip


class PlanExecutor:
    """Runs one plan once.

    The first tick requests the first step; later ones take the outcomes of steps and request the next. A step that
    failed or was interrupted ends the plan. One of several concurrent steps can be ended or changed by itself.
    """

    def __init__(self, plan: Plan, library: SkillLibrary) -> None:
        """Builds the tree.

        Args:
            plan: A plan with steps.
            library: Skills that it uses.

        Raises:
            DataError: The plan has no steps, or a node is wrong.
            UnknownName: A skill does not exist.
        """
        if plan.tree is None:
            raise DataError(f"there is nothing to run in a {plan.status}: {plan.reason}")
        for step in plan.tree.every_skill():
            library[step.skill].complete(step.arguments)
        self.plan = plan
        self.library, self._desk = library, Desk(library, plan.id)
        self._behaviours: dict[NodePath, Behaviour] = {}
        self._root = build(plan.tree, self._desk, self._behaviours.__setitem__)
        self._seen: dict[NodePath, NodeState] = {}
        self._final: PlanProgress | None = None
        self._pending: tuple[list[SkillRequest], list[str]] = ([], [])
        self._left: dict[NodePath, str] = {}

    def tick(
        self, now: float, outcomes: Iterable[StepOutcome] = (), facts: frozenset[Fact] | None = None
    ) -> PlanProgress:
        """Takes outcomes and returns requests to start.

        Args:
            now: Task time, s; what is done until a fact holds has a limit.
            outcomes: Outcomes of steps of this plan; those of others are ignored.
            facts: What is true now, for conditions; None keeps the facts of the tick before.

        Returns:
            Steps to start, or how the plan ended; after the end always the same.
        """
        if self._final is not None:
            return PlanProgress(outcome=self._final.outcome, reason=self._final.reason)
        for outcome in outcomes:
            self._desk.outcomes[outcome.request_id] = outcome
        self._desk.facts = self._desk.facts if facts is None else facts
        self._desk.started, self._desk.given_up = self._pending
        self._pending = ([], [])
        self._desk.notes, self._desk.now = [], now
        for _ in range(MOST_TICKS):
            before = (self._desk.number, len(self._desk.outcomes), self._shape())
            self._root.tick_once()
            self._watch()
            if self._root.status != Status.RUNNING or before == (
                self._desk.number,
                len(self._desk.outcomes),
                self._shape(),
            ):
                break
        self._final = self._end()
        cancel, notes = tuple(self._desk.given_up), tuple(self._desk.notes)
        if self._final is not None:
            return replace(self._final, cancel=cancel, notes=notes)
        return PlanProgress(tuple(s for s in self._desk.started if s.id not in cancel), cancel, notes=notes)

    @property
    def running(self) -> dict[str, tuple[NodePath, PlanNode]]:
        """The running steps, by request: their path in the tree and the step."""
        assert self.plan.tree is not None
        out: dict[str, tuple[NodePath, PlanNode]] = {}
        for path, behaviour in sorted(self._behaviours.items()):
            if isinstance(behaviour, SkillLeaf) and behaviour.request:
                node = self.plan.tree
                for index in path:
                    node = node.children[index]
                out[behaviour.request] = path, node
        return out

    def leave(self, request_id: str, reason: str = "ended by a person") -> bool:
        """Ends the branch of one running step where others run beside it; the next tick cancels it.

        Args:
            request_id: The step's request.
            reason: Why, for people.

        Returns:
            Whether it was left; False when it does not run, or when nothing is done beside it: then stop the plan.
        """
        if request_id not in self.running:
            return False
        path, node = self.running[request_id]
        for depth in range(len(path) - 1, -1, -1):
            around = self._behaviours[path[:depth]]
            if isinstance(around, AtOnce) and around.others(path[depth]):
                self._desk.started, self._desk.given_up = self._pending
                around.leave(path[depth])
                self._left[path[: depth + 1]] = f"{node.skill} {reason}"
                return True
        return False

    def change(self, request_id: str, arguments: dict[str, Any]) -> bool:
        """Continues one running step with other arguments; concurrent ones are unchanged.

        The next tick cancels the request and starts another one.

        Args:
            request_id: The step's request.
            arguments: The arguments that change.

        Returns:
            Whether that step runs.

        Raises:
            UnknownName: The skill has no such argument.
            DataError: A value is of the wrong type or out of range.
        """
        if request_id not in self.running:
            return False
        leaf = self._behaviours[self.running[request_id][0]]
        assert isinstance(leaf, SkillLeaf)
        self._desk.started, self._desk.given_up = self._pending
        leaf.change(arguments)
        return True

    def stop(self, reason: str = "stopped") -> PlanProgress:
        """Ends the plan early; the caller must cancel running steps.

        Args:
            reason: Why, for people.
        """
        if self._final is None:
            self._final = PlanProgress(outcome="interrupted", reason=reason)
            for path, state in self.states().items():
                self._seen[path] = "interrupted" if state == "running" else state
        return self._final

    def states(self) -> dict[NodePath, NodeState]:
        """State of each node, by its path in the tree."""
        return {path: self._seen.get(path, "waiting") for path in sorted(self._behaviours)}

    def snapshot(self) -> tuple[NodeStatus, ...]:
        """Every node with its status, depth first."""
        assert self.plan.tree is not None
        return tuple(self._shown(self.plan.tree, ()))

    def _shown(self, node: PlanNode, path: NodePath) -> list[NodeStatus]:
        """One node and those below."""
        below = [item for index, child in enumerate(node.children) for item in self._shown(child, (*path, index))]
        return [NodeStatus(path, node, self._seen.get(path, "waiting")), *below]

    def _shape(self) -> tuple[Status, ...]:
        """The statuses of all behaviours, to detect changes."""
        return tuple(behaviour.status for behaviour in self._behaviours.values())

    def _watch(self) -> None:
        """Records statuses; keeps those that py_trees resets when a sequence moves on."""
        words: dict[Status, NodeState] = {
            Status.RUNNING: "running", Status.SUCCESS: "succeeded", Status.FAILURE: "failed",
        }  # fmt: skip
        interrupted = self._desk.ended is not None and self._desk.ended.outcome == "interrupted"
        for path, behaviour in self._behaviours.items():
            if behaviour.status in words:
                state = words[behaviour.status]
                self._seen[path] = "interrupted" if state == "failed" and interrupted else state
            elif behaviour.status == Status.INVALID and self._seen.get(path) == "running":
                self._seen[path] = "interrupted"  # what runs beside the thing that mattered ends with it

    def _end(self) -> PlanProgress | None:
        """The end of the plan, or None."""
        if self._root.status == Status.SUCCESS:
            left = f"; {', '.join(self._left.values())}" if self._left else ""
            return PlanProgress(outcome="succeeded", reason=f"done: {len(self.plan.steps)} step(s){left}")
        if self._root.status != Status.FAILURE:
            return None
        ended = self._desk.ended
        if ended is None:
            return PlanProgress(outcome="failed", reason=f"{self._desk.broken} does not hold")
        told = f": {ended.reason}" if ended.reason else ""
        broken = f" ({ended.violated})" if ended.violated and ended.violated not in ended.reason else ""
        how = "was interrupted" if ended.outcome == "interrupted" else "failed"
        return PlanProgress(outcome=ended.outcome, reason=f"{ended.skill} {how}{told}{broken}")
