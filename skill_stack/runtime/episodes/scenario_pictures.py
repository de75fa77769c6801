"""Picture strips of episodes, rendered by repeating the run with the same seed."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

from skill_stack.core.resources import Resources
from skill_stack.core.world.scene_file import SceneFile
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.suite import Suite, Task
from skill_stack.hardware.rendering.picture_strip import save_strip
from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes
from skill_stack.runtime.episodes.scenario_world import varied_scene

COUNT = 6
"""Pictures in a strip."""
HEIGHT = 135  # pixels of a strip
QUALITY = 72  # of WebP, 0 to 100: a strip takes some 15 kB


class ScenarioPictures:
    """Strips of a suite's episodes."""

    def __init__(self, resources: Resources, suite: Suite) -> None:
        """Loads what the episodes share; arguments and errors as of ``ScenarioEpisodes``."""
        self._resources, self._suite = resources, suite
        self._episodes = ScenarioEpisodes(resources, suite, time.perf_counter)

    def save(self, task: Task, seed: int, path: Path) -> Episode:
        """Runs an episode again and saves its strip.

        Args:
            task: The task.
            seed: The seed.
            path: A WebP file; its folder is made.

        Returns:
            The episode as it was this time.

        Raises:
            NoPictures: No GL library works; names the packages.
            SkillStackError: The episode cannot be run.
        """
        episode, line = self._episodes.play(task, seed)
        save_states(self._suite.robot, varied_scene(self._resources, self._suite, task), seed, line.states(COUNT), path)
        return episode


def save_states(robot: str, scene: SceneFile, seed: int, states: np.ndarray, path: Path) -> None:
    """Saves a strip of states in a scene as it stands on a page.

    Args:
        robot: Name of the robot.
        scene: The scene.
        seed: Its seed.
        states: Generalised positions, shape (pictures, nq).
        path: A WebP file; its folder is made.

    Raises:
        NoPictures: No GL library works; names the packages.
    """
    with tempfile.TemporaryDirectory(prefix="skill-stack-pictures-") as folder:
        world, strip = Path(folder) / "world.yaml", Path(folder) / "strip.png"
        world.write_text(yaml.safe_dump(scene.model_dump(mode="json")), encoding="utf-8")
        save_strip(robot, str(world), seed, states, strip)
        save_small(strip, path)


def save_small(strip: Path, path: Path) -> None:
    """Saves a rendered strip as it stands on a page.

    Args:
        strip: The picture as it was rendered.
        path: A WebP file; its folder is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(strip) as image:
        size = (round(image.width * HEIGHT / image.height), HEIGHT)
        image.resize(size, Image.Resampling.LANCZOS).save(path, "WEBP", quality=QUALITY, method=6)
