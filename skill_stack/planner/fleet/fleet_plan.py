"""FleetPlan: a request divided among robots, each share a plan of that robot's own planner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.core.plan import Plan, PlanStatus
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2
from skill_stack.planner.planner_protocol import PlannerProtocol


@dataclass(frozen=True, slots=True)
class FleetRobot:
    """One robot.

    Attributes:
        name: Its name, by which people address it.
        planner: Plans with its own skills.
        pose: Where it is in ``map``, or None when unknown.
        facts: What is true of it now, its posture for example.
        names: Other names, e.g. what it is: ``dog``.
    """

    name: str
    planner: PlannerProtocol
    pose: Pose2 | None = None
    facts: frozenset[Fact] = frozenset()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """The share of one robot.

    Attributes:
        number: Its place in the request, from 0.
        robot: Name of the robot.
        plan: Its plan.
        after: Numbers of the assignments that must have ended before.
        who: Robots that the words leave it to; one alone where it was named.
        needs: Those of ``after`` that must have succeeded; the others only come first.
    """

    number: int
    robot: str
    plan: Plan
    after: tuple[int, ...] = ()
    who: tuple[str, ...] = ()
    needs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """The answer to a request to several robots.

    Attributes:
        instruction: The words.
        status: As for one robot's plan.
        assignments: Who does what, in the order of the request.
        reason: The answer in one sentence.
    """

    instruction: str
    status: PlanStatus
    assignments: tuple[Assignment, ...] = ()
    reason: str = ""

    def assignments_of(self, robot: str) -> tuple[Assignment, ...]:
        """What one robot does."""
        return tuple(one for one in self.assignments if one.robot == robot)

    def to_json(self) -> dict[str, Any]:
        """The form that ``skill-stack plan --robots FILE --json`` prints."""
        return {
            "status": self.status,
            "assignments": [
                {"number": one.number, "robot": one.robot, "after": list(one.after), "plan": one.plan.to_json()}
                for one in self.assignments
            ],
            "steps": [
                {"robot": one.robot, "skill": step.skill, "arguments": dict(step.arguments)}
                for one in self.assignments
                for step in one.plan.steps
            ],
            "reason": self.reason,
        }


class Unsolved(Exception):
    """No division was found; carries the answer."""

    def __init__(self, status: PlanStatus, reason: str) -> None:
        """Keeps kind and text of the answer."""
        super().__init__(reason)
        self.status = status


def told(made: Sequence[Assignment]) -> str:
    """The assignments, one sentence for each robot."""
    lines = []
    for name in dict.fromkeys(one.robot for one in made):
        said = [one.plan.reason.removeprefix("I will ").rstrip(".") for one in made if one.robot == name]
        lines.append(f"{spoken(name)} will {', then '.join(said)}.")
    return " ".join(lines)


def spoken(name: str) -> str:
    """A robot's name as people write it."""
    return name[:1].upper() + name[1:]


def listed(names: Iterable[str]) -> str:
    """Robots' names in a row."""
    return ", ".join(spoken(name) for name in names)
