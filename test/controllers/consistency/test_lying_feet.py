"""A foot sensor that is stuck or lies while the robot walks in physics: it is named, and the robot stands."""

import numpy as np
import pytest

from skill_stack.benchmarks.agreement.detection import detect
from skill_stack.benchmarks.agreement.use import UsedRobot
from skill_stack.controllers.consistency.leg_checks import LOOKED, STUCK, LegChecks
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot


@pytest.fixture(scope="module")
def used():
    return UsedRobot.load("go2")


@pytest.mark.parametrize("kind", ["foot: one sensor stuck", "foot: one sensor always tells a load"])
def test_it_is_named_and_the_robot_stands(used, kind):
    found = detect(used, kind, "walk", 1)
    assert found["noticed"] and "sensor" in found["words"], found
    assert not found["fell"] and (found["mode"], found["skill"]) == ("stance", "stand")


def test_sensors_that_change_with_their_legs_and_feet_that_keep_still_are_believed():
    resources = Resources.from_environment({})
    checks = LegChecks(load_robot(resources.robot("go2"), resources))
    for number in range(round(4 * (LOOKED + STUCK) / 0.1)):
        swing = 0.06 * np.sin(0.9 * number + np.array([0.0, np.pi, np.pi, 0.0]))
        assert checks._changes(40.0 * (0.25 + swing), 0.25 + swing, 0.1)[1] == 0.0
    checks.forget()
    for _ in range(100):
        assert checks._changes(np.array([40.0, 40.0, 20.0, 40.0]), np.full(4, 0.25), 0.1)[1] == 0.0
