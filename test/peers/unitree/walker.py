"""How the built-in controller walks: with this project's own walking policy, inside the robot."""

from __future__ import annotations

import os

import numpy as np
from unitree.body import Body

from skill_stack.controllers.control_core import ControlCore
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import SkillSetpoint, SkillWeight
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill_entry import SkillEntry
from skill_stack.core.skills.skill_library import SkillLibrary, load_library

Array = np.ndarray

SKILL = "walk"


def standing_already(library: SkillLibrary) -> SkillLibrary:
    """The skills of a robot that something else has brought to its feet: then walking needs no rising before it."""
    walk = library.entries[SKILL]
    spec = library[SKILL].model_copy(update={"enter_through": None})
    return SkillLibrary(library.robot, {**library.entries, SKILL: SkillEntry(walk.name, walk.folder, spec)})


class Walker:
    """Walks at a velocity once the robot stands."""

    def __init__(self, robot: RobotSpec) -> None:
        """Loads the policy.

        Raises:
            UnknownName: The robot has no skill for walking.
        """
        library = load_library(Resources.from_environment(os.environ), robot)
        self._core = ControlCore(robot, standing_already(library))
        self._core.bank[SKILL]
        self._joints = robot.size
        self._sequence = 0

    def rows(self, body: Body, velocity: tuple[float, float, float]) -> Array:
        """q, dq, tau, kp, kd of each motor that walk at a velocity: forwards and left in m/s, turning left in rad/s."""
        self._sequence += 1
        now, sample = body.time, body.device.sample()
        goals = dict(zip(("vx", "vy", "wz"), velocity))
        setpoint = SkillSetpoint("firmware/1", self._sequence, now + 0.5, "body", "plan", (SkillWeight(SKILL),), goals)
        command = self._core.tick(sample, setpoint, Flags(), now, now).command
        columns = (command.q, command.dq, command.tau, command.kp, command.kd)
        return np.array([body.by_motor(column) for column in columns])
