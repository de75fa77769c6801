"""Relabelling: what a run held is a goal that it reached, and the judge of goals says the same."""

import numpy as np
import pytest

from skill_stack.core.rewards.body_motion import BodyLayout, BodyMotion
from skill_stack.core.rewards.costs import judge
from skill_stack.practice.relabel import labels

LAYOUT = BodyLayout(
    joints=("a",), default=np.zeros(1), effort=np.ones(1), stand_height=0.3, feet=("FL",),
    stance=np.array([[0.2, 0.1, -0.3]]), foot_radius=np.array([0.02]),
    bodies=frozenset({"legged"}),
)  # fmt: skip
USABLE = {"base_height": (0.12, 0.36), "base_pitch": (-0.6, 0.6), "velocity_x": (-0.6, 0.9)}
DT = 0.02


def motion(height, pitch=0.0, speed=0.0) -> BodyMotion:
    """A body that moves on its one foot."""
    steps = len(height)
    pitch, speed = np.broadcast_to(pitch, steps), np.broadcast_to(speed, steps)
    zero = np.zeros(steps)
    place = np.stack([np.cumsum(speed) * DT, zero, height], -1)
    still = np.zeros((steps, 1))
    feet = place[:, None] + np.array([0.2, 0.1, 0.0]) * 1.0
    feet[..., 2] = 0.02
    return BodyMotion(
        dt=DT, place=place, orientation=np.stack([np.cos(pitch / 2), zero, np.sin(pitch / 2), zero], -1),
        linear=np.stack([speed, zero, zero], -1), angular=np.zeros((steps, 3)), position=still, velocity=still,
        torque=still, feet=feet, contact=np.ones((steps, 1), bool), tips=np.zeros((steps, 0, 3)),
    )  # fmt: skip


def sinks() -> BodyMotion:
    return motion(np.concatenate([np.full(25, 0.3), np.linspace(0.3, 0.2, 25), np.full(50, 0.2)]))


def test_what_was_held_is_a_label_that_the_judge_confirms():
    (label,) = labels(sinks(), LAYOUT, 0.6, 1.5, USABLE)
    (aim,) = label.rewards.aims
    assert aim.term == "base_height" and aim.target == pytest.approx(0.2, abs=0.015)
    assert 0.7 < label.begin < 1.1 and label.end == pytest.approx(2.0, abs=0.02)
    assert judge(label.rewards, sinks(), LAYOUT).reached


def test_rest_a_short_moment_and_what_makes_no_sense_are_no_labels():
    rest = motion(np.full(100, 0.3))
    short = motion(np.concatenate([np.full(60, 0.3), np.full(20, 0.2), np.full(20, 0.3)]))
    assert labels(rest, LAYOUT, 0.6, 1.5, USABLE) == [] == labels(short, LAYOUT, 0.6, 1.5, USABLE)
    assert labels(sinks(), LAYOUT, 0.6, 1.5, {"base_height": (0.25, 0.36)}) == []


def test_speeds_are_averaged_as_the_judge_averages_them():
    walks = motion(np.full(150, 0.3), speed=0.4 + 0.2 * np.sin(np.arange(150)))
    (label,) = labels(walks, LAYOUT, 0.6, 1.5, USABLE)
    assert label.rewards.aims[0].target == pytest.approx(0.4, abs=0.03)
    assert judge(label.rewards, walks, LAYOUT).reached
