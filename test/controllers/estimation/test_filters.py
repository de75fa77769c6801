import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from skill_stack.controllers.estimation.attitude_filter import AttitudeFilter, matrix, turn
from skill_stack.controllers.estimation.contact_estimator import ContactEstimator, Hysteresis
from skill_stack.controllers.estimation.joint_velocity_filter import JointVelocityFilter
from skill_stack.core.robots.estimation import EstimationSpec
from skill_stack.core.rotation import from_yaw, rotate_inverse

SPEC = EstimationSpec()
PERIOD = 0.02


def test_a_joint_filter_is_quieter_than_what_it_is_fed_and_keeps_up():
    rng, joints = np.random.default_rng(1), JointVelocityFilter(SPEC, PERIOD)
    errors, raw = [], []
    for step in range(400):
        time = step * PERIOD
        angle, speed = 0.3 * math.sin(2 * time), 0.6 * math.cos(2 * time)
        measured = speed + SPEC.velocity_noise * rng.standard_normal(3)
        joints.update((angle + SPEC.encoder_noise * rng.standard_normal(3)).tolist(), measured.tolist(), PERIOD)
        errors.append(np.array(joints.velocity) - speed)
        raw.append(measured - speed)
    assert np.std(errors) < 0.9 * np.std(raw)
    assert abs(np.mean(errors)) < 0.05


def test_a_joint_that_jumps_is_followed_at_once():
    joints = JointVelocityFilter(SPEC, PERIOD)
    joints.update([0.0], [0.0], 0.0)
    joints.update([0.0], [0.0], PERIOD)
    joints.update([0.1], [10.0], PERIOD)
    assert joints.velocity == [10.0] and joints.acceleration[0] == pytest.approx(500.0)


@pytest.mark.parametrize("seconds", [0.0, -1.0, 5.0])
def test_a_joint_filter_begins_anew_after_a_gap(seconds):
    joints = JointVelocityFilter(SPEC, PERIOD)
    joints.update([0.0], [0.0], 0.0)
    joints.update([1.0], [0.5], seconds)
    assert joints.velocity == [0.5] and joints.acceleration == [0.0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.0, 60.0), min_size=1, max_size=60))
def test_between_the_thresholds_nothing_changes(forces):
    hysteresis, before = Hysteresis(25.0, 15.0, 1), False
    for force in forces:
        after = hysteresis.update([force])[0]
        assert after == (before if 15.0 <= force <= 25.0 else force > 25.0)
        before = after


def test_a_force_that_is_no_number_keeps_the_contact():
    hysteresis = Hysteresis(25.0, 15.0, 2)
    hysteresis.update([50.0, 0.0])
    assert hysteresis.update([math.nan, math.nan]) == [True, False]


def test_the_last_standing_foot_stays_where_no_other_stands():
    hysteresis = Hysteresis(100.0, 80.0, 2, 16.0)
    assert hysteresis.update([200.0, 150.0]) == [True, True]
    assert hysteresis.update([200.0, 50.0]) == [True, False]
    assert hysteresis.update([50.0, 50.0]) == [True, False]
    assert hysteresis.update([50.0, 150.0]) == [False, True]
    assert hysteresis.update([0.0, 15.0]) == [False, False]


def test_contacts_by_both_begin_only_when_both_say_so(go2, tools):
    contacts = ContactEstimator(tools.on_legs(go2, contact="both"))
    assert contacts.update([40.0, 40.0, 0.0, 0.0], [40.0, 0.0, 40.0, 0.0]) == [True, False, False, False]
    assert contacts.needs_torque and not ContactEstimator(tools.on_legs(go2)).needs_torque


def test_thresholds_the_wrong_way_round_are_an_error():
    with pytest.raises(ValidationError, match="contact_off"):
        EstimationSpec(contact_on=10.0, contact_off=20.0)


def test_the_attitude_filter_is_quieter_than_the_imu_and_follows_turns():
    rng, attitude = np.random.default_rng(2), AttitudeFilter(SPEC)
    true, errors, raw = (1.0, 0.0, 0.0, 0.0), [], []
    for step in range(500):
        rate = (0.5 * math.sin(step * PERIOD), 0.3, 1.0)
        true = turn(true, *(PERIOD * value for value in rate)) if step else true
        measured = turn(true, *(SPEC.tilt_noise * rng.standard_normal(3)))
        found = attitude.update(measured, rate, PERIOD)
        errors.append(1.0 - abs(np.dot(found, true)))
        raw.append(1.0 - abs(np.dot(measured, true)))
    assert np.mean(errors[50:]) < 0.4 * np.mean(raw[50:])


def test_the_attitude_filter_takes_either_sign_of_a_quaternion():
    attitude = AttitudeFilter(SPEC)
    attitude.update(tuple(from_yaw(0.3)), (0.0, 0.0, 0.0), PERIOD)
    off = 0.2
    for step in range(100):
        sign = 1.0 if step % 2 else -1.0
        found = attitude.update(tuple(sign * from_yaw(0.5)), (0.0, 0.0, 0.0), PERIOD)
        before, off = off, 2 * math.acos(min(abs(np.dot(found, from_yaw(0.5))), 1.0))
        assert off <= before + 1e-6, f"measurement {step} turned it away"
    assert off < 0.02


def test_the_matrix_turns_from_the_base_to_the_world():
    rng = np.random.default_rng(4)
    q, v = rng.normal(size=4), rng.normal(size=3)
    q /= np.linalg.norm(q)
    np.testing.assert_allclose(rotate_inverse(q, np.array(matrix(tuple(q))) @ v), v, atol=1e-12)
