"""BodyPictures: a strip of pictures of an episode of a whole-body task, until it is done."""

from __future__ import annotations

from pathlib import Path

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.bodies.body_scenes import BodyScene, body_scene
from skill_stack.evaluation.bodies.body_suite import BodySuite
from skill_stack.planner.planner import Planner
from skill_stack.runtime.bodies.body_line import BodyLine
from skill_stack.runtime.bodies.body_truth import skill_of
from skill_stack.runtime.bodies.other_methods import library_of
from skill_stack.runtime.episodes.scenario_pictures import COUNT, save_states
from skill_stack.runtime.episodes.scenario_version import skills_behind, version_name


class BodyPictures:
    """Strips of a suite's tasks by the method that is judged."""

    def __init__(self, resources: Resources, suite: BodySuite) -> None:
        """Loads what the episodes share.

        Raises:
            SkillStackError: A file is missing or wrong.
        """
        self._robot = load_robot(resources.robot(suite.robot), resources)
        self._library = library_of(load_library(resources, self._robot), suite.methods[0])

    def scene(self, task: str, seed: int) -> BodyScene:
        """The world of a task and a seed."""
        return body_scene(task, seed, self._robot.name)

    def version(self, scene: BodyScene) -> str:
        """Version of the skills that move the robot in a scene."""
        return version_name({"task": scene.task, "skills": skills_behind(self._library, {skill_of(scene), "stand"})})

    def save(self, task: str, seed: int, path: Path) -> BodyLine:
        """Runs an episode until its task is done, and saves its strip.

        Args:
            task: The task.
            seed: Of its world.
            path: A WebP file; its folder is made.

        Returns:
            The episode as it was this time.

        Raises:
            NoPictures: No GL library works; names the packages.
            SkillStackError: The episode cannot be run.
        """
        scene = self.scene(task, seed)
        line = BodyLine(self._robot, self._library, Planner(self._library), scene)
        while line.advance() and not line.done:
            pass
        save_states(self._robot.name, scene.file, seed, line.states(COUNT), path)
        return line
