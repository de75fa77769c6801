"""A simulated hand that is reached over its own bus does what the same hand does without one."""

import math

import numpy as np
import pytest

pytest.importorskip("dynamixel_sdk")
pytest.importorskip("can")

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import MountPose
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene_file import SceneFile, set_up
from skill_stack.hardware.bus_device import PHYSICS_STEP, BusDevice
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

RESOURCES = Resources.from_environment({})
SETUP = set_up(SceneFile(name="empty", description="Nothing."), 0).model_copy(update={"noise": 0.0})


def hand(name):
    robot = load_robot(RESOURCES.robot(name), RESOURCES)
    return robot.model_copy(update={"fixed": MountPose(xyz=(0.0, 0.0, 0.3), rpy=(0.0, -math.pi / 2, 0.0))})


def moved(device, robot, pose, steps):
    zero = np.zeros(robot.size)
    command = JointCommand(
        robot.pose(pose), zero, zero, robot.column("kp"), robot.column("damp_kd"), CommandMode.ACTIVE
    )
    for _ in range(steps):
        device.step(command)
    return device.sample()


@pytest.mark.parametrize("name", ["leap", "allegro_right"])
def test_a_fist_over_the_bus_is_the_fist_without_it(name):
    robot = hand(name)
    direct = moved(MujocoDevice(robot, SETUP, "default", PHYSICS_STEP), robot, "fist", 160)
    device = BusDevice(robot, SETUP, "default")
    try:
        before = device.sample()
        over = moved(device, robot, "fist", 160)
        assert over.valid and over.sequence > before.sequence
        assert device.data.qpos[2] == pytest.approx(0.3, abs=2e-3)
    finally:
        device.close()
    assert np.abs(over.position - robot.pose("default")).max() > 0.5
    # Motors have less torque than the simulated ones, and the gains grow for half a second.
    assert over.position == pytest.approx(direct.position, abs=0.1)


def test_what_comes_over_the_bus_is_what_the_joints_really_do():
    robot = hand("leap")
    device = BusDevice(robot, SETUP, "default")
    try:
        sample = moved(device, robot, "open", 40)
        really = device.data.qpos[[device.model.joint(joint).qposadr[0] for joint in robot.joint_names]]
        assert sample.position == pytest.approx(really, abs=2 * math.pi / 4096 + 1e-3)
        assert device.sample().sequence == sample.sequence  # no time has passed
    finally:
        device.close()
        device.close()


def test_a_robot_without_a_bus_that_can_be_played_is_refused():
    with pytest.raises(DataError, match="dynamixel, allegro"):
        BusDevice(load_robot(RESOURCES.robot("go2"), RESOURCES), SETUP)
