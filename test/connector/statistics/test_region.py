"""Where a goal lies, in words that runs are counted under."""

import pytest

from skill_stack.connector.statistics.region import context_of, region_of
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject


@pytest.fixture(scope="module")
def library(resources) -> SkillLibrary:
    return load_library(resources, load_robot(resources.robot("go2"), resources))


def scene(x, y, *facts):
    thing = SceneObject("ball", "ball", (x, y, 0.1), 0.0, "sphere", (0.2, 0.2, 0.2))
    return SceneGraph({"ball": thing}, frozenset(facts), Pose2(0.0, 0.0, 0.0))


@pytest.mark.parametrize(
    ("x", "y", "words"), [(0.5, 0.0, "near,ahead"), (0.0, 2.0, "middle,aside"), (-5.0, 0.1, "far,behind")]
)
def test_targets_count_by_distance_and_bearing(library, x, y, words):
    arguments = library["go_to"].complete({"target": "ball"})
    assert region_of(library["go_to"], arguments, scene(x, y)).startswith(f"target={words}")


def test_numbers_count_by_sign_and_size(library):
    arguments = library["move"].complete({"forward": -3.0, "left": 0.5})
    assert region_of(library["move"], arguments, scene(1, 1)) == "forward=-medium left=+small"


def test_the_context_is_what_is_stated_of_robot_and_target():
    known = scene(1, 1, Fact("carrying", ("robot", "cup")), Fact("slippery", ("ball",)), Fact("open", ("door",)),
                  Fact("posture", ("robot", "standing")))  # fmt: skip
    assert context_of(known, {"target": "ball"}) == "carrying slippery"
