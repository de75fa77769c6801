"""The cameras of a simulated robot: a process that renders into shared memory at its own rate.

It follows the simulator's snapshots. In real time late frames are late, as from a real camera; in lock-step time waits
for them.

Example: ``sim_camera --robot go2 --scene playground --seed 1 --camera front``
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.heartbeat import EVERY, Heartbeat
from skill_stack.core.processes.process_arguments import process_parser
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.processes.stop_signal import StopSignal
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import CameraSpec, load_camera
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.rgbd_ring import RgbdRing, rgbd_path
from skill_stack.core.shared_memory.snapshot_channel import SnapshotChannel, snapshot_path
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.rendering.depth_noise import DepthNoise
from skill_stack.hardware.rendering.picture_strip import BACKENDS, NoPictures

Array = np.ndarray
POLL = 0.005  # s between looks for a new state
NICE = 5
"""Niceness: below everything that moves the robot."""
TRIED = "SKILL_STACK_GL_TRIED"


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = process_parser("sim_camera", __doc__)
    parser.add_argument("--scene", default="playground", help="scene name, a file of config/scenes/, or a path")
    parser.add_argument("--seed", type=int, default=0, help="0 keeps the scene as its file says")
    parser.add_argument("--camera", default="", help="camera of the robot (default: its first)")
    parser.add_argument("--width", type=int, default=0, help="pixels (default: the camera's own); the height follows")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Renders until SIGTERM or SIGINT.

    Returns:
        0 after an orderly end, 1 when it could not begin.
    """
    arguments = parse(argv)
    log, stop = ProcessLog("sim_camera", sys.stderr), StopSignal()
    _choose_library()
    try:
        _film(arguments, log, stop)
    except SkillStackError as error:
        log.error(str(error))
        return 1
    return 0


def _choose_library() -> None:
    """Selects the first GL library, unless one was chosen; must come before MuJoCo is imported."""
    if "MUJOCO_GL" not in os.environ:
        os.environ["MUJOCO_GL"] = os.environ["PYOPENGL_PLATFORM"] = BACKENDS[0]
        os.environ[TRIED] = BACKENDS[0]


def _next_library(error: BaseException) -> None:
    """Restarts the process with the next GL library, since a process can choose only once.

    Raises:
        NoPictures: There is no other one; names the packages.
    """
    tried = os.environ.get(TRIED, "").split(",")
    left = [name for name in BACKENDS if name not in tried]
    if TRIED not in os.environ or not left:
        raise NoPictures(f"no cameras without a GL library; apt-get install libegl1 libgl1, or libosmesa6 ({error})")
    os.environ.update({"MUJOCO_GL": left[0], "PYOPENGL_PLATFORM": left[0], TRIED: ",".join([*tried, left[0]])})
    os.execv(sys.executable, [sys.executable, "-m", "skill_stack.hardware.rendering.sim_camera", *sys.argv[1:]])


def _film(arguments: argparse.Namespace, log: ProcessLog, stop: StopSignal) -> None:
    resources = Resources.from_environment(os.environ)
    folder = resources.robot(arguments.robot)
    robot = load_robot(folder, resources)
    camera = load_camera(folder, arguments.camera)
    camera = camera.sized(arguments.width) if arguments.width else camera
    setup = set_up(load_scene(resources.scene(arguments.scene)), arguments.seed)
    try:
        from skill_stack.hardware.rendering.robot_eye import RobotEye

        eye = RobotEye(robot, setup, camera)
    except Exception as error:  # whatever a missing library raises, at import or later
        _next_library(error)
        raise
    os.nice(NICE)
    block = block_path(arguments.namespace, domain_of(os.environ), os.getuid())
    ring = RgbdRing.create(rgbd_path(block, arguments.camera or "front"), camera.height, camera.width)
    states = SnapshotChannel(snapshot_path(block), eye.size)
    size = f"{camera.width} x {camera.height} at {camera.rate:g} Hz"
    log.info(f"camera {arguments.camera or 'front'} of {robot.name}: {size}")
    try:
        _follow(eye, camera, ring, states, stop, np.random.default_rng([13, arguments.seed]))
    finally:
        ring.close()
        states.close()
        eye.close()


def _follow(eye: Any, camera: CameraSpec, ring: RgbdRing, states: SnapshotChannel, stop: StopSignal, rng: Any) -> None:
    """Renders a state whenever it is due."""
    noise, pulse = DepthNoise(camera), Heartbeat.from_environment(os.environ)
    drawn, beat = -1.0, 0.0
    while not stop.asked:
        now = time.monotonic()
        if now >= beat:
            pulse.beat(now)
            beat = now + EVERY
        state = states.read()
        if state is None or drawn <= state[0] < drawn + 1.0 / camera.rate - 1e-6:
            time.sleep(POLL)
            continue
        drawn = state[0]
        colour, depth = eye.draw(state[1])
        ring.write(drawn, colour, noise(depth, rng) if camera.depth else depth, camera.intrinsics)
        states.let_on(drawn, drawn + 1.0 / camera.rate)


if __name__ == "__main__":
    sys.exit(main())
