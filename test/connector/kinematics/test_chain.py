"""Joint positions that bring a link to a place, checked by where the link then is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.connector.kinematics.chain import Chain, LinkPlace
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot

RESOURCES = Resources.from_environment({})
ROBOT = load_robot(RESOURCES.robot("gantry_allegro_right"), RESOURCES)
CHAIN = Chain(ROBOT, "right_hand_palm_link", ROBOT.parts["gantry"].joints)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_every_place_that_joints_can_reach_is_found_again(seed) -> None:
    rng = np.random.default_rng(seed)
    joints = [ROBOT.joints[ROBOT.joint_names.index(name)] for name in CHAIN.joints]
    there = CHAIN.place({joint.name: rng.uniform(0.8 * joint.lower, 0.8 * joint.upper) for joint in joints})
    found = CHAIN.place(CHAIN.solve(there))
    assert found.position == pytest.approx(there.position, abs=0.003)
    assert found.turn == pytest.approx(there.turn, abs=0.01)


def test_what_is_out_of_reach_is_refused_by_how_far() -> None:
    with pytest.raises(DataError, match=r"out of reach by 1\.\d\d m"):
        CHAIN.solve(LinkPlace(np.array([2.0, 0.0, -0.5])))


def test_an_unknown_link_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UnknownName, match="flange"):
        Chain(ROBOT, "wrist", ())
