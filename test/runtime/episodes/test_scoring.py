"""Judging on truth: what passes, and what is named when it does not."""

import dataclasses
import math

import numpy as np
import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.scene import SceneObject
from skill_stack.runtime.episodes.scoring import judge, nose_up_angle

BALL = SceneObject("red_ball", "ball", (2.0, 0.0, 0.12), 0.0, "sphere", (0.24, 0.24, 0.24))
TABLE = SceneObject("table", "table", (2.0, 0.0, 0.25), 0.0, "box", (1.0, 0.6, 0.5))


def orientation(yaw=0.0, pitch=0.0):
    """A heading, then the nose raised by ``pitch``."""
    half, up = yaw / 2, -pitch / 2
    return np.array(
        [
            math.cos(half) * math.cos(up),
            -math.sin(half) * math.sin(up),
            math.cos(half) * math.sin(up),
            math.sin(half) * math.cos(up),
        ]
    )


def truth(x=1.5, y=0.0, yaw=0.0, pitch=0.37, speed=0.0, turn=0.0, fallen=False):
    return Truth(
        0,
        0.0,
        np.array([x, y, 0.25]),
        orientation(yaw, pitch),
        np.array([speed, 0, 0]),
        np.array([0, 0, turn]),
        np.ones(4, bool),
        fallen,
    )


def test_a_robot_that_sits_at_the_ball_passes():
    verdict = judge("seated_at", [truth()] * 50, BALL)
    assert verdict.passed, verdict.reason
    assert verdict.reason == ""
    assert verdict.measured["distance"] == pytest.approx(0.5)
    assert verdict.measured["pitch"] == pytest.approx(0.37)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"x": 1.35}, "centre"),
        ({"yaw": 0.4}, "past"),
        ({"pitch": 0.05}, "nose"),
        ({"pitch": -0.37}, "nose"),
        ({"speed": 0.2}, "moves"),
        ({"turn": 0.5}, "turns"),
        ({"fallen": True}, "fallen"),
    ],
)
def test_one_bad_moment_fails_and_is_named(change, word):
    verdict = judge("seated_at", [*[truth()] * 49, truth(**change)], BALL)
    assert not verdict.passed
    assert word in verdict.reason


def test_a_standing_robot_is_near_but_not_seated():
    standing = [truth(pitch=0.02)]
    assert judge("near", standing, BALL).passed
    assert not judge("seated", standing, BALL).passed


def test_wide_things_count_by_their_outline():
    assert judge("near", [truth(x=1.05)], TABLE).passed
    assert not judge("near", [truth(x=0.9)], TABLE).passed


@pytest.mark.parametrize("yaw", [0.0, 1.0, -2.5])
def test_the_nose_is_measured_whatever_the_heading(yaw):
    assert nose_up_angle(truth(yaw=yaw, pitch=0.3)) == pytest.approx(0.3)


def test_nothing_to_judge_and_unknown_judges_are_errors():
    with pytest.raises(DataError, match="nothing"):
        judge("near", [], BALL)
    with pytest.raises(UnknownName, match="seated_at"):
        judge("dance", [truth()], BALL)
    assert dataclasses.is_dataclass(judge("near", [truth()], BALL))
