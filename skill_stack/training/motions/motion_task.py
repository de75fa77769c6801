"""The training task of a motion by reward terms."""

from __future__ import annotations

import copy
from typing import Any

from skill_stack.core.errors import DataError
from skill_stack.core.rewards.body_motion import BodyLayout
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.motion.sampling.open_loop import gait_of
from skill_stack.training.motions.motion_settings import MotionSettings
from skill_stack.training.tasks.rewards import COUNTED, as_told
from skill_stack.training.tasks.task import TrainingTask

PHASE = {"name": "gait_phase", "scale": 1.0}


def motion_task(
    robot: RobotSpec, layout: BodyLayout, skill: str, rewards: RewardSet, settings: MotionSettings
) -> TrainingTask:
    """The task by which a policy learns what terms ask for.

    Args:
        robot: The robot, with the gains of the skill that plans.
        layout: What the terms know of it.
        skill: Name of the skill.
        rewards: What the motion shall be.
        settings: All that the terms leave open.

    Raises:
        DataError: A policy cannot learn a term, or not on this robot; the message says which.
    """
    if not robot.feet:
        raise DataError(f"{robot.name}: motions of robots with feet alone become policies; the planner goes on with it")
    counted = [one.term for one in rewards.terms if one.term in COUNTED and one.weight > 0.0]
    if counted:
        raise DataError(
            f"'{skill}' has {counted[0]}, counted from where it begins, which a policy does not see; "
            "ask for a speed or a turning speed instead"
        )
    data: dict[str, Any] = copy.deepcopy(settings.task)
    data |= {"robot": robot.name, "skill": skill}
    targets = {
        (one.term, one.of): reward_terms()[one.term].target(robot.stand_height) if one.target is None else one.target
        for one in rewards.terms
        if one.weight > 0.0
    }
    gait = gait_of(targets, layout)
    feet = [foot.name for foot in robot.feet]
    data["gait"]["offsets"] = dict.fromkeys(feet, 0.0)
    if gait is not None:
        data["observations"].append(PHASE)
        offsets = dict(zip(feet, (float(phase) for phase in gait.phase)))
        data["gait"] |= {"offsets": offsets, "frequency": gait.frequency, "swing_height": gait.height}
    for one in data["rewards"]:
        if one["name"] == as_told.__name__:
            one["settings"] = {"terms": rewards.plain()["terms"]}
    return TrainingTask.model_validate(data)
