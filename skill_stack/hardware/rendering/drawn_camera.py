"""DrawnCamera: pictures of a simulated robot's surroundings, rendered in a separate process into a ring of frames.

For vision networks in tests and examples. It is a separate process because the GL library can be chosen only once, and
because rendering takes longer than a control tick.

Example: ``MUJOCO_GL=egl python -m skill_stack.hardware.rendering.drawn_camera --robot go2 --ring /dev/shm/front`` and
states on its standard input.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import yaw_of
from skill_stack.core.shared_memory.frame_ring import Frame, FrameRing
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.rendering.picture_strip import BACKENDS, NoPictures

Array = np.ndarray
AHEAD, ABOVE, DOWN = 0.35, 0.08, 5.0  # m, m, degrees: where the camera sits on the base, and how far it looks down
NEAR = 0.5  # m: where it looks at; any distance shows the same


class DrawnCamera:
    """Renders states one after the other; use it as a context manager."""

    def __init__(self, robot: str, scene: str, seed: int, ring: Path, size: tuple[int, int]) -> None:
        """Starts the process with the first GL library that works.

        Args:
            robot: Name of the robot.
            scene: Name or file of the scene.
            seed: Its seed.
            ring: File of the ring, see :func:`skill_stack.core.shared_memory.frame_ring.frames_path`.
            size: Height and width of a frame, pixels.

        Raises:
            NoPictures: No GL library works; names the packages.
        """
        command = [sys.executable, "-m", __name__, "--robot", robot, "--scene", scene, "--seed", str(seed)]
        command += ["--ring", str(ring), "--height", str(size[0]), "--width", str(size[1])]
        for backend in BACKENDS:
            environment = {**os.environ, "MUJOCO_GL": backend, "PYOPENGL_PLATFORM": backend}
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            if self._said():
                return
            self.close()
        raise NoPictures("no pictures without a GL library; apt-get install libegl1 libgl1, or libosmesa6")

    def _said(self) -> bool:
        """Waits for a line of the process; False when it has ended."""
        assert self._process.stdout is not None
        return bool(self._process.stdout.read(1))

    def draw(self, task_time: float, state: Array) -> None:
        """Puts a frame into the ring.

        Args:
            task_time: Task time of the state, s.
            state: Generalised positions as the simulation has them, shape (nq,).

        Raises:
            NoPictures: The process has ended.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(np.array([task_time, *state]).tobytes())
            self._process.stdin.flush()
        except OSError as error:
            raise NoPictures(f"the process that draws has ended: {error}") from error
        if not self._said():
            raise NoPictures("the process that draws has ended")

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> DrawnCamera:
        """The camera."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process."""
        self.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Renders every state that arrives, until the end of input."""
    parser = argparse.ArgumentParser(prog="drawn_camera", description=__doc__)
    parser.add_argument("--robot", required=True)
    parser.add_argument("--scene", default="playground")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ring", type=Path, required=True)
    parser.add_argument("--height", type=int, default=48)
    parser.add_argument("--width", type=int, default=64)
    options = parser.parse_args(argv)
    import mujoco

    from skill_stack.hardware.mujoco.mujoco_model import build_model

    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(options.robot), resources)
    model = build_model(robot, set_up(load_scene(resources.scene(options.scene)), options.seed))
    data, camera = mujoco.MjData(model), mujoco.MjvCamera()
    ring = FrameRing.create(options.ring, options.height, options.width)
    record = 8 * (1 + model.nq)
    with mujoco.Renderer(model, options.height, options.width) as renderer:
        _tell()
        while len(read := sys.stdin.buffer.read(record)) == record:
            task_time, *state = np.frombuffer(read).tolist()
            data.qpos[:] = state
            mujoco.mj_forward(model, data)
            _aim(camera, data.qpos)
            renderer.update_scene(data, camera)
            ring.write(Frame(task_time, np.ascontiguousarray(renderer.render())))
            _tell()
    return 0


def _aim(camera: Any, state: Array) -> None:
    """Has the camera look ahead from the base."""
    yaw = yaw_of(state[3:7])
    ahead = np.array([math.cos(yaw), math.sin(yaw), 0.0])
    down = math.radians(DOWN)
    camera.azimuth, camera.elevation, camera.distance = math.degrees(yaw), -DOWN, NEAR
    eye = state[:3] + AHEAD * ahead + np.array([0.0, 0.0, ABOVE])
    camera.lookat[:] = eye + NEAR * (math.cos(down) * ahead - np.array([0.0, 0.0, math.sin(down)]))


def _tell() -> None:
    sys.stdout.write(".")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
