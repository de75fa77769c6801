"""The camera of a simulated robot: a process that draws states into shared memory, where the robot's camera is."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import eye_of, load_camera
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import from_yaw
from skill_stack.core.shared_memory.block_name import block_path, domain_of
from skill_stack.core.shared_memory.rgbd_ring import RgbdRing, rgbd_path
from skill_stack.core.shared_memory.snapshot_channel import SnapshotChannel, snapshot_path
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_model import build_model
from test.eventually import eventually

RESOURCES = Resources.from_environment(os.environ)
PATIENCE = 60.0


def test_a_camera_looks_ahead_and_a_little_down() -> None:
    camera = load_camera(RESOURCES.robot("go2"), "front")
    place, turn = eye_of(np.array([1.0, 2.0, 0.3, *from_yaw(np.pi / 2)]), camera)
    assert np.allclose(place, (1.0, 2.34, 0.39))
    assert turn[1, 2] > 0.9 and turn[2, 2] < 0, "its axis points along y, and down"
    assert turn[2, 1] < -0.9, "its picture is upright"


@pytest.fixture(params=["front", "wide"])
def filming(request):
    place = ("camera_test", domain_of(os.environ), os.getuid())
    block = block_path(*place)
    robot = load_robot(RESOURCES.robot("go2"))
    model = build_model(robot, set_up(load_scene(RESOURCES.scene("playground")), 0))
    states = SnapshotChannel(snapshot_path(block), model.nq)
    module = "skill_stack.hardware.rendering.sim_camera"
    command = [sys.executable, "-m", module, "--robot", "go2", "--namespace", place[0]]
    camera = ("--camera", request.param, "--width", "160")
    process = subprocess.Popen([*command, *camera], stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    if "GL library" in line:
        pytest.skip(line.strip())
    assert f"camera {request.param} of go2: 160 x {120 if request.param == 'front' else 90}" in line
    state = model.qpos0.copy()
    state[:7] = (0.0, 0.0, 0.3, 1.0, 0, 0, 0)
    yield states, state, rgbd_path(block, request.param), process
    process.kill()
    process.communicate()
    for path in block.parent.glob(f"{block.name}*"):
        path.unlink()


def newest(path, after):
    def so():
        look = RgbdRing(path).newest()
        return look if look is not None and look[0] >= after else None

    return eventually(so, PATIENCE, "a newer look")


def test_it_draws_what_the_simulation_says_and_ends_when_asked(filming) -> None:
    states, state, path, process = filming
    states.write(1.0, state)
    stamp, colour, depth, intrinsics = newest(path, 1.0)
    assert (stamp, intrinsics.width) == (1.0, 160)
    ahead = depth[60:, 70:90]
    if path.name.endswith("wide"):
        assert not depth.any() and colour.std() > 10, "it measures no depth"
    else:
        assert (ahead > 0).mean() > 0.5 and 0.3 < np.median(ahead[ahead > 0]) < 4.0
    states.write(1.05, state)  # sooner than its rate
    state[3:7] = from_yaw(np.pi)
    states.write(2.0, state)
    turned = newest(path, 2.0)
    assert np.abs(turned[1].astype(int) - colour).mean() > 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
