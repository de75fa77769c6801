"""Velocities from keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.teleop.drive_keys import KEYS, DriveKeys
from skill_stack.teleop.velocity_ramp import DriveLimits

LIMITS = DriveLimits()
PERIOD = 0.05


def run(keys, seconds, start=0.0, press=""):
    """Velocity after a time; a key is repeated 20 times a second meanwhile."""
    velocity = (0.0, 0.0, 0.0)
    for step in range(round(seconds / PERIOD)):
        now = start + step * PERIOD
        if press:
            keys.press(press, now)
        velocity = keys.velocity(now)
    return velocity


@pytest.mark.parametrize(
    ("key", "wanted"),
    [("up", (0.6, 0, 0)), ("down", (-0.6, 0, 0)), ("left", (0, 0, 0.8)), ("s-right", (0, -0.6, 0)),
     ("u", (0.6, 0, 0.8))],
)  # fmt: skip
def test_a_held_key_drives_its_way(key, wanted):
    assert run(DriveKeys(LIMITS), 2.0, press=key) == pytest.approx(wanted)


def test_letting_go_ends_in_rest():
    keys = DriveKeys(LIMITS)
    run(keys, 2.0, press="up")
    assert run(keys, 0.8, start=2.0) == (0.0, 0.0, 0.0)
    assert not keys.held(2.8)


def test_a_single_press_bridges_the_time_until_the_keyboard_repeats():
    keys = DriveKeys(LIMITS)
    keys.press("up", 0.0)
    assert keys.held(0.5) and not keys.held(0.61)


def test_a_repeat_holds_for_a_short_time_only():
    keys = DriveKeys(LIMITS)
    keys.press("up", 0.0)
    keys.press("up", 0.5)
    assert keys.held(0.69) and not keys.held(0.71)


def test_space_is_rest_at_once():
    keys = DriveKeys(LIMITS)
    run(keys, 2.0, press="up")
    keys.press("space", 2.0)
    assert keys.velocity(2.0) == (0.0, 0.0, 0.0)
    assert not keys.held(2.0)


def test_plus_and_minus_stay_within_reason():
    keys = DriveKeys(LIMITS)
    for _ in range(20):
        keys.press("-", 0.0)
    assert keys.scale == pytest.approx(0.2)
    for _ in range(20):
        keys.press("+", 0.0)
    assert keys.scale == pytest.approx(1.0)
    assert not keys.press("z", 0.0)


@given(st.lists(st.tuples(st.sampled_from([*KEYS, "+", "-", "z", ""]), st.floats(0.001, 0.3)), max_size=60))
def test_no_hand_exceeds_the_limits_or_jerks_the_robot(presses):
    keys, now, before = DriveKeys(LIMITS), 0.0, (0.0, 0.0, 0.0)
    keys.velocity(now)
    for key, pause in presses:
        now += pause
        keys.press(key, now)
        velocity = keys.velocity(now)
        for value, old, top, rate in zip(velocity, before, (0.6, 0.6, 0.8), (1.2, 1.2, 2.5)):
            assert abs(value) <= top + 1e-9
            assert abs(value - old) <= rate * LIMITS.braking * pause + 1e-9
            assert abs(value) - abs(old) <= rate * pause * LIMITS.braking + 1e-9
        before = velocity
    for _ in range(200):
        now += 0.05
        before = keys.velocity(now)
    assert before == (0.0, 0.0, 0.0)
