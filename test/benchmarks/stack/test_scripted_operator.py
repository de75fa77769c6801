"""Somebody who is asked where the robot is tells it once it stands, and says nothing unasked."""

import numpy as np
import pytest

from skill_stack.benchmarks.stack.scripted_operator import ScriptedOperator
from skill_stack.core.resources import Resources
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import from_yaw
from skill_stack.core.shared_memory.block_name import truth_beside
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import stated_place
from skill_stack.core.shared_memory.truth_channel import TruthChannel


def state(robot, speed=0.0):
    zero, joints = np.zeros(3), np.zeros(robot.size)
    return RobotState(
        0.0, joints, joints, joints, from_yaw(0.0), zero, np.array([0.0, 0.0, -1.0]), np.array([1.0, 0.0, 0.3]),
        np.array([speed, 0.0, 0.0]), np.zeros(len(robot.feet), bool), {}, True, "",
    )  # fmt: skip


@pytest.fixture
def go2():
    return load_robot(Resources.from_environment({}).robot("go2"))


@pytest.fixture
def channels(tmp_path, go2):
    made = RobotChannels.open(tmp_path / "robot", go2)
    yield made
    made.close()


def put(channels, x, y, yaw):
    truth = TruthChannel(truth_beside(channels.block.path))
    truth.vector[:3], truth.vector[3:7] = (x, y, 0.3), from_yaw(yaw)
    truth.write(1, 0.0, False, 4)
    truth.close()


def test_it_says_where_the_robot_is_once_it_is_asked_and_the_robot_stands(channels, go2):
    attendant = ScriptedOperator(channels)
    put(channels, 2.0, -1.0, 0.5)
    channels.write_state(state(go2))
    attendant.look()
    assert stated_place(channels.common) is None, "nobody asked"
    attendant.asked = True
    channels.write_state(state(go2, speed=0.8))
    attendant.look()
    assert attendant.asked and attendant.answers == 0, "it walks: nobody can say where it is"
    channels.write_state(state(go2))
    attendant.look()
    assert not attendant.asked and attendant.answers == 1
    origin = stated_place(channels.common).origin
    assert origin.yaw == pytest.approx(0.5, abs=1e-5)
    x, y = origin.x + np.cos(0.5), origin.y + np.sin(0.5)  # the robot is at x = 1 m in odom
    assert (x, y) == (pytest.approx(2.0, abs=1e-5), pytest.approx(-1.0, abs=1e-5))


def test_without_eyes_it_says_nothing(channels, go2):
    attendant = ScriptedOperator(channels)
    channels.write_state(state(go2))
    attendant.asked = True
    attendant.look()
    assert attendant.asked and stated_place(channels.common) is None
