"""Picture strips of a hand's episodes, rendered by repeating the run with the same seed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.evaluation.hand_suite import HandSuite, HandTask
from skill_stack.hardware.rendering.picture_strip import save_strip_of
from skill_stack.runtime.episodes.grasp_episode import THING
from skill_stack.runtime.episodes.hand_episode import HandEpisode, run_hand_task
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.episodes.scenario_pictures import save_small
from skill_stack.runtime.line.parts_line import PartsLine

DISTANCE = 0.45
"""Between camera and what is held, m."""


class HandPictures:
    """Strips of a suite's episodes, a picture after every step."""

    def __init__(self, resources: Resources, suite: HandSuite) -> None:
        """Takes what the episodes share.

        Args:
            resources: Where robots and skills are.
            suite: The suite.
        """
        self._suite, self._resources = suite, resources
        self._loaded: dict[str, tuple[RobotSpec, SkillLibrary]] = {}

    def save(self, task: HandTask, seed: int, path: Path) -> HandEpisode:
        """Runs an episode again and saves its strip.

        Args:
            task: The task.
            seed: The seed.
            path: A WebP file; its folder is made.

        Returns:
            The episode as it was this time.

        Raises:
            NoPictures: No GL library works; names the packages.
            ResourceNotFound: There is no such robot.
            DataError: A file is wrong.
        """
        states: list[np.ndarray] = []
        lines: list[PartsLine] = []

        def keep(_: str, line: PartsLine) -> None:
            states.append(line.device.data.qpos.copy())
            lines.append(line)

        episode = run_hand_task(*self._with(task), self._suite, task, seed, keep)
        model = lines[-1].device.model
        body = THING if task.shapes else model.body(HandTruth(lines[-1]).palm).name
        with tempfile.TemporaryDirectory(prefix="skill-stack-pictures-") as folder:
            strip = Path(folder) / "strip.png"
            save_strip_of(model, body, DISTANCE, np.array(states), strip)
            save_small(strip, path)
        return episode

    def _with(self, task: HandTask) -> tuple[RobotSpec, SkillLibrary]:
        """Robot and skills of a task."""
        name = self._suite.robot_of(task)
        if name not in self._loaded:
            robot = load_robot(self._resources.robot(name), self._resources)
            self._loaded[name] = (robot, load_library(self._resources, robot))
        return self._loaded[name]
