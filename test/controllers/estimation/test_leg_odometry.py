import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers.estimation.leg_odometry import LegOdometry, OdometryStep
from skill_stack.core.robots.estimation import EstimationSpec

SPEC = EstimationSpec()
PERIOD = 0.02
FEET = ((0.2, 0.15), (0.2, -0.15), (-0.2, 0.15), (-0.2, -0.15))
STILL = (0.0, 0.0, 0.0)


def steps(x=0.0, y=0.0, vx=0.0, vy=0.0, height=0.3, stand=(0, 1, 2, 3), slip=None):
    """What feet tell that stand below a base at (x, y) that moves; `slip` adds a velocity to one of them."""
    out = [None] * 4
    for foot in stand:
        away, aside = slip[1] if slip and slip[0] == foot else (0.0, 0.0)
        out[foot] = OdometryStep(FEET[foot][0] - x, FEET[foot][1] - y, height, vx - away, vy - aside, 0.0, 0.0)
    return out


@pytest.fixture
def odometry():
    odometry = LegOdometry(SPEC, 4)
    odometry.forget((0.0, 0.0, 0.3))
    return odometry


def settle(odometry, count=20):
    for _ in range(count):
        odometry.update(STILL, PERIOD, steps(), False)


def test_a_robot_that_stands_stays(odometry):
    settle(odometry, 500)
    assert odometry.velocity == pytest.approx(STILL, abs=1e-9)
    assert odometry.position == pytest.approx((0.0, 0.0, 0.3), abs=1e-9)
    assert odometry.velocity_deviation < 0.1


def test_a_wrong_accelerometer_does_not_carry_a_standing_robot_away(odometry):
    for _ in range(500):
        odometry.update((0.2, -0.2, 0.2), PERIOD, steps(), False)
    assert max(map(abs, odometry.velocity)) < 0.02
    assert max(map(abs, odometry.position[:2])) < 0.02


@settings(max_examples=30, deadline=None)
@given(vx=st.floats(-1.0, 1.0), vy=st.floats(-0.5, 0.5))
def test_a_trot_is_measured(vx, vy):
    odometry = LegOdometry(SPEC, 4)
    odometry.forget((0.0, 0.0, 0.3))
    shift = [(0.0, 0.0)] * 4
    for tick in range(200):
        x, y = vx * PERIOD * tick, vy * PERIOD * tick
        pair = (0, 3) if (tick // 12) % 2 else (1, 2)
        if tick % 12 == 0:  # these feet are set down below the hips
            shift = [(x, y) if foot in pair else shift[foot] for foot in range(4)]
        now = [None] * 4
        for foot in pair:
            now[foot] = OdometryStep(
                FEET[foot][0] + shift[foot][0] - x, FEET[foot][1] + shift[foot][1] - y, 0.3, vx, vy, 0, 0
            )
        odometry.update(STILL, PERIOD, now, False)
    assert odometry.velocity == pytest.approx((vx, vy, 0.0), abs=0.02)
    assert odometry.position == pytest.approx((x, y, 0.3), abs=0.05 + 0.05 * math.hypot(x, y))


def test_one_slipping_foot_is_left_out(odometry):
    settle(odometry)
    before = odometry.position
    for _ in range(25):
        odometry.update(STILL, PERIOD, steps(slip=(1, (1.5, 0.0))), False)
    assert max(map(abs, odometry.velocity)) < 0.02
    assert odometry.position == pytest.approx(before, abs=0.01)


def test_a_slip_is_reported(odometry):
    settle(odometry)
    odometry.update(STILL, PERIOD, steps(slip=(1, (1.5, 0.0))), False)
    assert odometry.rejected == 1


def test_feet_that_agree_tell_a_push(odometry):
    settle(odometry)
    for _ in range(3):
        odometry.update(STILL, PERIOD, steps(vx=0.8), False)
    assert odometry.velocity[0] == pytest.approx(0.8, abs=0.1) and odometry.rejected == 0


def test_without_contacts_it_coasts_and_knows_less(odometry):
    settle(odometry)
    deviations = []
    for _ in range(25):
        odometry.update((1.0, 0.0, -9.81), PERIOD, [None] * 4, False)
        deviations.append(odometry.velocity_deviation)
    assert deviations == sorted(deviations) and deviations[-1] > 3 * deviations[0]
    assert odometry.velocity == pytest.approx((0.5, 0.0, -9.81 * 0.5), abs=0.01)
    assert odometry.position == pytest.approx((0.125, 0.0, 0.3 - 1.226), abs=0.01)


def test_it_finds_its_feet_again_after_a_flight(odometry):
    settle(odometry)
    for _ in range(25):
        odometry.update((1.0, 0.0, 0.0), PERIOD, [None] * 4, False)
    for _ in range(20):
        odometry.update(STILL, PERIOD, steps(), False)
    assert odometry.velocity == pytest.approx(STILL, abs=0.02)


def test_rest_is_a_measurement(odometry):
    for _ in range(200):
        odometry.update((0.1, 0.1, 0.1), PERIOD, [None] * 4, True)
    assert max(map(abs, odometry.velocity)) < 0.01


def test_the_covariance_stays_one(odometry):
    rng = np.random.default_rng(6)
    for _ in range(3000):
        stand = tuple(foot for foot in range(4) if rng.random() < 0.6)
        odometry.update(tuple(rng.normal(size=3)), PERIOD, steps(*rng.normal(0, 0.01, 4), 0.3, stand), False)
        spread = np.array(odometry._spread)
        assert np.allclose(spread, spread.T, atol=1e-9) and np.linalg.eigvalsh(spread).min() > -1e-9


def test_losing_hold_keeps_the_place(odometry):
    settle(odometry)
    before = odometry.position
    odometry.lose_footholds()
    assert odometry.position == pytest.approx(before) and odometry.velocity_deviation == 1.0
    settle(odometry)
    assert odometry.position == pytest.approx(before, abs=1e-3)


def test_from_a_stated_place_on_deviation_counts_anew_and_the_estimate_does_not_change():
    """The same filter seen from another point: velocity and ways to the feet are as certain as before."""
    first, second = LegOdometry(SPEC, 4), LegOdometry(SPEC, 4)
    for odometry in (first, second):
        odometry.forget((0.0, 0.0, 0.3))
        for tick in range(100):
            x = 0.4 * PERIOD * tick
            odometry.update(STILL, PERIOD, steps(x=x, vx=0.4, stand=(0, 3) if tick // 12 % 2 else (1, 2)), False)
    second.begin_here()
    assert second.position_deviation == 0.0 < first.position_deviation
    assert second.velocity_deviation == first.velocity_deviation
    for tick in range(100, 200):
        x = 0.4 * PERIOD * tick
        for odometry in (first, second):
            odometry.update(STILL, PERIOD, steps(x=x, vx=0.45, stand=(0, 3) if tick // 12 % 2 else (1, 2)), False)
        assert second.position == pytest.approx(first.position, abs=0.01)  # what is stated is not revised any more
        assert second.velocity == pytest.approx(first.velocity, abs=1e-9)
        assert min(np.linalg.eigvalsh(np.array(second._spread))) > -1e-12
    assert 0.0 < second.position_deviation < first.position_deviation


def test_a_foot_in_the_air_that_is_said_to_stand_does_not_lower_the_body(odometry):
    """Contacts by joint torques take a swinging foot for a standing one now and then."""
    settle(odometry)
    for tick in range(10):
        told = steps()
        told[2] = told[2]._replace(height=0.3 - 0.02 * min(tick, 4))
        odometry.update(STILL, PERIOD, told, False)
        assert odometry.position[2] == pytest.approx(0.3, abs=0.01)
        assert abs(odometry.velocity[2]) < 0.12


def test_a_foot_that_has_just_come_down_does_not_tell_the_height_yet(odometry):
    for _ in range(20):
        odometry.update(STILL, PERIOD, steps(stand=(0, 3)), False)
    odometry.update(STILL, PERIOD, [step and step._replace(height=0.3 + 0.02 * (n in (1, 2))) for n, step in
                                    enumerate(steps())], False)  # fmt: skip
    assert odometry.position[2] == pytest.approx(0.3, abs=1e-6)


def test_feet_that_slide_apart_are_no_push_and_feet_that_agree_are(odometry):
    settle(odometry)
    apart = steps(stand=(0, 3))
    apart[0] = apart[0]._replace(vx=1.1)
    apart[3] = apart[3]._replace(vx=0.5)
    odometry.update(STILL, PERIOD, apart, False)
    assert odometry.rejected == 2
    assert abs(odometry.velocity[0]) < 0.05
    other = LegOdometry(SPEC, 4)
    other.forget((0.0, 0.0, 0.3))
    settle(other)
    other.update(STILL, PERIOD, steps(stand=(0, 3), vx=0.6), False)
    assert other.rejected == 0
    assert other.velocity[0] == pytest.approx(0.6, abs=0.1)


def test_feet_that_slip_all_the_time_still_carry_the_height(odometry):
    """Sliding feet tell nothing of the way, but the ground is under them all the same."""
    settle(odometry)
    rng = np.random.default_rng(3)
    for _ in range(300):
        told = [step._replace(vx=float(rng.uniform(-2.0, 2.0)), vy=float(rng.uniform(-2.0, 2.0))) for step in steps()]
        odometry.update((0.0, 0.0, 0.3), PERIOD, told, False)
    assert odometry.position[2] == pytest.approx(0.3, abs=0.02)


def test_a_fall_is_believed_and_a_robot_that_hangs_does_not_fall_for_ever(odometry):
    settle(odometry)
    falls = (0.0, 0.0, -9.81)
    for _ in range(45):
        odometry.update(falls, PERIOD, [None] * 4, False)
    assert odometry.velocity[2] == pytest.approx(-9.81 * 0.9, abs=0.1) and not odometry.carried
    before = odometry.position
    for _ in range(500):
        odometry.update(falls, PERIOD, [None] * 4, False)
    assert odometry.carried and odometry.velocity == STILL
    assert odometry.velocity_deviation > SPEC.velocity_limit
    assert odometry.position == pytest.approx(before, abs=1.5)
    settle(odometry, 10)
    assert not odometry.carried and odometry.velocity_deviation < 0.2
    assert odometry.position[2] == pytest.approx(0.3, abs=0.1)


@pytest.mark.parametrize("held", ["rest", "foot"])
def test_a_robot_that_rests_or_stands_is_not_carried(odometry, held):
    for _ in range(200):
        odometry.update(STILL, PERIOD, [None] * 4 if held == "rest" else steps(stand=(2,)), held == "rest")
    assert not odometry.carried and odometry.velocity_deviation < 0.2
