"""PostCamera: the drawn camera of a robot that is bolted down, and the scene that it has seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from skill_stack.core.robots.camera_spec import CameraSpec, eye_of
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.rendering.depth_noise import DepthNoise
from skill_stack.hardware.rendering.robot_eye import RobotEye
from skill_stack.perception.own_body.self_filter import SelfFilter
from skill_stack.perception.scene.hinged_panels import HingedPanels
from skill_stack.perception.scene.look_observer import LookObserver
from skill_stack.perception.scene.object_map import ObjectMap
from skill_stack.runtime.line.parts_line import PartsLine

Array = np.ndarray


class PostCamera:
    """Looks when it is told to. ``MUJOCO_GL`` must be set before this file is imported.

    Attributes:
        picture: RGB of the last look, uint8, shape (height, width, 3); None before the first.
        frame: The last look; None before the first.
        panels: What has a hinge on the map.
    """

    picture: Array | None = None
    frame: CameraFrame | None = None

    def __init__(
        self, line: PartsLine, setup: SceneSetup, camera: CameraSpec, seed: int, stated: Iterable[SceneObject] = ()
    ) -> None:
        """Opens the renderer.

        Args:
            line: The simulated robot; it has a fixed base.
            setup: Its world.
            camera: The camera.
            seed: Of the noise.
            stated: Things of a map; how far those with hinges are open is measured.
        """
        assert line.robot.fixed is not None, "a camera on a post"
        self._line, self._camera, self._base = line, camera, np.array(line.robot.fixed.pose)
        self._eye = RobotEye(line.robot, setup, camera)
        self._noise, self._rng = DepthNoise(camera), np.random.default_rng([29, seed])
        self._own, self._observer, self._seen = (
            SelfFilter(line.robot),
            LookObserver(camera.near, camera.far),
            ObjectMap(),
        )
        self.panels = HingedPanels(stated)

    def look(self) -> SceneGraph:
        """One look; gives the scene as it is known then."""
        line, now = self._line, self._line.now
        joints = line.device.sample().position
        for part, spec in line.robot.parts.items():
            self._own.note(part, now, joints[line.robot.indices(spec.joints)])
        self.picture, depth = self._eye.draw(line.device.data.qpos.copy())
        place, turn = eye_of(self._base, self._camera)
        frame = CameraFrame(
            "post", now, self.picture, self._noise(depth, self._rng), self._camera.intrinsics, place, turn
        )
        self.frame = frame
        masked = self._own.taken_out(frame, self._base)
        if masked is not None:
            self._seen.update(self._own.without_hidden(self._observer.look(self.panels.taken_out(masked))))
        seen = self._seen.graph(now)
        return replace(seen, objects={**seen.objects, **self.panels.seen}, robot=Pose2(0.0, 0.0, 0.0))

    def close(self) -> None:
        """Frees the renderer."""
        self._eye.close()
