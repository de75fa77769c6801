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


G1 = load_robot(RESOURCES.robot("g1"), RESOURCES)


@pytest.mark.parametrize("height", [0.25, 0.35, 0.45])
def test_an_arm_that_follows_a_place_out_of_reach_comes_to_rest(height) -> None:
    """As the connector does it: a few steps from where the arm is, which goes a part of the way, and again."""
    arm = Chain(G1, "right_wrist_yaw_link", G1.members(["right_arm"]))
    place, joints, answers = LinkPlace(np.array([0.42, -0.1, height])), dict.fromkeys(arm.joints, 0.1), []
    for _ in range(80):
        found, off = arm.nearest(place, joints, {}, steps=15)
        answers.append(np.array([found[name] for name in arm.joints]))
        joints = {name: value + 0.2 * (found[name] - value) for name, value in joints.items()}
    assert off > 0.01, "it is out of reach"
    assert np.abs(np.diff(answers[-20:], axis=0)).max() < 0.02


def test_a_place_that_is_no_number_is_answered_by_none() -> None:
    arm = Chain(G1, "right_wrist_yaw_link", G1.members(["right_arm"]))
    found, off = arm.nearest(LinkPlace(np.full(3, np.nan)), {}, {})
    assert np.isnan(off) and set(found) == set(arm.joints)
