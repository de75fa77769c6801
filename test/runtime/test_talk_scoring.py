"""Judging tasks with words in between on the whole way that the robot took."""

import numpy as np
import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robot import Footprint
from skill_stack.core.rotation import from_yaw
from skill_stack.core.scene import SceneObject
from skill_stack.core.truth_channel import Truth
from skill_stack.evaluation.talk_suite import Check
from skill_stack.runtime.talk_scoring import problems

FOOT = Footprint(front=0.35, back=0.4, side=0.2)
BALL = SceneObject("ball", "ball", (2.0, 0.0, 0.1), shape="sphere", size=(0.2, 0.2, 0.2))
BOX = SceneObject("box", "box", (0.0, 3.0, 0.1), shape="sphere", size=(0.2, 0.2, 0.2))
THINGS = {"ball": BALL, "box": BOX}


def truth(t, x, y=0.0, yaw=0.0, speed=0.0, z=0.3, fallen=False):
    return Truth(
        int(50 * t), t, np.array([x, y, z]), from_yaw(yaw), np.array([speed, 0.0, 0.0]), np.zeros(3),
        np.ones(4, bool), fallen,
    )  # fmt: skip


WAY = [truth(0.1 * k, 0.05 * k, speed=0.5 if k < 15 else 0.3) for k in range(31)]  # to 1.5 m in 3 s


def judged(way=WAY, said_at=(), **check):
    return problems([Check.model_validate(check)], way, said_at, THINGS, FOOT)


@pytest.mark.parametrize(
    ("check", "good"),
    [
        ({"kind": "near", "objects": ["ball"]}, True),
        ({"kind": "near", "objects": ["box"]}, False),
        ({"kind": "facing", "objects": ["ball"]}, True),
        ({"kind": "facing", "objects": ["box"]}, False),
        ({"kind": "gap", "objects": ["ball"], "least": 0.0, "most": 0.2}, True),
        ({"kind": "gap", "objects": ["ball"], "least": 0.2, "most": 0.5}, False),
        ({"kind": "standing"}, True),
        ({"kind": "seated"}, False),
        ({"kind": "visited", "objects": ["ball"]}, True),
        ({"kind": "visited", "objects": ["ball", "box"]}, False),
        ({"kind": "avoided", "objects": ["box"]}, True),
        ({"kind": "avoided", "objects": ["ball"]}, False),
        ({"kind": "moved", "value": 1.5}, True),
        ({"kind": "moved", "value": 1.0}, False),
        ({"kind": "moved", "value": 1.5, "aside": 0.5}, False),
        ({"kind": "turned", "value": 0.0}, True),
        ({"kind": "turned", "value": 1.0}, False),
    ],
)
def test_what_happened_decides(check, good):
    assert (judged(**check) == []) is good


def test_turning_is_counted_beyond_half_a_turn():
    way = [truth(0.1 * k, 0.0, yaw=0.2 * k) for k in range(24)]
    assert judged(way, kind="turned", value=4.6, tolerance=0.1) == []


def test_the_pace_after_the_words_counts_against_that_before():
    assert judged(said_at=[1.4], kind="slower") == []
    assert judged(said_at=[1.4], kind="faster", factor=1.1)
    assert judged(kind="slower") == ["nothing was said in between"]


def test_a_fall_is_never_right():
    assert judged([*WAY, truth(3.2, 1.5, fallen=True)], kind="standing") == ["the robot fell"]


def test_nothing_and_unknown_things_cannot_be_judged():
    with pytest.raises(DataError):
        judged([], kind="standing")
    with pytest.raises(UnknownName, match="ball"):
        judged(kind="near", objects=["unicorn"])
