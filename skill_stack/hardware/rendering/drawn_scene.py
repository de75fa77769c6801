"""DrawnScene: a scene without a robot, rendered as a noisy depth camera from any pose, with the truth."""

from __future__ import annotations

import math

import mujoco
import numpy as np

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.scene_geometry import FREE_JOINT_SUFFIX
from skill_stack.hardware.rendering.depth_noise import DepthNoise
from skill_stack.hardware.rendering.harder_pictures import HarderRenderer, Pictures, dressed_model, flawed
from skill_stack.hardware.rendering.rgbd_renderer import Eye, RgbdRenderer

Array = np.ndarray


class DrawnScene:
    """Renders one scene; use it as a context manager."""

    def __init__(self, scene: SceneSetup, camera: CameraSpec, pictures: Pictures | None = None) -> None:
        """Builds the model.

        Args:
            scene: The scene; its seed also draws surfaces and light.
            camera: The camera.
            pictures: What makes its pictures harder; None: plain things in even light.

        Raises:
            Exception: That of a missing GL library.
        """
        self._pictures = pictures or Pictures()
        errors = camera.errors
        if self._pictures.subpixel:
            errors = errors.model_copy(update={"subpixel": self._pictures.subpixel})
        self._model = dressed_model(scene, self._pictures, np.random.default_rng([14, scene.seed]))
        self._data = mujoco.MjData(self._model)
        shown = [one.id for one in scene.objects if one.shape != "point"]
        self._names = {int(self._model.geom(name).id): name for name in shown}
        plain = RgbdRenderer(self._model, camera.intrinsics, self._pictures.shadows)
        self._renderer = HarderRenderer(plain, self._model, self._pictures, [15, scene.seed])
        self._noise = DepthNoise(camera.model_copy(update={"errors": errors}))
        mujoco.mj_forward(self._model, self._data)

    def put(self, name: str, place: tuple[float, float, float], yaw: float = 0.0) -> None:
        """Moves a movable object, m and rad."""
        at = int(self._model.joint(f"{name}{FREE_JOINT_SUFFIX}").qposadr[0])
        self._data.qpos[at : at + 7] = (*place, math.cos(yaw / 2), 0, 0, math.sin(yaw / 2))
        mujoco.mj_forward(self._model, self._data)

    def paint(self, name: str, rgb: tuple[float, float, float]) -> None:
        """Gives a thing another shade, each 0 to 1."""
        self._model.geom(name).rgba[:3] = rgb

    def look(self, eye: Eye, rng: np.random.Generator, count: bool = True) -> tuple[Array, Array, dict[str, int]]:
        """The camera's measurement from a pose.

        Args:
            eye: Where it is.
            rng: Where its noise comes from.
            count: Whether to count pixels, which is a third of the work.

        Returns:
            RGB, uint8, shape (height, width, 3); depth, m, float32, shape (height, width); and, for scoring alone, how
            many pixels show each thing.
        """
        colour, depth, geoms = self._renderer.draw(self._data, eye, objects=count)
        measured = flawed(self._noise(depth, rng), depth, self._pictures, rng)
        if geoms is None:
            return colour, measured, {}
        ids, counts = np.unique(geoms, return_counts=True)
        shown = {self._names[i]: int(n) for i, n in zip(ids.tolist(), counts.tolist()) if i in self._names}
        return colour, measured, shown

    def __enter__(self) -> DrawnScene:
        """The scene."""
        return self

    def __exit__(self, *_: object) -> None:
        """Frees the renderer."""
        self._renderer.close()
