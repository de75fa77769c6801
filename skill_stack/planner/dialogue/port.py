"""Port: the dialogue's interface to its node. Every method returns at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact
from skill_stack.planner.memory.experience import Experience


class Port(Protocol):
    """Interface to the robot, to people, and to known facts."""

    @property
    def now(self) -> float:
        """Task time, s."""

    @property
    def wall(self) -> float:
        """Wall time, s since 1970."""

    @property
    def stop_count(self) -> int:
        """Stops of the robot so far, from all sources; a change means a stop."""

    def graph(self) -> SceneGraph:
        """The scene with the robot in it."""

    def facts(self) -> frozenset[Fact]:
        """The present facts."""

    def plan(self, instruction: Instruction, then: Callable[[Plan], None]) -> None:
        """Makes a plan, and passes it on, at once or later."""

    def cancel_planning(self) -> None:
        """Cancels waits for late plans: they are passed on without what was waited for."""

    def start(self, request: SkillRequest) -> None:
        """Begins a step, with a signed confirmation where a person confirmed it; its outcome is passed to
        :meth:`Dialogue.take_outcome`."""

    def change(self, request: SkillRequest, refused: Callable[[str], None]) -> None:
        """Changes a running step; reports a refusal with its reason."""

    def cancel(self, request_id: str) -> None:
        """Ends a step; its outcome arrives as usual."""

    def stop(self, job: Job, kind: Literal["stop", "estop"]) -> None:
        """Passes a stop or an emergency stop to the robot, and ends the job of those words."""

    def planned(self, job: Job) -> None:
        """Records that words have a plan, or a new one."""

    def show(self, job: Job) -> None:
        """Shows a job's plan and its progress."""

    def finish(self, job: Job, outcome: str, reason: str) -> None:
        """Reports the end to the client."""

    def taught(self, facts: tuple[TaughtFact, ...]) -> None:
        """Publishes all stated facts as part of the scene."""

    def remember(self, experience: Experience) -> None:
        """Stores the record of a task."""

    def warn(self, text: str) -> None:
        """Logs a warning."""
