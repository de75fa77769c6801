"""TaskWatch: follows one running task, and records it as an experience."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import Plan
from skill_stack.core.setpoint import SkillRequest, StepOutcome
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.steps import Step
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.memory.experience import Experience, StepRecord, things_of


class TaskWatch:
    """Records the facts at the start of each step, and its outcome. Cheap: no file is read or written.

    Facts that cannot be observed (that a cup was wiped) come from the effects of steps that succeeded; facts whose
    predicate can be observed come from observation alone.
    """

    def __init__(
        self, plan: Plan, scene: SceneGraph, facts: frozenset[Fact], library: SkillLibrary, words: str = ""
    ) -> None:
        """Begins with what is true when the plan is made.

        Args:
            plan: The plan; a refusal or question is a task too.
            scene: The scene.
            facts: What is true.
            library: Skills of the robot.
            words: The instruction where it is not that of the plan.
        """
        self._plan, self._library, self._words = plan, library, words or plan.instruction
        self._things = things_of(scene)
        self._first = _texts(facts)
        self._believed = facts
        self._running: dict[str, tuple[SkillRequest, tuple[str, ...]]] = {}
        self._steps: list[StepRecord] = []
        self._whys = _whys(plan)

    def started(self, request: SkillRequest, facts: frozenset[Fact] | None = None) -> None:
        """A step begins.

        Args:
            request: The step.
            facts: The present observation; None where only the steps' effects count.
        """
        if facts is not None:
            observed = {fact.predicate for fact in facts}
            self._believed = frozenset(f for f in self._believed if f.predicate not in observed) | facts
        self._running[request.id] = (request, _texts(self._believed))

    def ended(self, outcome: StepOutcome) -> None:
        """A step ended; one that never began is taken to have begun now."""
        request, facts = self._running.pop(
            outcome.request_id, (SkillRequest(outcome.request_id, outcome.skill), _texts(self._believed))
        )
        why = self._whys.get(_key(outcome.skill, request.arguments), "")
        self._steps.append(
            StepRecord(
                outcome.skill, dict(request.arguments), outcome.outcome, outcome.violated, outcome.reason,
                outcome.seconds, facts, why,
            )
        )  # fmt: skip
        if outcome.outcome == "succeeded" and outcome.skill in self._library:
            try:
                self._believed = Step(self._library[outcome.skill], request.arguments).after(self._believed)
            except SkillStackError:  # arguments that the library's newer version does not know
                return

    def explained(self, cause: str) -> None:
        """The last step failed for a cause; see :class:`skill_stack.core.failure_cause.FailureCause`."""
        if self._steps and self._steps[-1].outcome == "failed":
            self._steps[-1] = replace(self._steps[-1], cause=cause)

    def experience(self, outcome: str, reason: str, robot: str, wall: float, seconds: float) -> Experience:
        """The task as an experience.

        Args:
            outcome: How it ended.
            reason: Why, in one sentence.
            robot: Name of the robot.
            wall: Wall time, s since 1970.
            seconds: How long it took, s of task time.
        """
        tree = self._plan.tree.to_json() if self._plan.tree else None
        return Experience(
            self._words, robot, wall, seconds, outcome, reason, self._things, self._first, tree, tuple(self._steps)
        )


def _texts(facts: frozenset[Fact]) -> tuple[str, ...]:
    return tuple(sorted(map(str, facts)))


def _key(skill: str, arguments: Mapping[str, Any]) -> str:
    return f"{skill} {sorted((name, str(value)) for name, value in arguments.items())}"


def _whys(plan: Plan) -> dict[str, str]:
    """Why each step is in the plan, by skill and arguments."""
    return {_key(node.skill, node.arguments): node.why for node in plan.tree.every_skill()} if plan.tree else {}
