"""A task of a line as memory keeps it, with the cause that the robot tells of a failure."""

from __future__ import annotations

from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.dialogue.diagnosis import diagnosed
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.memory.task_watch import TaskWatch
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.line import Line, LineResult


def told_task(
    line: Line, result: LineResult, planner: Planner, library: SkillLibrary, before: SceneGraph, wall: float = 0.0
) -> Experience:
    """The task that a line carried out last.

    Args:
        line: The line.
        result: How it went.
        planner: Knows kinds of things.
        library: Skills.
        before: The map when the task began.
        wall: Wall time of the end, s since 1970.
    """
    noted = line.noted if result.plan.tree is not None else None
    noted = noted or TaskWatch(result.plan, line.scene, line.facts(), library)
    failed = [one for one in result.steps if one.outcome != "succeeded"]
    if failed:
        node = next((one for one in result.plan.steps if one.skill == failed[-1].skill), None)
        found = diagnosed(failed[-1], node, library, before, line.scene, planner.hazards.kinds.kinds_of)
        noted.explained(found.cause.value)
    return noted.experience(result.outcome, result.reason, library.robot, wall, result.simulated_seconds)
