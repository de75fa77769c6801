"""Words to motion with the robot's own controller at the joints: the peer's firmware on physics, in time of its own."""

from pathlib import Path

import numpy as np
import pytest
from unitree.builtin_line import BuiltInLine

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import ControlMode
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up

ROOT = Path(__file__).resolve().parents[3]
@pytest.fixture(scope="module")
def made(tmp_path_factory):
    robot = load_robot(ROOT / "urdf" / "go2")
    library = load_library(Resources((ROOT,), tmp_path_factory.mktemp("overlay")), robot, "vendor")
    return robot, library


@pytest.fixture
def line(made):
    return BuiltInLine(*made, set_up(load_scene(ROOT / "config" / "scenes" / "playground.yaml"), 0))


def test_words_become_motions_of_the_built_in_controller(line):
    result = line.run("walk to the red ball, then lie down")
    assert [(step.skill, step.outcome) for step in result.steps][-2:] == [("go_to", "succeeded"), ("lie", "succeeded")]
    ball = line.scene.objects["red_ball"].position
    assert np.hypot(*(line.device.truth().position[:2] - np.array(ball[:2]))) < 0.75
    assert line.firmware.doing == "lie" and not line.device.truth().fallen
    assert line.service.calls.count(1004) == 1 and line.service.calls.count(1005) == 1


def test_a_stop_and_an_emergency_stop_reach_the_built_in_controller(line):
    line.run("stand up")
    line.connector.teleop(0.4, 0.0, 0.0, line.now)
    line.idle(0.4)
    assert line.firmware.doing == "move"
    line.stop()
    line.idle(0.1)
    assert (line.firmware.doing, line.status.skill) == ("stand", "stand")
    line.estop()
    line.idle(0.1)
    assert line.firmware.doing == "damp" and line.status.mode is ControlMode.ESTOP
    line.idle(2.0)
    line.reset()
    line.idle(0.1)
    result = line.run("sit down")
    assert result.outcome == "succeeded" and line.firmware.doing == "sit"


def test_a_motion_that_the_firmware_lacks_fails_with_its_reason(line):
    del line.firmware._sport[1009]  # an older firmware
    result = line.run("sit down")
    assert result.outcome == "failed"
    assert "the robot refused 'sit' (code 3203: the robot does not know this call)" in result.reason
    assert not line.device.truth().fallen
