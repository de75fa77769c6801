"""What a hand holds is put down by the grasp that took it, until it lets go."""

from types import SimpleNamespace

from skill_stack.connector.grasping.choice import FITTING
from skill_stack.connector.grasping.grasp_plan import GraspWish
from skill_stack.connector.grasping.held import MOST, forget, held, remember
from skill_stack.connector.guides.grasp import wished
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import SceneObject

FOUND = Resources.from_environment({})
HAND = load_robot(FOUND.robot("allegro_right"), FOUND)
CAN = SceneObject("can", "can", (0.0, 0.0, 0.1), shape="cylinder", size=(0.06, 0.06, 0.12))


def asked(template):
    return wished(SimpleNamespace(template=template, arguments={}), HAND, CAN)


def test_a_grasp_left_open_is_the_one_that_holds_the_thing() -> None:
    forget(HAND, "can")
    usual = asked(FITTING)
    remember(HAND, "can", GraspWish("power", "top", "side", 0.5))
    assert usual.template != "power" and asked(FITTING) == GraspWish("power", "top", "side", 0.5)
    assert asked("pinch").template == "pinch", "what is named is meant"
    forget(HAND, "can")
    assert asked(FITTING) == usual


def test_hands_and_things_are_told_apart_and_old_ones_forgotten() -> None:
    other = load_robot(FOUND.robot("allegro_right"), FOUND)
    remember(HAND, "can", GraspWish("power"))
    assert held(other, "can") is None and held(HAND, "cup") is None
    for number in range(MOST):
        remember(HAND, f"thing_{number}", GraspWish("pinch"))
    assert held(HAND, "can") is None and held(HAND, f"thing_{MOST - 1}") == GraspWish("pinch")
