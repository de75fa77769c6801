"""Hands in a frame and a unit of their own, and joints for fingertips."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.core.errors import DataError
from skill_stack.core.robots.fingertip import Fingertip

SHARES = st.lists(st.floats(0.05, 0.95), min_size=16, max_size=16).map(np.array)


def test_stretched_fingers_are_one_long_and_lie_in_the_palms_plane(hands):
    for robot in hands.values():
        tips = HandShape(robot).tips(np.clip(np.zeros(16), robot.column("lower"), robot.column("upper")))
        assert np.allclose(tips[:3, 2], 1.0, atol=0.06) and np.allclose(tips[:3, 0], 0.0, atol=0.02)
        assert tips[0, 1] > 0.2 > abs(tips[1, 1]) and tips[2, 1] < -0.2, "the index finger is on the positive side"
        assert tips[3, 1] > 0.5, "as is the thumb"


def test_a_fist_is_in_front_of_the_palm_on_every_hand(hands):
    for robot in hands.values():
        tips = HandShape(robot).tips(robot.pose("fist"))
        assert (tips[:3, 0] > 0.1).all() and (tips[:3, 2] < 0.6).all(), robot.name


def test_a_left_hand_is_the_mirror_image_of_the_right_one(hands):
    right, left = HandShape(hands["allegro_right"]), HandShape(hands["allegro_left"])
    assert right.tips(hands["allegro_right"].pose("fist")) == pytest.approx(
        left.tips(hands["allegro_left"].pose("fist")), abs=0.01
    )


@settings(max_examples=30, deadline=None)
@given(SHARES)
def test_joints_that_are_found_bring_the_fingertips_there(hands, shares):
    shape = HandShape(hands["leap"])
    q = shape.lower + shares * (shape.upper - shape.lower)
    wanted = shape.tips(q)
    near = np.clip(q + 0.1, shape.lower, shape.upper)
    found = shape.solve(wanted, near)
    assert (found >= shape.lower - 1e-9).all() and (found <= shape.upper + 1e-9).all()
    assert np.linalg.norm(shape.tips(found) - wanted, axis=1).max() < 0.03


def test_slopes_are_those_of_the_fingertips(hands):
    shape = HandShape(hands["allegro_right"])
    q, step = 0.5 * (shape.lower + shape.upper), 1e-6
    for joint in range(16):
        moved = q.copy()
        moved[joint] += step
        wanted = (shape.tips(moved) - shape.tips(q)).ravel() / step
        assert shape._slopes(q)[:, joint] == pytest.approx(wanted, abs=1e-4)


def test_what_is_out_of_reach_is_come_near_to(hands):
    shape = HandShape(hands["leap"])
    far = 3.0 * shape.tips(hands["leap"].pose("open"))
    found = shape.solve(far, hands["leap"].pose("fist"))
    assert np.isfinite(found).all() and (found >= shape.lower).all() and (found <= shape.upper).all()
    assert np.linalg.norm(shape.tips(found) - far) < np.linalg.norm(shape.tips(hands["leap"].pose("fist")) - far)


def test_a_hand_of_three_fingers_has_the_same_frame(every_hand):
    robot = every_hand["dex3_right"]
    shape = HandShape(robot)
    tips = shape.tips(robot.pose("open"))
    assert shape.which == ("index", "middle", "thumb") and np.allclose(tips[:2, 0], 0.0, atol=0.02)
    assert tips[0, 1] > 0.2 > abs(tips[1, 1]), "the index finger is on the positive side"
    assert (shape.tips(robot.pose("fist"))[:2, 0] > 0.1).all(), "fingers bend out of the palm"
    assert 0.1 < np.linalg.norm(shape.tips(robot.pose("pinch"))[0] - shape.tips(robot.pose("pinch"))[2]) < 0.25


def test_a_gripper_takes_the_distance_of_index_finger_and_thumb_alone(every_hand):
    shape, shown = HandShape(every_hand["parallel_gripper"]), HandShape(every_hand["leap"])
    tips = shown.tips(every_hand["leap"].pose("default"))
    own = shape.own(tips, shown.which)
    found = shape.tips(shape.solve(own, every_hand["parallel_gripper"].pose("open")))
    assert own.shape == (2, 3) and np.linalg.norm(own[1] - own[0]) == pytest.approx(np.linalg.norm(tips[3] - tips[0]))
    assert found == pytest.approx(own, abs=0.02)


def test_a_finger_that_the_other_hand_lacks_does_as_its_neighbour(every_hand):
    leap = every_hand["leap"]
    five = leap.model_copy(update={"fingertips": {**leap.fingertips, "little": Fingertip(link="rf_ds")}})
    shape, three = HandShape(five), HandShape(every_hand["dex3_right"])
    assert shape.which == ("index", "middle", "ring", "little", "thumb")
    tips = three.tips(every_hand["dex3_right"].pose("fist"))
    own = shape.own(tips, three.which)
    assert (own[[0, 1, 4]] == tips).all()
    bases = shape.shared(shape._bases)
    assert own[2] - own[1] == pytest.approx(bases[2] - bases[1]) and own[3] == pytest.approx(own[2])


def test_what_is_no_hand_and_a_link_that_there_is_not_are_named(hands):
    with pytest.raises(DataError, match="fingertips.index"):
        HandShape(hands["leap"].model_copy(update={"fingertips": {}}))
    strange = {**hands["leap"].fingertips, "pinky": Fingertip(link="rf_ds")}
    with pytest.raises(DataError, match="fingertips.pinky is none of index, middle, ring, little, thumb"):
        HandShape(hands["leap"].model_copy(update={"fingertips": strange}))
    wrong = {**hands["leap"].fingertips, "ring": Fingertip(link="little")}
    with pytest.raises(DataError, match="'little'"):
        HandShape(hands["leap"].model_copy(update={"fingertips": wrong}))
