"""The guide ``synergy``: a hand in simulation takes the posture of another one."""

import numpy as np
import pytest

from skill_stack.connector.guides import make_guide
from skill_stack.connector.guides.guide import GuideContext, GuideFailure, GuideView
from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.connector.retargeting.shared_space import shared_space
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.line.line import Line

FOUND = Resources.from_environment({})


def _fist_of_leap(hands):
    """Fingertips of a hand that is nearly closed, and the arguments that tell them."""
    shape = HandShape(hands["leap"])
    wanted = shape.tips(0.6 * hands["leap"].pose("fist"))
    told = shared_space().encode(wanted, shape.which)
    return wanted, {f"s{number}": value for number, value in enumerate(told.tolist(), 1)}


@pytest.mark.parametrize("name", ["allegro_right", "allegro_left"])
def test_a_hand_takes_the_posture_of_a_leap_hand(name, hands) -> None:
    robot = load_robot(FOUND.robot(name), FOUND)
    line = Line(robot, load_library(FOUND, robot), set_up(load_scene(FOUND.scene("bench")), 0), pose="default")
    wanted, told = _fist_of_leap(hands)
    assert line.run_skill("take_posture", told).outcome == "succeeded"
    shape = HandShape(robot)
    off = np.linalg.norm(shape.tips(line.state.position) - wanted, axis=1).mean()
    assert off * shape.finger_length < 0.025


def test_a_part_without_fingertips_is_refused_with_the_reason(hands) -> None:
    robot = hands["leap"].model_copy(update={"fingertips": {}})
    arguments = {f"s{number}": 0.0 for number in range(1, 9)}
    context = GuideContext(arguments, ConnectorSettings(), {}, robot.footprint, robot, "hand", "")
    view = GuideView(Pose2(0.0, 0.0, 0.0), SceneGraph(), {}, 0.0, 0.0)
    with pytest.raises(GuideFailure, match="fingertips.index"):
        make_guide("synergy", context).step(view)


@pytest.mark.parametrize(("name", "near"), [("dex3_right", 0.03), ("parallel_gripper", 0.005)])
def test_a_hand_of_fewer_fingers_takes_what_it_has_of_it(name, near, hands) -> None:
    robot = load_robot(FOUND.robot(name), FOUND)
    line = Line(robot, load_library(FOUND, robot), set_up(load_scene(FOUND.scene("bench")), 0), pose="default")
    wanted, told = _fist_of_leap(hands)
    assert line.run_skill("take_posture", told).outcome == "succeeded"
    shape = HandShape(robot)
    off = shape.tips(line.state.position) - shape.own(wanted, ("index", "middle", "ring", "thumb"))
    assert np.linalg.norm(off, axis=1).mean() * shape.finger_length < near
