"""Answers of stand-ins: each convention gives back the place that it was given, as exactly as it can say it."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")
sys.path.insert(0, str(Path(__file__).parents[2] / "perception"))  # computed_looks.py

from computed_looks import seen, thing

from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.recognition.pointing_answers import CONVENTIONS, position_at
from skill_stack.runtime.building.pointed_picks import _answered

TOP = (0.2, 0.1, 0.47)


@pytest.fixture(scope="module")
def frame():
    table, block = (
        thing("box", "brown", 0.3, 0.0, (0.5, 0.8, 0.4)),
        thing("box", "red", 0.2, 0.1, (0.06, 0.06, 0.07), z=0.4),
    )
    return seen([table, block], Eye((1.0, 0.0, 1.1), (0.3, 0.0, 0.4)))


@pytest.mark.parametrize("convention", sorted(CONVENTIONS))
def test_an_answer_says_where_the_thing_is_and_an_error_moves_it(frame, convention):
    right = _answered(frame, TOP, convention, np.zeros(2))
    assert math.dist(position_at(frame, right), TOP) < 0.02
    off = _answered(frame, TOP, convention, np.array([40.0, 0.0]))
    assert off[0] - right[0] == pytest.approx(40.0, abs=4.0) and off[1] == right[1]
