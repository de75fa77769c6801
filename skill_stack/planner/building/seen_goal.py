"""What is left of a structure or a clearing, from what is seen."""

from __future__ import annotations

from skill_stack.core.plan import PlanNode
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.building import Building
from skill_stack.core.world.clearing import Clearing
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.building.clearing import next_placing
from skill_stack.planner.building.remaining import remaining

SeenGoal = Building | Clearing


def left_of(goal: SeenGoal, scene: SceneGraph, library: SkillLibrary) -> PlanNode | None:
    """The next steps; None where nothing is left.

    Raises:
        Unbuildable: It cannot be gone on with; says why.
    """
    if isinstance(goal, Clearing):
        return next_placing(goal, scene, library)
    return remaining(goal, scene, library)


def going_on(goal: SeenGoal, steps: PlanNode) -> SeenGoal:
    """The goal, once these steps are planned for it."""
    return goal.trying(str(steps.children[0].arguments["target"])) if isinstance(goal, Clearing) else goal
