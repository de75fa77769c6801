"""Schedules as which the networks of a blend begin."""

import numpy as np
import pytest

from skill_stack.training.blending.beginning import ACTIONS, told
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
