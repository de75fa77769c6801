"""RobotEye: renders a robot's camera from states of its simulation."""

from __future__ import annotations

import mujoco
import numpy as np

from skill_stack.core.robots.camera_spec import CameraSpec, eye_of
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.hardware.rendering.rgbd_renderer import RgbdRenderer

Array = np.ndarray


class RobotEye:
    """One camera of one simulated robot.

    Attributes:
        size: Number of generalised positions of a state.
    """

    def __init__(self, robot: RobotSpec, setup: SceneSetup, camera: CameraSpec) -> None:
        """Builds the simulator's model and the markers; raises the error of a missing GL library."""
        self._model = build_model(robot, setup, drawn=True)
        self._data = mujoco.MjData(self._model)
        self._camera = camera
        self._renderer = RgbdRenderer(self._model, camera.intrinsics)
        self.size = int(self._model.nq)

    def draw(self, state: Array) -> tuple[Array, Array]:
        """Colour and true depth of a state, as :meth:`RgbdRenderer.draw` gives them; 0 of a camera without depth."""
        self._data.qpos[:] = state
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        carrier = state[:7]
        if self._camera.link:
            body = self._data.body(self._camera.link)
            carrier = np.concatenate((body.xpos, body.xquat))
        eye = eye_of(carrier, self._camera)
        if not self._camera.depth:
            colour = self._renderer.colour(self._data, eye)
            return colour, np.zeros(colour.shape[:2], np.float32)
        colour, depth, _ = self._renderer.draw(self._data, eye)
        return colour, depth

    def close(self) -> None:
        """Frees the renderer."""
        self._renderer.close()
