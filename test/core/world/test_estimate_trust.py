"""What is too old or too uncertain is unknown, and the reason says so."""

import math

import pytest

from skill_stack.core.robot_state import BaseKnowledge
from skill_stack.core.robots.estimation import EstimationSpec
from skill_stack.core.world.estimate_trust import motion_doubt, place_doubt

SPEC = EstimationSpec(age_limit=0.5, position_limit=2.0, heading_limit=0.6)


def test_what_is_fresh_and_certain_is_believed():
    base = BaseKnowledge("legs", 0.02, 0.3, 0.05, 0.05)
    assert motion_doubt(base, SPEC) == place_doubt(base, SPEC) == ""
    assert place_doubt(BaseKnowledge("odometry", 0.0), SPEC) == ""


@pytest.mark.parametrize(
    ("base", "why", "moves"),
    [
        (BaseKnowledge("legs", 0.7, 0.1, 0.1, 0.1), "by legs is 0.70 s old, limit 0.5 s", False),
        (BaseKnowledge("none", math.inf), "nothing measures how the base moves", False),
        (BaseKnowledge("legs", 0.0, 3.0, 0.1, 0.1), "known within 3.0 m, limit 2 m", True),
        (BaseKnowledge("legs", 0.0, 0.1, 0.9, 0.1), "known within 0.90 rad, limit 0.6 rad", True),
        (BaseKnowledge("legs", 0.0, 1e3, 1e3, 0.1), "known nowhere near", True),
        (BaseKnowledge("legs", math.nan, 0.1, 0.1, 0.1), "by legs", False),
        (BaseKnowledge("legs", 0.0, math.nan, 0.1, 0.1), "the position by legs", True),
    ],
)
def test_what_is_not_is_unknown(base, why, moves):
    assert why in place_doubt(base, SPEC)
    assert (motion_doubt(base, SPEC) == "") is moves


def test_a_velocity_that_nothing_tells_is_unknown_and_the_place_is_not():
    carried = BaseKnowledge("legs", 0.0, 0.1, 0.1, 1.0)
    assert motion_doubt(carried, SPEC) == "the velocity by legs is known within 1.0 m/s, limit 0.8 m/s"
    assert place_doubt(carried, SPEC) == ""
    assert motion_doubt(BaseKnowledge("legs", 0.0, 0.1, 0.1, math.nan), SPEC)
