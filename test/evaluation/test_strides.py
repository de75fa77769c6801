"""Figures of a biped's walk in made-up episodes whose values are known beforehand."""

import math
import os

import numpy as np
import pytest
from episode_records import record, value

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot

G1 = load_robot(Resources.from_environment(os.environ).robot("g1"))
TIME = np.arange(301) / 50
ON_FLOOR = 0.035
"""Height of the ankle of a level sole, m."""
PERIOD = 0.8


def walker(slide=0.0, pitch=0.0, arms=-1.0, reach=0.1):
    """Feet on level ground that step in turn every 0.8 s; the hands swing with ``arms`` times the way of the feet."""
    phase = (TIME[:, None] / PERIOD + [0.0, 0.5]) % 1.0
    contact = phase < 0.6
    swing = np.clip((phase - 0.6) / 0.4, 0.0, 1.0)
    lifted = ON_FLOOR + 0.02 + 0.05 * np.sin(np.pi * swing)
    height = np.where(contact, ON_FLOOR, lifted)
    foot_ahead = 0.15 * np.cos(2 * math.pi * phase)

    def links(name, point=(0.0, 0.0, 0.0)):
        side = 0 if name.startswith("left") else 1
        if "wrist" in name:
            ahead = arms * reach / 0.3 * foot_ahead[:, side]
            return np.stack([ahead, 0 * TIME, 0 * TIME + 0.8], axis=1)
        tilt = np.where(contact[:, side], 0.0, pitch)
        ahead = slide * TIME
        if point == (0.0, 0.0, 0.0) and not slide:
            ahead = foot_ahead[:, side]
        x = ahead + np.cos(tilt) * point[0] - np.sin(tilt) * point[2]
        return np.stack(
            [x, 0 * TIME + point[1], height[:, side] + np.sin(tilt) * point[0] + np.cos(tilt) * point[2]], 1
        )

    feet = np.stack([links("left_ankle_roll_link"), links("right_ankle_roll_link")], axis=1)
    return record(robot=G1, links=links, feet=feet, contact=contact, z=0.75, ended=6.0)


@pytest.mark.parametrize("speed", [0.0, 0.05])
def test_soles_that_are_dragged_slip(speed):
    assert value("sole_slip", walker(slide=speed)) == pytest.approx([speed], abs=1e-6)


def test_what_does_not_touch_does_not_slip():
    way = walker(slide=0.3)
    assert value("sole_slip", record(robot=G1, links=way.links, contact=~way.contact, ended=6.0)) == pytest.approx(
        [0.0]
    )


def test_the_pitch_of_soles_is_that_in_the_air():
    way = walker(pitch=0.2)
    assert value("landing_pitch", way) == pytest.approx([0.2], abs=1e-6)
    assert value("leaving_pitch", way) == pytest.approx([0.0], abs=1e-6)


def test_steps_are_counted_by_time():
    assert value("step_rate", walker()) == pytest.approx([2 / PERIOD], abs=0.3)


def test_who_marks_time_makes_no_step():
    assert value("step_rate", walker(slide=1e-9)) == pytest.approx([0.0])


@pytest.mark.parametrize("arms", [-1.0, 1.0])
def test_arms_swing_against_the_legs_or_with_them(arms):
    way = walker(arms=arms, reach=0.2)
    assert value("arm_in_step", way, "wrist_yaw_link") == pytest.approx([arms], abs=1e-6)
    assert value("arm_swing", way, "wrist_yaw_link") == pytest.approx([0.2], abs=0.01)
