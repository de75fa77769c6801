"""Looks of a camera beside a table at what lies on it, which a robot knows by them alone."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.hardware.rendering.drawn_scene import DrawnScene
from skill_stack.perception.grasps.completing import completed
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.runtime.episodes.perception_episodes import CAMERA, drawn_look

Array = np.ndarray
REACH, HEIGHT = (0.4, 0.5), (0.4, 0.5)
"""Level distance of the camera from the middle of the table, and its height over it, m."""


def seen_body(setup: SceneSetup, top: float, rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """The body of the thing on a table as a depth camera with noise sees it, from opposite sides.

    Args:
        setup: The world.
        top: Height of the table, m.
        rng: Draws where the camera is, and its errors.
        count: Number of looks.

    Returns:
        Vertices over the table, m, shape (n, 3), and faces, shape (m, 3), int.

    Raises:
        DataError: It is not seen.
    """
    begin = rng.uniform(-math.pi, math.pi)
    observer, looks = LookObserver(), []
    with DrawnScene(setup, CAMERA) as drawn:
        for number in range(count):
            angle, reach, height = begin + 2.0 * math.pi * number / count, rng.uniform(*REACH), rng.uniform(*HEIGHT)
            place = (reach * math.cos(angle), reach * math.sin(angle), top + height)
            looks.append(observer.look(drawn_look(drawn, 0.0, Eye(place, (0.0, 0.0, top)), rng, count=False).frame))
    return completed(looks)
