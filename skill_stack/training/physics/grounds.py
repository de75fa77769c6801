"""Worlds of a training whose ground is not flat: their models, how high they are, and which come next."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import mujoco
import numpy as np

from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import FloorPatch, SceneSetup
from skill_stack.hardware.mujoco.scene_geometry import PATCH_HEIGHT
from skill_stack.training.tasks.contexts import NeedMap
from skill_stack.training.tasks.ground_task import GroundTask

Array = np.ndarray

PASSED = 0.6
"""Success on a fifth of the scale from which the next one is used too."""
CANDIDATES = 4
"""Worlds drawn for each robot; the one with the lowest success is preferred."""
FAR = 1000.0  # m: where stretches lie that a course lacks, so that all models have the same sizes
LENGTH, WIDTH = 0.19, 0.15  # m: from a base to the feet that it is put down on, ahead and to the side
AHEAD = (0.0, 0.15, 0.3)
"""Where the critic sees the ground: so far ahead of each foot, m."""


class Grounds:
    """Compiled worlds, drawn by need up to where robots manage.

    Attributes:
        task: What they are made from.
        models: One model of the nominal robot in each world.
        needs: Measured success by the scale of heights and slopes.
    """

    def __init__(self, task: GroundTask, build: Callable[[SceneSetup], mujoco.MjModel]) -> None:
        """Builds every world.

        Args:
            task: What they are made from.
            build: Makes the nominal robot's model in a scene.
        """
        self.task = task
        low, high = task.scale
        share, courses = -(-task.worlds // len(task.courses)), len(task.courses)
        self._scales = np.repeat(np.linspace(low, high, share), courses)
        longest = max(len(course) for course in task.courses)
        worlds = [
            (*scaled(course, scale), *[_nothing()] * (longest - len(course)))
            for scale in self._scales[::courses].tolist()
            for course in task.courses
        ]
        start = Pose2(0.0, 0.0, 0.0)
        self.models = [build(SceneSetup(name="", seed=0, start=start, objects=(), patches=one)) for one in worlds]
        self.needs = NeedMap(["ground"], [task.scale])
        self._place_surfaces(worlds)

    def _place_surfaces(self, worlds: Sequence[Sequence[FloorPatch]]) -> None:
        """Numbers of every stretch's surface, each of shape (worlds, stretches) or (worlds, stretches, 2)."""
        self._centre = np.array([[patch.position for patch in one] for one in worlds])
        yaw = np.array([[patch.yaw for patch in one] for one in worlds])
        self._axis = np.stack([np.cos(yaw), np.sin(yaw)], axis=-1)
        rise = np.array([[patch.rise for patch in one] for one in worlds])
        self._slope = np.tan(rise)
        self._half = np.array([[patch.size for patch in one] for one in worlds]) / 2
        self._half[..., 0] *= np.cos(rise)
        self._top = np.array([[max(patch.height, PATCH_HEIGHT) for patch in one] for one in worlds])

    def draw(self, rng: np.random.Generator) -> int:
        """Index of the world that a robot gets next."""
        success = self.needs.success[0]
        held = int(np.append(success < PASSED, True).argmax())  # the first fifth that is not passed
        low, high = self.task.scale
        reach = low + (high - low) * min(held + 1, len(success)) / len(success)
        within = np.flatnonzero(self._scales <= reach + 1e-9)
        candidates = rng.choice(within, CANDIDATES)
        return int(candidates[self.needs.choose(self._scales[candidates][:, None, None], rng)[0]])

    def report(self, worlds: Array, succeeded: Array) -> None:
        """Counts episodes that are over.

        Args:
            worlds: World of each, int, shape (n,).
            succeeded: Whether the robot stayed on its feet and followed its last command, bool, shape (n,).
        """
        self.needs.report(self._scales[worlds][:, None], succeeded)

    def heights(self, worlds: Array, points: Array) -> Array:
        """How high the ground is.

        Args:
            worlds: World of each robot, int, shape (n,).
            points: Points in the plane of each, m, shape (n, points, 2).

        Returns:
            Heights above the floor, m, shape (n, points).
        """
        away = points[:, :, None] - self._centre[worlds][:, None]
        axis, half = self._axis[worlds][:, None], self._half[worlds][:, None]
        along = (away * axis).sum(axis=-1)
        across = away[..., 1] * axis[..., 0] - away[..., 0] * axis[..., 1]
        on = (np.abs(along) <= half[..., 0]) & (np.abs(across) <= half[..., 1])
        surface = self._top[worlds][:, None] + along * self._slope[worlds][:, None]
        return np.where(on, surface, 0.0).max(axis=-1).clip(0.0, None)

    def highest(self, worlds: Array) -> Array:
        """Height of the highest stretch of each world where that is flat, m, shape (n,)."""
        return self._top[worlds].max(axis=1)

    def footing(self, worlds: Array, places: Array, yaw: Array) -> tuple[Array, Array]:
        """How robots stand that are put down somewhere: parallel to the ground under them.

        Args:
            worlds: World of each robot, int, shape (n,).
            places: Places in the plane, m, shape (n, 2).
            yaw: Headings, rad, shape (n,).

        Returns:
            Height of the ground, m, shape (n,), and orientations w, x, y, z, shape (n, 4).
        """
        ahead = np.stack([np.cos(yaw), np.sin(yaw)], axis=-1)
        left = np.stack([-ahead[:, 1], ahead[:, 0]], axis=-1)
        corners = np.stack([x * ahead + y * left for x in (-LENGTH, LENGTH) for y in (-WIDTH, WIDTH)], axis=1)
        heights = self.heights(worlds, places[:, None] + corners)
        pitch = -np.arctan(heights @ [-1, -1, 1, 1] / (4 * LENGTH)) / 2
        roll = np.arctan(heights @ [-1, 1, -1, 1] / (4 * WIDTH)) / 2
        w, x = np.cos(roll) * np.cos(pitch), np.sin(roll) * np.cos(pitch)
        y, z = np.cos(roll) * np.sin(pitch), -np.sin(roll) * np.sin(pitch)
        c, s = np.cos(yaw / 2), np.sin(yaw / 2)
        return heights.mean(axis=1), np.stack([c * w - s * z, c * x - s * y, c * y + s * x, c * z + s * w], axis=-1)


def scaled(course: Sequence[FloorPatch], scale: float) -> list[FloorPatch]:
    """A course whose heights are scaled; slopes fall so that their ends stay flush with what follows."""
    return [
        patch.model_copy(
            update={"height": scale * patch.height, "rise": math.asin(min(1.0, scale * math.sin(patch.rise)))}
        )
        for patch in course
    ]


def _nothing() -> FloorPatch:
    """A stretch that nobody reaches."""
    return FloorPatch(position=(FAR, FAR), size=(0.1, 0.1))
