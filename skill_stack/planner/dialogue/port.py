"""Port: what the dialogue needs of the node around it. Everything returns at once."""

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
    """The way out to the robot and to people, and the way in to what is known."""

    @property
    def now(self) -> float:
        """Task time, s."""

    @property
    def wall(self) -> float:
        """Wall time, s since 1970."""

    @property
    def stop_count(self) -> int:
        """Stops of the robot so far, whoever asked for them; another number than before means that there was one."""

    def graph(self) -> SceneGraph:
        """The scene with the robot in it."""

    def facts(self) -> frozenset[Fact]:
        """What is true now."""

    def plan(self, instruction: Instruction, then: Callable[[Plan], None]) -> None:
        """Makes a plan, and hands it on, at once or later."""

    def cancel_planning(self) -> None:
        """Ends the waits for plans that come later: they are handed on without what was waited for."""

    def start(self, request: SkillRequest) -> None:
        """Begins a step, with a signed confirmation where a person said yes to it; its outcome comes to
        :meth:`Dialogue.take_outcome`."""

    def change(self, request: SkillRequest, refused: Callable[[str], None]) -> None:
        """Changes a running step; tells when that is refused, and why."""

    def cancel(self, request_id: str) -> None:
        """Ends a step; its outcome comes as usual."""

    def stop(self, job: Job, kind: Literal["stop", "estop"]) -> None:
        """Brings words that mean a stop or an emergency stop to the robot, and ends the job that they are."""

    def planned(self, job: Job) -> None:
        """Notes that words have a plan, or a new one."""

    def show(self, job: Job) -> None:
        """Shows a job's plan and how far it is."""

    def finish(self, job: Job, outcome: str, reason: str) -> None:
        """Tells whoever asked how it ended."""

    def taught(self, facts: tuple[TaughtFact, ...]) -> None:
        """Makes everything that is known by telling part of the scene."""

    def remember(self, experience: Experience) -> None:
        """Keeps how a task went."""

    def warn(self, text: str) -> None:
        """Tells the log."""
