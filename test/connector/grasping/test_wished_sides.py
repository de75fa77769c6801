"""Sides of a body that words ask for, in the body's own frame."""

import math

import pytest

from skill_stack.connector.grasping.grasp_plan import GraspWish, plan_grasp
from skill_stack.connector.guides.grasp import wished
from skill_stack.connector.guides.guide import GuideContext
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import SceneObject

RESOURCES = Resources.from_environment({})
ROBOT = load_robot(RESOURCES.robot("gantry_allegro_right"), RESOURCES)
HAND = load_robot(RESOURCES.robot("allegro_right"), RESOURCES)


def wish(area, yaw, robot=ROBOT):
    thing = SceneObject("toy", "toy", (0.0, 0.0, 0.3), yaw, "mesh", (0.05, 0.06, 0.09), mesh="laid:hull:1")
    arguments = {"target": "toy", "area": area}
    return wished(GuideContext(arguments, ConnectorSettings(), {}, robot.footprint, robot, "", "tripod"), HAND, thing)


@pytest.mark.parametrize(
    ("area", "yaw", "half"),
    [
        ("left_half", 0.0, (0, 1, 0)),
        ("right_half", 0.0, (0, -1, 0)),
        ("left_half", math.pi / 2, (1, 0, 0)),
        ("right_half", math.pi, (0, 1, 0)),
    ],
)
def test_a_side_is_that_which_the_robot_sees_in_the_frame_of_the_body(area, yaw, half) -> None:
    found = wish(area, yaw)
    assert found.area == "middle" and found.half == pytest.approx(half, abs=0.01)


def test_other_areas_are_as_they_were_said() -> None:
    assert (wish("top", 1.0).area, wish("top", 1.0).half) == ("top", None)


def test_a_robot_that_moves_sees_no_side_and_a_box_has_no_halves() -> None:
    with pytest.raises(DataError, match="bolted down"):
        wish("left_half", 0.0, ROBOT.model_copy(update={"fixed": None}))
    box = SceneObject("box", "box", (0.0, 0.0, 0.05), 0.0, "box", (0.05, 0.05, 0.1))
    with pytest.raises(DataError, match="not of a box"):
        plan_grasp(HAND, GraspWish("tripod", half=(0.0, 1.0, 0.0)), box)
