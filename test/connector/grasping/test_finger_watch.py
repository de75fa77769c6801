"""Fingers that have closed through where a thing should be tell that it has slipped."""

import dataclasses

import pytest

from skill_stack.connector.grasping.finger_watch import FingerWatch
from skill_stack.connector.grasping.grasp_plan import GraspWish, plan_grasp
from skill_stack.connector.grasping.held import forget, remember
from skill_stack.connector.guides.guide import GuideFailure
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import hand_of
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.holding import LOST
from skill_stack.core.world.scene import SceneGraph, SceneObject

FOUND = Resources.from_environment({})
ROBOT = load_robot(FOUND.robot("gantry_allegro_right"), FOUND)
PART, HAND = hand_of(ROBOT)
CAN = SceneObject("can", "can", (0.0, 0.0, 0.1), shape="cylinder", size=(0.05, 0.05, 0.12))
SCENE = SceneGraph({"can": CAN})
PLAN = plan_grasp(HAND, GraspWish("tripod"), CAN)


@pytest.fixture(autouse=True)
def grasped():
    remember(HAND, "can", GraspWish("tripod"))
    yield
    forget(HAND, "can")


def joints(further: float) -> dict[str, float]:
    """Fingers closed beyond the thing, as a share of the way on which they closed."""
    there = PLAN.fit.closed + further * (PLAN.fit.closed - PLAN.fit.shaped)
    return {f"{PART}_{name}": float(value) for name, value in zip(HAND.joint_names, there)}


def test_fingers_on_a_thing_hold_it_and_closed_through_it_do_not() -> None:
    watch = FingerWatch({"can"}, ROBOT, ROBOT.main_part)
    for further in (0.0, 0.2):
        watch.check(SCENE, joints(further))
    with pytest.raises(GuideFailure, match="slipped out of my fingers") as lost:
        watch.check(SCENE, joints(2.0))
    assert lost.value.name == LOST


def test_a_thing_that_looks_larger_in_the_hand_is_the_one_that_was_grasped() -> None:
    seen = SceneGraph({"can": dataclasses.replace(CAN, size=(0.056, 0.05, 0.12))})
    with pytest.raises(GuideFailure, match="slipped"):
        FingerWatch({"can"}, ROBOT, ROBOT.main_part).check(seen, joints(2.0))
    ball = SceneGraph({"can": dataclasses.replace(CAN, shape="sphere", size=(0.05, 0.05, 0.05))})
    FingerWatch({"can"}, ROBOT, ROBOT.main_part).check(ball, joints(2.0))


def test_what_is_not_said_not_grasped_or_moved_by_the_hand_itself_tells_nothing() -> None:
    gone = joints(2.0)
    FingerWatch({"can"}, ROBOT, PART).check(SCENE, gone)
    FingerWatch({"cup"}, ROBOT, ROBOT.main_part).check(SCENE, gone)
    watch = FingerWatch({"can"}, ROBOT, ROBOT.main_part)
    watch.check(SCENE, {})
    watch.check(SceneGraph({}), gone)
    forget(HAND, "can")
    watch.check(SCENE, gone)


def test_a_robot_without_a_hand_watches_nothing() -> None:
    walker = load_robot(FOUND.robot("go2"), FOUND)
    FingerWatch({"can"}, walker, walker.main_part).check(SCENE, joints(2.0))
