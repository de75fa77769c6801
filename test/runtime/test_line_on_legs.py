"""A robot whose device reports no odometry finds its way by its legs."""

import math
import os

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import yaw_of
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.line.line import Line


@pytest.fixture
def line():
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"))
    library = load_library(resources, robot)
    if not library.entries["walk"].usable:
        pytest.skip("the walking policy is not there")
    line = Line(robot, library, set_up(load_scene(resources.scene("playground")), 4))
    assert line.device.sample().odometry is None
    return line


def test_it_moves_as_far_as_it_was_told(line):
    line.run_skill("stand", {})
    before = line.device.truth()
    result = line.run_skill("move", {"forward": 1.0, "left": 0.0})
    after = line.device.truth()
    assert result.outcome == "succeeded", result.reason
    yaw = yaw_of(before.orientation)
    error = after.position[:2] - before.position[:2] - (math.cos(yaw), math.sin(yaw))
    assert math.hypot(*error) < 0.2
