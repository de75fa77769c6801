"""Habits: a plan that succeeded again and again is offered to be kept under a name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from skill_stack.core.errors import SkillStackError
from skill_stack.core.plan import PlanNode
from skill_stack.core.plan_file import steps_of_node
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner.composites import silent, without_inserted_steps
from skill_stack.planner.dialogue.job import Job
from skill_stack.planner.dialogue.records.record_file import RecordFile

OFTEN = 3
"""Successes of one plan after which a name is offered, once."""
MOST_KEPT = 2000
"""Successes that are kept; the oldest are dropped."""


@dataclass(slots=True)
class Habits:
    """Counts the successes of each plan of one robot.

    Attributes:
        file: Where they are kept.
        robot: Name of the robot.
        warn: Takes what went wrong; habits that fail never stop a task.
    """

    file: RecordFile
    robot: str
    warn: Callable[[str], object]

    def succeeded(self, job: Job, library: SkillLibrary) -> str:
        """Counts a job that succeeded; returns the offer of a name, or an empty text.

        Args:
            job: The job. One whose plan was given or changed on the way is not counted.
            library: Skills of the robot, named plans among them.
        """
        plan = job.plan
        if plan is None or plan.tree is None or job.given is not None or job.version:
            return ""
        asked = without_inserted_steps(plan.tree)
        if sum(1 for _ in asked.skills()) < 2 or _named(asked, library):
            return ""
        steps = json.dumps(steps_of_node(silent(asked)), sort_keys=True)
        try:
            self.file.add({"robot": self.robot, "steps": steps})
            kept = [content for _, content in self.file.records()]
        except SkillStackError as error:
            self.warn(str(error))
            return ""
        count = sum(one.get("robot") == self.robot and one.get("steps") == steps for one in kept)
        offer = f"I have done that {OFTEN} times: say for example 'call that the round' to keep it under a name."
        return offer if count == OFTEN else ""


def _named(tree: PlanNode, library: SkillLibrary) -> bool:
    """Whether all steps come from named plans; such steps state the name."""
    names = {spec.name.replace("_", " ") for spec in library if spec.composite is not None}
    return all(node.why.partition(":")[0] in names for node in tree.every_skill())
