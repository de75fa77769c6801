"""FleetRun: coordinated execution of the shares of a request, with their dependencies and failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.fleet.fleet import Fleet
from skill_stack.planner.fleet.fleet_plan import Assignment, FleetPlan, FleetRobot, spoken
from skill_stack.planner.fleet.standing import facts_after

ShareState = Literal["waiting", "running", "succeeded", "failed", "interrupted", "not begun"]
_GOOD = ("succeeded", "statement")


class FleetPort(Protocol):
    """Interface to the robots. Every method returns at once."""

    def start(self, share: Assignment, facts: frozenset[Fact]) -> None:
        """Starts a robot's share; its end arrives at :meth:`FleetRun.ended`.

        Args:
            share: The share.
            facts: What has become true of the world since the request began.
        """

    def cancel(self, robot: str) -> None:
        """Ends a robot's share; its outcome arrives as usual."""

    def robots(self) -> Sequence[FleetRobot]:
        """The robots in their present state."""

    def tell(self, text: str) -> None:
        """Reports to the client."""


@dataclass(slots=True)
class FleetShare:
    """One share and its progress.

    Attributes:
        assignment: What is to be done, and by whom; another robot after it was handed on.
        state: How far it is.
        reason: How it ended, in words.
        tried: Robots that could not do it.
    """

    assignment: Assignment
    state: ShareState = "waiting"
    reason: str = ""
    tried: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The share for people."""
        return f"{spoken(self.assignment.robot)}: {self.assignment.plan.instruction}"

    def to_json(self) -> dict[str, Any]:
        """The form that ``skill-stack say --robots FILE --json`` prints."""
        one = self.assignment
        return {
            "number": one.number, "robot": one.robot, "words": one.plan.instruction, "after": list(one.after),
            "outcome": self.state, "reason": self.reason, "tried": list(self.tried),
            "steps": [{"skill": step.skill, "arguments": dict(step.arguments)} for step in one.plan.steps],
        }  # fmt: skip


class FleetRun:
    """Executes a divided request; no ROS, no clock.

    A share begins when those it counts on have succeeded and its robot is free. One that fails is handed on to another
    robot where the words leave it open who does it; else what counts on it is not begun, and the rest goes on.

    Attributes:
        shares: Every share by its number.
    """

    def __init__(self, plan: FleetPlan, scene: SceneGraph, port: FleetPort) -> None:
        """Prepares; nothing moves before :meth:`begin`.

        Args:
            plan: The divided request.
            scene: The world as it was when it was divided.
            port: The way to the robots.
        """
        self.shares = {one.number: FleetShare(one) for one in plan.assignments}
        self._stated, self._scene, self._port = scene.facts, scene, port
        self._lost: set[str] = set()

    def begin(self) -> None:
        """Starts all shares without dependencies."""
        self._go_on()

    @property
    def over(self) -> bool:
        """Whether nothing runs or waits."""
        return not any(share.state in ("waiting", "running") for share in self.shares.values())

    @property
    def outcome(self) -> str:
        """``succeeded``, ``failed`` or ``interrupted``, for all shares together."""
        states = {share.state for share in self.shares.values()}
        return "succeeded" if states <= {"succeeded"} else "failed" if "failed" in states else "interrupted"

    @property
    def reason(self) -> str:
        """The result in words."""
        wrong = [share for share in self.shares.values() if share.state != "succeeded"]
        if not wrong:
            return f"done: {len(self.shares)} share(s)"
        return " ".join(f"{share.told}: {share.state}: {share.reason.rstrip('.')}." for share in wrong)

    def ended(self, robot: str, outcome: str, reason: str) -> None:
        """Takes the outcome of a robot's share.

        Args:
            robot: The robot.
            outcome: As of a task: ``succeeded``, ``failed``, ``interrupted``, ``question``, ``refusal``, ``statement``.
            reason: Why, in words.
        """
        share = self._of(robot)
        if share is None:
            return
        share.reason = reason
        if outcome in _GOOD:
            share.state = "succeeded"
            self._happened(share.assignment)
        elif outcome == "interrupted":
            share.state = "interrupted"
            self._leave_out(robot)
            self._drop(share)
        else:
            self._failed(share, reason)
        self._go_on()

    def lost(self, robot: str, reason: str) -> None:
        """A robot does not answer: its shares are passed on where possible."""
        self._lost.add(robot)
        self.ended(robot, "failed", reason)
        self._go_on()

    def stop(self, reason: str) -> None:
        """Ends everything: running shares are cancelled, waiting ones not started."""
        for share in self.shares.values():
            if share.state == "waiting":
                share.state, share.reason = "not begun", reason
        for share in self.shares.values():
            if share.state == "running":
                self._port.cancel(share.assignment.robot)

    def _of(self, robot: str) -> FleetShare | None:
        """The share that a robot is doing."""
        running = (share for share in self.shares.values() if share.state == "running")
        return next((share for share in running if share.assignment.robot == robot), None)

    def _go_on(self) -> None:
        """Starts every share that may start."""
        while (share := self._next()) is not None:
            if share.assignment.robot in self._lost:
                self._failed(share, "it does not answer any more")
                continue
            share.state = "running"
            self._port.tell(f"{share.told}: begun")
            self._port.start(share.assignment, self._scene.facts - self._stated)

    def _next(self) -> FleetShare | None:
        """A share that may begin and whose robot is free."""
        for share in self.shares.values():
            one = share.assignment
            if share.state == "waiting" and self._may_begin(one) and self._of(one.robot) is None:
                return share
        return None

    def _may_begin(self, one: Assignment) -> bool:
        """Whether the shares on which one depends have succeeded, and those it follows have ended or changed robots."""
        for number in one.after:
            before = self.shares[number]
            if number in one.needs and before.state != "succeeded":
                return False
            if before.assignment.robot == one.robot and before.state in ("waiting", "running"):
                return False
        return True

    def _happened(self, one: Assignment) -> None:
        """Shares the world effects of a finished share with all robots."""
        robot = next(robot for robot in self._port.robots() if robot.name == one.robot)
        facts = self._scene.facts | robot.facts
        _, world = facts_after(one.robot, robot.planner.library, one.plan.steps, facts)
        self._scene = replace(self._scene, facts=world)

    def _failed(self, share: FleetShare, reason: str) -> None:
        """Passes a share on, or reports that no robot can do it and drops its dependents."""
        one = share.assignment
        self._port.tell(f"{spoken(one.robot)} could not do '{one.plan.instruction}': {reason.rstrip('.')}.")
        share.tried = (*share.tried, one.robot)
        robots = self._port.robots()
        left = [robot.name for robot in robots if robot.name not in {*share.tried, *self._lost}]
        found = Fleet(robots).handed_on(one, left, self._scene)
        if isinstance(found, Assignment):
            share.assignment, share.state = found, "waiting"
            self._port.tell(f"{spoken(found.robot)} takes that over. {found.plan.reason}")
            return
        share.state, share.reason = "failed", f"{reason.rstrip('.')}. It is not handed on: {found}"
        self._drop(share)

    def _leave_out(self, robot: str) -> None:
        """A robot stopped by a person starts nothing more."""
        for share in self.shares.values():
            if share.state == "waiting" and share.assignment.robot == robot:
                self._not_begun(share, f"{spoken(robot)} was interrupted")

    def _drop(self, ended: FleetShare) -> None:
        """Drops the dependents of a failed share."""
        for share in self.shares.values():
            if share.state == "waiting" and ended.assignment.number in share.assignment.needs:
                self._not_begun(share, f"it counts on '{ended.told}'")

    def _not_begun(self, share: FleetShare, why: str) -> None:
        """Drops a share and its dependents."""
        share.state, share.reason = "not begun", why
        self._port.tell(f"{share.told}: not begun, since {why}")
        self._drop(share)
