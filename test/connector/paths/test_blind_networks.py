"""A network that leads its base by itself sees nothing: it ends before what is known to be in its way."""

from pathlib import Path

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner.planner import Planner
from skill_stack.runtime.line.observed_line import ObservedLine

ROOT = Path(__file__).resolve().parents[3]
FOUND = Resources((ROOT,), ROOT)


@pytest.fixture(scope="module")
def library():
    return load_library(FOUND, load_robot(FOUND.robot("go2"), FOUND))


@pytest.mark.parametrize(("direction", "blocked"), [("two", True), ("seven", False)])
def test_a_way_ends_before_a_box_and_goes_on_away_from_it(library, direction, blocked):
    setup = set_up(load_scene(FOUND.scene("box_ahead")), 3)
    robot = load_robot(FOUND.robot("go2"), FOUND)
    line = ObservedLine(robot, library, setup, setup.graph(), Planner(library))
    line.run_skill("rise", {})
    line.idle(0.5)
    result = line.run_skill("roam", {"direction": direction})
    line.idle(1.0)
    assert not line.run_into(frozenset())
    if blocked:
        assert result.outcome == "failed" and "is in the way" in result.reason
    else:
        assert result.outcome == "succeeded"
