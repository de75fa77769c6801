"""RgbdRenderer: colour and depth of a MuJoCo scene from a pinhole camera at any pose."""

from __future__ import annotations

import mujoco
import numpy as np

from skill_stack.core.world.camera_frame import Intrinsics

Array = np.ndarray
Eye = tuple[Array, Array]
"""Position of a camera in the world, m, shape (3,), and rotation from its optical frame to the world, shape (3, 3)."""
ROOM_LIGHT = 0.45
"""Ambient light, as from the walls of a room; one lamp above would leave all sides black."""


class RgbdRenderer:
    """Renders one model; ``MUJOCO_GL`` must be set before this file is imported. Use it as a context manager."""

    def __init__(self, model: mujoco.MjModel, intrinsics: Intrinsics, shadows: bool = False) -> None:
        """Makes the off-screen buffers.

        Args:
            model: The model.
            intrinsics: Of the camera; its axis is in the middle of the picture.
            shadows: Whether to draw shadows, which costs most of the time without a graphics card.
        """
        self.intrinsics = intrinsics
        model.vis.global_.offwidth = max(model.vis.global_.offwidth, intrinsics.width)
        model.vis.global_.offheight = max(model.vis.global_.offheight, intrinsics.height)
        model.vis.global_.fovy = float(np.degrees(2 * np.arctan2(intrinsics.height / 2, intrinsics.fy)))
        light = model.vis.headlight
        light.ambient[:], light.diffuse[:], light.specular[:] = ROOM_LIGHT, 0, 0
        model.vis.map.znear, model.vis.map.zfar = 0.02 / model.stat.extent, 60.0 / model.stat.extent
        self._renderer = mujoco.Renderer(model, intrinsics.height, intrinsics.width)
        self._camera = mujoco.MjvCamera()
        self._shadows = shadows

    def draw(self, data: mujoco.MjData, eye: Eye, *, objects: bool = False) -> tuple[Array, Array, Array | None]:
        """Renders the present scene.

        Args:
            data: The state; its derived positions must be up to date.
            eye: Where the camera is.
            objects: Whether to also return the geom that each pixel shows; only for scoring.

        Returns:
            RGB, uint8, shape (height, width, 3); true depth along the axis, m, float32, shape (height, width); and
            with ``objects`` the ids of geoms, int32, shape (height, width), -1 where there is none.
        """
        colour = self.colour(data, eye)
        self._renderer.enable_depth_rendering()
        depth = self._renderer.render().copy()
        self._renderer.disable_depth_rendering()
        if not objects:
            return colour, depth, None
        self._renderer.enable_segmentation_rendering()
        shown = self._renderer.render()
        geoms = np.where(shown[..., 1] == int(mujoco.mjtObj.mjOBJ_GEOM), shown[..., 0], -1).astype(np.int32)
        self._renderer.disable_segmentation_rendering()
        return colour, depth, geoms

    def colour(self, data: mujoco.MjData, eye: Eye) -> Array:
        """RGB alone, uint8, shape (height, width, 3)."""
        self._aim(data, eye)
        return self._renderer.render().copy()

    def _aim(self, data: mujoco.MjData, eye: Eye) -> None:
        """Sets a camera pose with roll, which a free camera of MuJoCo cannot have."""
        position, rotation = eye
        self._renderer.update_scene(data, self._camera)
        scene = self._renderer.scene
        scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = self._shadows
        scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = False
        for camera in scene.camera:
            camera.pos[:] = position
            camera.forward[:] = rotation[:, 2]
            camera.up[:] = -rotation[:, 1]

    def close(self) -> None:
        """Frees the buffers."""
        self._renderer.close()

    def __enter__(self) -> RgbdRenderer:
        """The renderer."""
        return self

    def __exit__(self, *_: object) -> None:
        """Frees the buffers."""
        self.close()
