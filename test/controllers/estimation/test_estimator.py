import math
from dataclasses import replace

import numpy as np
import pytest

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.core.rotation import from_yaw, gravity_in_base, rotate_inverse, yaw_of
from skill_stack.core.sensor_sample import Odometry

RNG = np.random.default_rng(5)


def quaternion():
    q = RNG.normal(size=4)
    return q / np.linalg.norm(q)


def estimate(robot, sample, now=0.0):
    estimator = Estimator(robot)
    return estimator.complete(estimator.read(sample, now, now))


def product(a, b):
    w, x, y, z = a
    rows = [[w, -x, -y, -z], [x, w, -z, y], [y, z, w, -x], [z, -y, x, w]]
    return np.array(rows) @ b


def test_roll_and_pitch_from_the_imu_heading_from_odometry(robot, kit):
    tilted = product(from_yaw(2.0), np.array([math.cos(0.1), math.sin(0.1), 0, 0]))
    odometry = Odometry(np.array([1.0, 2, 0.3]), -0.7, np.array([0.1, 0, 0]), 0.2)
    state = estimate(robot, kit.upright(robot, 1, 0.0, orientation=tilted, odometry=odometry), 0.004)
    assert yaw_of(state.orientation) == pytest.approx(-0.7)
    assert state.tilt == pytest.approx(0.2)
    np.testing.assert_allclose(state.projected_gravity, gravity_in_base(state.orientation), atol=1e-12)
    np.testing.assert_array_equal(state.base_position, [1, 2, 0.3])
    assert state.sources["base_position"].name == "odometry" and state.sources["orientation"].name == "imu"
    assert state.sources["position"].age == pytest.approx(0.004) and state.contact.all()


def test_without_odometry_the_position_has_no_source(robot, kit):
    state = estimate(robot, kit.upright(robot, 1, 0.0, orientation=from_yaw(0.4), odometry=None))
    assert state.valid and yaw_of(state.orientation) == pytest.approx(0.4)
    assert state.sources["base_position"].name == "none" and state.sources["base_position"].age == math.inf


def test_an_imu_that_is_mounted_askew(robot, kit):
    for _ in range(20):
        mount, base, rate = quaternion(), quaternion(), RNG.normal(size=3)
        askew = robot.model_copy(
            update={"sensors": robot.sensors.model_copy(update={"imu_rotation": tuple(mount.tolist())})}
        )
        sample = kit.upright(
            robot, 1, 0.0, orientation=product(base, mount), angular_velocity=rotate_inverse(mount, rate), odometry=None
        )
        state = estimate(askew, sample)
        np.testing.assert_allclose(abs(state.orientation @ base), 1.0)
        np.testing.assert_allclose(state.angular_velocity, rate, atol=1e-12)
        np.testing.assert_allclose(state.projected_gravity, gravity_in_base(base), atol=1e-12)


def test_feet_carry_load_above_the_declared_force(robot, kit):
    feet = np.array([robot.sensors.contact_force + 1, robot.sensors.contact_force - 1])
    assert estimate(robot, kit.upright(robot, 1, 0.0, foot_force=feet)).contact.tolist() == [
        True,
        False,
    ]


def test_keeps_the_last_values_when_it_goes_blind(robot, kit):
    estimator = Estimator(robot)
    estimator.read(kit.upright(robot, 1, 0.0, position=np.full(4, 0.3)), 0.0, 0.0)
    state = estimator.complete(estimator.read(None, 0.02, 0.02))
    assert not state.valid and state.reason and state.position.tolist() == [0.3] * 4 and state.task_time == 0.02


@pytest.mark.parametrize("made", [np.float32, lambda values: np.repeat(values, 2)[::2], lambda values: values.tolist()])
def test_other_kinds_of_vectors_give_the_same_estimate(robot, kit, made):
    sample = kit.upright(robot, 1, 0.0, position=RNG.uniform(-1, 1, robot.size).astype(np.float32).astype(float))
    other = replace(sample, position=made(sample.position), velocity=made(sample.velocity))
    expected, got = Estimator(robot).read(sample, 0.0, 0.0), Estimator(robot).read(other, 0.0, 0.0)
    assert got.valid
    np.testing.assert_array_equal(got.numbers, expected.numbers)


@pytest.mark.parametrize(
    ("now", "mono", "age"),
    [(1.2, 1.0, 0.2), (1.0, 1.2, 0.2)],
    ids=["by task time", "by monotonic time, while task time stands still"],
)
def test_a_sample_is_as_old_as_the_older_of_its_clocks_says(robot, kit, now, mono, age):
    sample = kit.upright(robot, 7, 1.0)
    assert robot.safety.sample_age < age and Estimator(robot).read(sample, 1.0, 1.0).valid
    reading = Estimator(robot).read(sample, now, mono)
    assert not reading.valid and f"is late with sample 7: {age:.3f} s old" in reading.reason
