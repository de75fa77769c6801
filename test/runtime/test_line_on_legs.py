"""A robot whose device reports no odometry finds its way by its legs, and gets up with its sensors checked."""

import math
import os
import time

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import yaw_of
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.suite import load_suite
from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes
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


@pytest.mark.parametrize("seed", [1, 2])
def test_a_fallen_robot_that_lies_on_its_legs_gets_up(seed):
    """Its trunk and knees bear it, so that its feet feel less than its legs' torques say."""
    resources = Resources.from_environment(os.environ)
    suite = load_suite(resources.find("config/scenarios/go2.yaml", "suite"))
    episode = ScenarioEpisodes(resources, suite, time.perf_counter).named("get_up", seed)
    assert episode.passed, episode.reason
