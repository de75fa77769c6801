"""Of equal headings the hand takes the one with room beside it, and lets go by the one that it came with."""

import numpy as np
import pytest

from skill_stack.connector.grasping.clearance import freest_first
from skill_stack.connector.grasping.grasp_plan import GraspWish, plan_grasp
from skill_stack.connector.grasping.held import forget, placed, remember, remember_placing
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import SceneObject

FOUND = Resources.from_environment({})
HAND = load_robot(FOUND.robot("allegro_right"), FOUND)
SIDE = 0.05
CUBE = SceneObject("cube", "box", (0.0, 0.0, SIDE / 2), shape="box", size=(SIDE, SIDE, SIDE))
PLAN = plan_grasp(HAND, GraspWish("tripod"), CUBE)
SPOT = np.array([0.0, 0.0, SIDE / 2])


def beside(x, y):
    return SceneObject("other", "box", (x, y, SIDE / 2), shape="box", size=(SIDE, SIDE, SIDE))


def test_a_cube_is_taken_by_either_pair_of_sides() -> None:
    assert sorted(round(yaw % np.pi, 2) for yaw in PLAN.yaws) == [0.0, 0.0, 1.57, 1.57]


def test_without_neighbours_the_usual_heading_comes_first() -> None:
    assert freest_first(HAND, PLAN, SPOT, 0.0, [])[0] == 0
    under = SceneObject("table", "table", (0.0, 0.0, -0.2), shape="box", size=(0.6, 0.8, 0.4))
    assert freest_first(HAND, PLAN, SPOT, 0.0, [under]) == (0, 1, 2, 3), "what it stands on is in nobody's way"


@pytest.mark.parametrize("where", [(0.065, 0.0), (-0.065, 0.0), (0.0, 0.065), (0.0, -0.065)])
def test_a_neighbour_turns_the_hand_the_same_way_wherever_both_are_turned(where) -> None:
    first = PLAN.yaws[freest_first(HAND, PLAN, SPOT, 0.0, [beside(*where)])[0]]
    quarter = PLAN.yaws[freest_first(HAND, PLAN, SPOT, 0.0, [beside(-where[1], where[0])])[0]]
    assert np.cos(quarter - first - 0.5 * np.pi) == pytest.approx(1.0)


def test_the_heading_of_a_placing_is_kept_until_the_hand_has_left() -> None:
    remember_placing(HAND, "cube", 2)
    assert placed(HAND, "cube") == (), "nothing was held"
    remember(HAND, "cube", GraspWish("tripod"))
    remember_placing(HAND, "cube", 2)
    assert placed(HAND, "cube") == (2,)
    forget(HAND, "cube")
    assert placed(HAND, "cube") == ()
