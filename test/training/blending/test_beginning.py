"""Schedules as which the networks of a blend begin."""

import numpy as np
import pytest

from skill_stack.training.blending.beginning import ACTIONS, scheduled, told
from skill_stack.training.blending.settings import Beginning

ONE = Beginning(away=0.5, stays=0.3, far={"walk": 2.0}, near={"stand": 2.0}, calm={"stand": 2.0, "reach": 3.0})


def shares(ahead, **more):
    """Walk, stand and reach of a schedule."""
    row = told(ONE, "blended", np.array([ahead]), **more)[0]
    return [row[ACTIONS.index(name)] for name in ("walk", "stand", "reach")]


def test_who_walks_stops_nearer_than_who_stands_goes_on():
    assert shares(0.65) == pytest.approx([2.0, 0.0, 0.0], abs=0.1)
    assert shares(0.65, walks=False) == pytest.approx([0.0, 2.0, 0.0], abs=0.1)
    assert shares(0.95, walks=False) == pytest.approx([2.0, 0.0, 0.0], abs=0.1)


def test_planted_feet_have_a_blend_of_their_own_near_the_target_only():
    assert shares(0.3, calm=True) == pytest.approx([0.0, 2.0, 3.0], abs=0.1)
    assert shares(0.9, calm=True) == pytest.approx([2.0, 0.0, 0.0], abs=0.1)
    without = ONE.model_copy(update={"calm": None})
    assert told(without, "blended", np.array([0.3]), calm=True)[0][ACTIONS.index("reach")] == 0.0


def test_what_is_held_is_brought_to_where_it_is_over_its_place_and_not_the_robot():
    one = ONE.model_copy(update={"held": Beginning(away=0.15, far={"walk": 2.0}, near={"stand": 2.0})})
    seen = {"calm": 0.0, "walks": 1.0, "held": 1.0, "aside": 0.0}
    over, before, aside = (scheduled(one, "blended", {**seen, "ahead": ahead, "aside": side})[0][ACTIONS.index("walk")]
                           for ahead, side in ((0.32, 0.0), (0.7, 0.0), (0.0, 0.4)))  # fmt: skip
    assert over == pytest.approx(0.0, abs=0.1) and before == pytest.approx(2.0, abs=0.1) == aside
    assert scheduled(one, "blended", {**seen, "held": 0.0, "ahead": 0.32})[0][ACTIONS.index("stand")] > 0.0
