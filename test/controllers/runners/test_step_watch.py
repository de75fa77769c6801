"""StepWatch: what planted feet cannot bear makes a robot step, and what upsets a halt makes it step on."""

import math

import numpy as np
import pytest

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.runners.step_watch import SETTLES, STAYS, SWINGS, TILTED, TOPPLES, StepWatch

WAKE, CALM, STEPPING = 0.15, -2.0, 0.4
LEVEL = (1.0, 0.0, 0.0, 0.0)


def reading(velocity=(0.0, 0.0), place=(0.0, 0.0), tilt=0.0, arm=0.0, yaw=0.0, at=0.0):
    gravity = (math.sin(tilt), 0.0, -math.cos(tilt))
    turned = (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
    return FastEstimate(
        at, numbers_of([0.0, 0.0, arm], [0.0] * 3, gravity=gravity), None, 0.0, True, "",
        lambda: (*velocity, 0.0), lambda: ((*place, 0.7), turned),
    )  # fmt: skip


@pytest.fixture
def watch():
    return StepWatch(WAKE, np.array([2]))


def test_a_calm_robot_stays_and_a_fast_or_tilted_one_steps(watch):
    assert not watch.steps(reading((0.1, 0.0)), CALM, 0.0)
    assert watch.steps(reading((0.0, 0.16)), CALM, 0.0)
    assert watch.steps(reading(tilt=TILTED + 0.01), CALM, 0.0)
    assert not watch.steps(reading(tilt=TILTED - 0.01), CALM, 0.0)


def test_displacement_counts_as_the_speed_with_which_it_will_topple(watch):
    watch.steps(reading(), CALM, 0.0)
    away = WAKE / TOPPLES
    assert not watch.steps(reading(place=(0.9 * away, 0.0)), CALM, 0.0)
    assert watch.steps(reading(place=(1.1 * away, 0.0)), CALM, 0.0)
    assert not watch.steps(reading((-0.1, 0.0), (1.1 * away, 0.0)), CALM, 0.0), "it is on its way back"
    assert not watch.steps(reading((0.0, 0.1), (1.1 * away, 0.0), yaw=-math.pi / 2), CALM, 0.0) == (
        watch.steps(reading((0.0, -0.1), (1.1 * away, 0.0), yaw=-math.pi / 2), CALM, 0.0)
    ), "places are in odom, speeds ahead and to the left"
    watch.steps(reading(place=(1.0, 0.0)), STEPPING, 0.0)
    assert not watch.steps(reading(place=(1.0, 0.0)), CALM, 0.0), "it counts from where it came to a halt"


def test_what_the_legs_give_way_is_no_displacement(watch):
    back = 0.05
    assert not watch.steps(reading(), CALM, 0.0)
    assert not watch.steps(reading((-0.1, 0.0), (-back, 0.0)), CALM, 0.0, -back, -0.1)
    assert watch.steps(reading((-0.1, 0.0), (-back, 0.0)), CALM, 0.0), "nobody asked for it"


def test_who_stays_displaced_does_not_topple(watch):
    away = 0.9 * WAKE / TOPPLES
    watch.steps(reading(), CALM, 0.0)
    for tick in range(round(2 * STAYS / 0.02)):
        assert not watch.steps(reading(place=(away, 0.0), at=0.02 * tick), CALM, 0.0)
    assert not watch.steps(reading(place=(1.5 * away, 0.0), at=2 * STAYS), CALM, 0.0), "it counts from there"
    assert watch.steps(reading(place=(2.5 * away, 0.0), at=2 * STAYS), CALM, 0.0)


def test_feet_that_were_just_set_down_upset_speed_but_not_tilt(watch):
    assert not watch.steps(reading((0.9, 0.0)), -SETTLES / 2, 0.0)
    assert watch.steps(reading(tilt=0.3), -SETTLES / 2, 0.0)


def test_a_robot_that_steps_goes_on_until_it_is_slow_and_upright(watch):
    assert not watch.steps(reading((0.2, 0.0)), STEPPING, 0.0)
    assert watch.steps(reading((0.31, 0.0)), STEPPING, 0.0) == SWINGS, "it swings from foot to foot"
    assert watch.steps(reading(tilt=0.25), STEPPING, 0.0) == math.inf


def stepped(watch, arm, clock_left, cycles=3, ticks=25):
    """Whether the clock has to run in the last tick of some cycles of the gait."""
    phases = np.arange(cycles * ticks) / ticks
    return [watch.steps(reading(arm=arm(phase)), clock_left, phase % 1.0) for phase in phases][-1]


def test_it_steps_on_while_an_arm_is_on_its_way_but_is_not_woken_by_it(watch):
    assert stepped(watch, lambda phase: 0.1 * phase, STEPPING)
    assert not stepped(watch, lambda phase: 0.1 * phase, CALM)
    assert not stepped(watch, lambda phase: 0.1 * math.sin(2 * math.pi * phase), STEPPING), "its own steps shake it"
    watch.forget()
    assert not stepped(watch, lambda phase: 0.5, STEPPING)


def test_one_that_drives_all_joints_waits_for_nobody():
    assert not stepped(StepWatch(WAKE, np.array([], int)), lambda phase: phase, STEPPING)
