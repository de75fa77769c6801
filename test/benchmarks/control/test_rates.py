"""The trained walk in a slow and in a fast control loop."""

import os

import numpy as np
import pytest

from skill_stack.benchmarks.control import rates
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene


@pytest.mark.parametrize("setting", [rates.SETTINGS[0], rates.SETTINGS[2]], ids=["50 Hz", "500 Hz"])
def test_the_walk_does_as_it_is_told_at_every_rate_of_the_loop(setting: rates.Setting, monkeypatch) -> None:
    monkeypatch.setattr(rates, "GOALS", 1)
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot("go2"))
    scene = load_scene(resources.scene("playground"))
    walk = rates.walk(robot, load_library(resources, robot), scene, setting, 1)
    assert not walk.fallen and walk.errors.shape == (1, 3)
    assert np.abs(walk.errors).max() < 0.1
