"""What the persons who command a hand mean; those of a mirrored hand mean the mirror image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.core.data_file import load_model
from skill_stack.core.resources import Resources
from skill_stack.core.robots.grasp import Mirror
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.coarse.primitives import Primitives
from skill_stack.training.coarse.settings import CoarseSettings, load_settings
from skill_stack.training.exporting.mirror_policy import joint_signs

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class MeantMotions:
    """Finger motions of a hand's skills.

    Attributes:
        settings: Who commands, and what lies in the hand.
        gaits: Finger motion of every primitive, from the bowl, rad, shape (primitives, joints, 5).
        clocks: Its cycles per second, Hz.
        towards: Where each brings the object along the palm's y and z axes, unit vectors or zeros, shape (n, 2).
    """

    settings: CoarseSettings
    gaits: Array
    clocks: tuple[float, ...]
    towards: Array


def meant_motions(found: Resources, robot: RobotSpec, skill: str) -> MeantMotions:
    """Reads the motions that a skill was learnt from; a hand that has another one's skills mirrors them.

    Args:
        found: Where robots and skills are.
        robot: The hand.
        skill: The skill, with ``coarse.yaml``.

    Raises:
        SkillStackError: The settings are wrong, or a primitive is missing or has no finger motion.
    """
    owner = load_robot(found.robot(robot.skills_of), found) if robot.skills_of else robot
    settings = load_settings(found.find(f"models/{owner.name}/{skill}", "skill"))
    primitives = Primitives(owner, [found.find(f"models/{owner.name}/{name}", "skill") for name in settings.primitives])
    signs, towards = np.ones(robot.size), primitives.towards
    if owner is not robot:
        signs = joint_signs(robot.joint_names, load_model(Mirror, found.robot(robot.name) / "grasps.yaml"))
        towards = towards * (-1.0, 1.0)
    gaits = primitives.gaits * signs[:, None]
    return MeantMotions(settings, gaits, tuple(primitives.clocks), towards)
