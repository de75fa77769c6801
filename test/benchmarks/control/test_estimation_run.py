"""Base motion estimated by legs, in the whole line, against the truth; in lock-step, so the figures repeat."""

import math
import os

import pytest

from skill_stack.benchmarks.control.estimation_run import KINDS, record, scores
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene


@pytest.fixture(scope="module")
def world():
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"))
    library = load_library(resources, robot)
    if library.entries["walk"].reason:
        pytest.skip("the walking policy is not there")
    return robot, library, load_scene(resources.scene("playground"))


@pytest.mark.parametrize("kind", KINDS)
def test_legs_know_how_the_robot_moves(world, kind):
    moments = record(*world, kind, 7, 9.0)
    found = scores(moments)
    assert not found["fallen"]
    assert found["velocity legs"] <= 0.1 and found["plane legs"] <= 0.08
    assert found["height"] <= 0.02 and found["way legs"] <= 0.05
    assert found["tilt legs"] < found["tilt imu"]
    assert found["contact legs"] > 0.95 and found["contact torque"] > 0.9
    assert max(math.hypot(*moment.truth.linear[:2]) for moment in moments) > 0.3, "it walks"


def test_the_same_run_gives_the_same_figures(world):
    assert scores(record(*world, "pushed", 3, 4.0)) == scores(record(*world, "pushed", 3, 4.0))
