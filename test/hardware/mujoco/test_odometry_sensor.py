import math

import numpy as np
import pytest

from skill_stack.core.robots.robot import SensorSpec
from skill_stack.hardware.mujoco.odometry_sensor import OdometrySensor

SPEC = SensorSpec(
    odometry_scale=0.01, odometry_heading_scale=0.01, odometry_heading_drift=0.001, odometry_walk=0.005,
    odometry_velocity_noise=0.02,
)  # fmt: skip


def circle(sensor, radius=1.0, seconds=60.0, dt=0.02, speed=0.5, start=(3.0, -1.0, 2.0), rng=None):
    """Drives circles from some start; gives the last report and the true pose in the frame of the start."""
    x0, y0, yaw0 = start
    rate = speed / radius
    for n in range(round(seconds / dt) + 1):
        turned = rate * n * dt
        forward, left = radius * math.sin(turned), radius * (1 - math.cos(turned))
        c, s = math.cos(yaw0), math.sin(yaw0)
        wander = tuple((0.005 * rng.standard_normal(2)).tolist()) if rng else (0.0, 0.0)
        sensor.move(x0 + c * forward - s * left, y0 + s * forward + c * left, yaw0 + turned, dt, wander)
    return np.array([sensor.x, sensor.y]), np.array([forward, left]), turned


def test_a_perfect_sensor_reports_the_path_from_its_own_origin():
    sensor = OdometrySensor(SPEC, 0.0, np.random.default_rng(1))
    measured, true, turned = circle(sensor)
    np.testing.assert_allclose(measured, true, atol=1e-3)
    assert math.remainder(sensor.yaw - turned, 2 * math.pi) == pytest.approx(0.0, abs=1e-9)


def test_errors_stay_within_what_is_declared_and_are_not_zero():
    errors = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        sensor = OdometrySensor(SPEC, 1.0, rng)
        measured, true, turned = circle(sensor, rng=rng)
        errors.append(np.linalg.norm(measured - true))
        heading = abs(math.remainder(sensor.yaw - turned, 2 * math.pi))
        assert heading <= 0.01 * turned + 0.001 * 60 + 1e-6
    assert max(errors) < 1.5 and np.median(errors) > 0.01


def test_the_same_seed_gives_the_same_errors():
    one, two = (circle(OdometrySensor(SPEC, 1.0, np.random.default_rng(3)))[0] for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_a_robot_at_rest_does_not_wander():
    sensor = OdometrySensor(SPEC, 1.0, np.random.default_rng(1))
    for _ in range(1000):
        sensor.move(1.0, 2.0, 0.5, 0.02, (0.1, -0.1))
    assert sensor.x == sensor.y == 0.0 and abs(sensor.yaw) <= 0.001 * 20
