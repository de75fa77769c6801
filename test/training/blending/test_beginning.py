"""Schedules as which the networks of a blend begin."""

import numpy as np
import pytest

from skill_stack.connector.whole_body.learnt_mixer import ACTIONS
from skill_stack.training.blending.beginning import scheduled, told
from skill_stack.training.blending.settings import Beginning

ONE = Beginning(away=0.5, stays=0.3, far={"walk": 2.0}, near={"stand": 2.0}, calm={"stand": 2.0, "reach": 3.0})


def shares(ahead, **more):
    """Walk, stand and reach of a schedule."""
    row = told(ONE, "blended", ACTIONS, np.array([ahead]), **more)[0]
    return [row[ACTIONS.index(name)] for name in ("walk", "stand", "reach")]


def test_who_walks_stops_nearer_than_who_stands_goes_on():
    assert shares(0.65) == pytest.approx([2.0, 0.0, 0.0], abs=0.1)
    assert shares(0.65, walks=False) == pytest.approx([0.0, 2.0, 0.0], abs=0.1)
    assert shares(0.95, walks=False) == pytest.approx([2.0, 0.0, 0.0], abs=0.1)


def test_planted_feet_have_a_blend_of_their_own_near_the_target_only():
    assert shares(0.3, calm=True) == pytest.approx([0.0, 2.0, 3.0], abs=0.1)
    assert shares(0.9, calm=True) == pytest.approx([2.0, 0.0, 0.0], abs=0.1)
    without = ONE.model_copy(update={"calm": None})
    assert told(without, "blended", ACTIONS, np.array([0.3]), calm=True)[0][ACTIONS.index("reach")] == 0.0


def test_what_is_held_is_brought_to_where_it_is_over_its_place_and_not_the_robot():
    one = ONE.model_copy(update={"held": Beginning(away=0.15, far={"walk": 2.0}, near={"stand": 2.0})})
    seen = {"calm": 0.0, "walks": 1.0, "held": 1.0, "aside": 0.0}
    rows = [scheduled(one, "blended", ACTIONS, {**seen, "ahead": ahead, "aside": side})[0]
            for ahead, side in ((0.32, 0.0), (0.7, 0.0), (0.0, 0.4))]  # fmt: skip
    over, before, aside = (row[ACTIONS.index("walk")] for row in rows)
    assert over == pytest.approx(0.0, abs=0.1) and before == pytest.approx(2.0, abs=0.1) == aside
    assert scheduled(one, "blended", ACTIONS, {**seen, "held": 0.0, "ahead": 0.32})[0][ACTIONS.index("stand")] > 0.0


def test_of_a_body_with_arms_one_primitive_has_it_at_a_time_and_a_body_without_takes_what_it_is_told():
    names = (*ACTIONS[:10], "reach")
    both = Beginning(away=0.0, far={"walk": 2.0, "reach": 3.0}, near={"walk": -2.0, "stand": 2.0, "reach": 3.0})
    walks, stands = (told(both, "switched", names, np.array([ahead]))[0] for ahead in (1.0, -1.0))
    assert walks[-1] == pytest.approx(-2.0) and stands[-1] == pytest.approx(2.0)
    assert walks[names.index("walk")] == pytest.approx(1.0) and stands[names.index("stand")] == pytest.approx(1.0)
    legs = told(Beginning(away=0.0, far={"walk": 2.0}, near={}), "switched", ("vx", "walk", "pose"), np.array([1.0]))
    assert legs[0].tolist() == pytest.approx([0.0, 2.0, 0.0])
