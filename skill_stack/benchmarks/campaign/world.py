"""Common data of a campaign's trials, and a fast way to a fresh robot in a fresh world."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.scene_file import SceneFile, load_scene

ROBOT, SCENE = "go2", "playground"


@dataclass(frozen=True, slots=True)
class CampaignWorld:
    """Robot, skills and scene of a campaign.

    Attributes:
        robot: The robot.
        library: Its skills.
        scene: The scene; each trial varies it by its seed.
    """

    robot: RobotSpec
    library: SkillLibrary
    scene: SceneFile

    @classmethod
    def load(cls) -> CampaignWorld:
        """The Go2 on the playground; raises ResourceNotFound or DataError."""
        resources = Resources.from_environment(os.environ)
        robot = load_robot(resources.robot(ROBOT))
        return cls(robot, load_library(resources, robot), load_scene(resources.scene(SCENE)))

    def sensing(self, odometry: bool) -> CampaignWorld:
        """The same with or without an odometry sensor; without one, base motion comes from IMU and legs."""
        sensors = self.robot.sensors.model_copy(update={"odometry": odometry})
        base = self.robot.estimation.model_copy(update={"base": "odometry" if odometry else "legs"})
        return replace(self, robot=self.robot.model_copy(update={"sensors": sensors, "estimation": base}))

    def at_rate(self, rate: float | None) -> CampaignWorld:
        """The same with a control loop of another rate, Hz; None leaves the robot's own."""
        return replace(self, robot=self.robot.at_rate(rate))
