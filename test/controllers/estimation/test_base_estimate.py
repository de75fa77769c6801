"""The estimator of a robot whose base motion comes from its legs."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers.estimation.estimator import Estimator
from skill_stack.controllers.estimation.leg_kinematics import LegKinematics
from skill_stack.core.rotation import from_yaw, yaw_of
from skill_stack.core.sensor_sample import Odometry
from skill_stack.core.world.estimate_trust import motion_doubt, place_doubt

SENSOR = Odometry(np.array([3.0, 2.0, 0.3]), 0.5, np.array([0.4, 0.0, 0.0]), 0.0)


@pytest.fixture
def feed(go2, tools):
    return tools.Feed(tools.on_legs(go2))


def test_a_robot_that_stands_still_does_not_move(feed, go2):
    state = feed(300)
    np.testing.assert_allclose(state.base_velocity, 0.0, atol=1e-6)
    np.testing.assert_allclose(state.base_position[:2], 0.0, atol=1e-6)
    assert state.base_position[2] == pytest.approx(go2.stand_height, abs=0.05)
    assert state.contact.all() and state.valid


def test_it_begins_at_the_origin_with_heading_zero(feed):
    state = feed(5, orientation=from_yaw(2.0))
    assert yaw_of(state.orientation) == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(state.base_position[:2], 0.0, atol=1e-6)


def test_every_value_has_its_source_and_age(go2, tools):
    feed = tools.Feed(tools.on_legs(go2, contact="both", joint_velocity="filtered"))
    sources = feed(3).sources
    assert {name: source.name for name, source in sources.items()} == {
        "position": "encoders",
        "velocity": "joint_filter",
        "orientation": "imu_filter",
        "angular_velocity": "imu",
        "base_position": "legs",
        "base_velocity": "legs",
        "contact": "both",
    }
    assert all(source.age == 0.0 for source in sources.values())


@pytest.mark.parametrize(
    ("field", "contact"),
    [
        ("linear_acceleration", "foot_force"),
        ("foot_force", "foot_force"),
        ("torque", "joint_torque"),
        ("torque", "both"),
    ],
)
def test_values_that_are_not_finite_leave_the_estimate_as_it_was(go2, tools, field, contact):
    feed = tools.Feed(tools.on_legs(go2, contact=contact))
    before = feed(10)
    broken = np.full_like(getattr(feed.estimator.last.sample, field), math.nan)
    state = feed(3, **{field: broken})
    np.testing.assert_array_equal(state.base_velocity, before.base_velocity)
    assert state.sources["base_velocity"].age == pytest.approx(0.06) and state.sources["position"].age == 0.0
    assert feed(20).sources["base_velocity"].age == 0.0


def test_a_blind_tick_keeps_the_estimate_and_ages_it(feed):
    before = feed(10)
    feed.step += 2
    state = feed.take(None)
    assert not state.valid and state.sources["base_velocity"].age == pytest.approx(0.04)
    np.testing.assert_array_equal(state.base_position, before.base_position)


def test_asked_twice_it_says_the_same(feed):
    feed(10)
    reading = feed.estimator.last
    first, second = feed.estimator.complete(reading), feed.estimator.complete(reading)
    np.testing.assert_array_equal(first.base_velocity, second.base_velocity)
    np.testing.assert_array_equal(first.base_position, second.base_position)


def test_a_robot_that_tips_over_its_front_feet_moves_about_them_wherever_its_imu_is(feed, go2, tools):
    """A rigid body that rolls over its feet: the base moves by the angular velocity and the way from the ground."""
    rate, legs = 0.5, LegKinematics(go2)
    legs.take(go2.pose("default"), [0.0] * go2.size)
    front = [legs.foot(index).position for index, foot in enumerate(go2.feet) if foot.name in ("FL", "FR")]
    assert len(front) == 2 and np.abs(np.array(legs.imu)).max() > 0.02, "else nothing is to be seen"
    bears = np.array([40.0 if foot.name in ("FL", "FR") else 0.0 for foot in go2.feet])
    for step in range(10):
        pitch = rate * tools.PERIOD * step
        state = feed(
            orientation=np.array([math.cos(pitch / 2), 0.0, math.sin(pitch / 2), 0.0]),
            angular_velocity=np.array([0.0, rate, 0.0]),
            linear_acceleration=9.81 * np.array([-math.sin(pitch), 0.0, math.cos(pitch)]),
            foot_force=bears,
        )
    down = np.array([-math.sin(-pitch), 0.0, -math.cos(pitch)])
    contact = np.mean(front, axis=0) + go2.feet[0].radius * down
    expected = -np.cross([0.0, rate, 0.0], contact)
    np.testing.assert_allclose(state.base_velocity[0], expected[0], atol=0.01)


def test_a_humanoid_that_leans_over_planted_feet_moves_though_its_joints_are_slow(g1, tools):
    """Its weight goes aside at 0.14 m/s by joints that turn slower than those of a robot at rest may."""
    feed, legs, rate = tools.Feed(tools.on_legs(g1, contact="foot_force")), LegKinematics(g1), 0.2
    leaning = np.array([name.endswith(("hip_roll_joint", "ankle_roll_joint")) for name in g1.joint_names])
    velocity = rate * leaning * np.where([name.endswith("hip_roll_joint") for name in g1.joint_names], 1.0, -1.0)
    feed(50)
    for step in range(1, 36):
        posture = g1.pose("default") + velocity * tools.PERIOD * step
        state = feed(position=posture, velocity=velocity)
    before, after = (legs.take(at, [0.0] * g1.size) or legs.foot(0).position[1] for at in (g1.pose("default"), posture))
    assert abs(after - before) > 0.08
    assert state.base_position[1] == pytest.approx(before - after, abs=0.01)


def test_a_lifted_robot_coasts(feed):
    feed(20)
    sure = feed.motion.last.velocity_deviation
    state = feed(20, foot_force=np.zeros(4), linear_acceleration=np.array([1.0, 0, 9.81]), angular_velocity=np.ones(3))
    assert not state.contact.any()
    assert feed.motion.last.velocity_deviation > 3 * sure
    assert math.hypot(*state.base_velocity) > 0.1


def test_a_robot_on_its_belly_rests(feed):
    state = feed(500, foot_force=np.zeros(4), linear_acceleration=np.array([0.1, 0.05, 9.85]))
    assert np.abs(state.base_velocity).max() < 0.02 and np.abs(state.base_position[:2]).max() < 0.05


def test_a_robot_that_swings_from_a_gantry_has_no_velocity_and_says_so(feed):
    sure = feed(20).base
    swings = {"foot_force": np.zeros(4), "angular_velocity": np.array([0.0, 0.3, 0.0])}
    state = feed(1000, linear_acceleration=np.array([0.5, 0.0, 9.6]), **swings)
    assert np.abs(state.base_velocity).max() < 0.2, "the IMU turns about the base, no more"
    assert motion_doubt(state.base, feed.robot.estimation) and not motion_doubt(sure, feed.robot.estimation)
    assert state.base.position > sure.position + 0.3, "it may have been carried"
    stands = feed(20)
    assert not motion_doubt(stands.base, feed.robot.estimation) and stands.base.position > sure.position + 0.3


def test_a_robot_that_falls_is_fast(feed):
    feed(20)
    falls = feed(25, foot_force=np.zeros(4), linear_acceleration=np.array([0.0, 0.0, 0.1]))
    assert falls.base_velocity[2] < -4.5 and not motion_doubt(falls.base, feed.robot.estimation)


def test_a_device_that_begins_anew_is_at_the_origin_again(feed):
    feed(20)
    feed(50, velocity=feed.robot.by_name(dict.fromkeys(feed.robot.joint_names, 1.0)))
    assert np.abs(feed.estimator.complete(feed.estimator.last).base_velocity).max() > 0.05
    feed.estimator.forget()
    feed.step = 0
    state = feed(1, orientation=from_yaw(-1.0))
    np.testing.assert_allclose(state.base_position[:2], 0.0, atol=1e-6)
    assert state.task_time == pytest.approx(0.02) and yaw_of(state.orientation) == pytest.approx(0.0, abs=1e-9)


def test_a_gap_does_not_carry_it_away(feed):
    before = feed(20)
    feed.step += 100
    state = feed(20)
    np.testing.assert_allclose(state.base_position, before.base_position, atol=1e-3)


def test_auto_takes_the_odometry_sensor_where_there_is_one(go2, tools):
    robot = tools.on_legs(go2, base="auto")
    assert tools.Feed(robot)(5, odometry=SENSOR).sources["base_velocity"].name == "odometry"
    assert tools.Feed(robot)(5).sources["base_velocity"].name == "legs"


def test_auto_does_not_change_its_mind(go2, tools):
    feed = tools.Feed(tools.on_legs(go2, base="auto"))
    feed(5, odometry=SENSOR)
    assert feed(1).sources["base_velocity"].name == "none"


def test_legs_do_not_look_at_the_odometry_sensor(feed):
    state = feed(5, odometry=SENSOR)
    assert state.sources["base_position"].name == "legs" and np.abs(state.base_position[:2]).max() < 1e-6


def test_odometry_alone_needs_no_kinematics(go2, tools):
    assert tools.Feed(tools.on_legs(go2, base="odometry")).motion is None


def test_without_a_urdf_auto_still_serves_a_device_with_odometry(go2, tools):
    lost = go2.model_copy(update={"source": go2.source.model_copy(update={"urdf": "nowhere.urdf"})})
    state = tools.Feed(tools.on_legs(lost, base="auto"))(2, odometry=SENSOR)
    assert state.sources["base_velocity"].name == "odometry"
    assert tools.Feed(tools.on_legs(lost, base="auto"))(2).sources["base_velocity"].name == "none"
    with pytest.raises(Exception, match="nowhere.urdf"):
        Estimator(tools.on_legs(lost))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_noise_alone_does_not_move_it(go2, tools, seed):
    rng, feed = np.random.default_rng(seed), tools.Feed(tools.on_legs(go2))
    spec = go2.sensors
    for _ in range(100):
        feed.step += 1
        sample = tools.standing(go2, feed.step)
        state = feed.take(
            dataclasses.replace(
                sample,
                position=sample.position + spec.encoder_noise * rng.standard_normal(12),
                velocity=spec.velocity_noise * rng.standard_normal(12),
                angular_velocity=spec.gyro_noise * rng.standard_normal(3),
                linear_acceleration=sample.linear_acceleration + spec.accelerometer_noise * rng.standard_normal(3),
            )
        )
    assert np.abs(state.base_velocity).max() < 0.1 and np.abs(state.base_position[:2]).max() < 0.02


def test_foot_sensors_that_are_not_looked_at_may_be_missing(go2, tools):
    feed = tools.Feed(tools.on_legs(go2, contact="joint_torque"))
    assert feed(3, foot_force=np.full(4, math.nan)).sources["base_velocity"].age == 0.0


@pytest.mark.parametrize(("base", "odometry"), [("legs", SENSOR), ("auto", SENSOR), ("auto", None), ("odometry", None)])
def test_policies_see_the_velocity_that_the_state_carries(go2, tools, base, odometry):
    feed = tools.Feed(tools.on_legs(go2, base=base))
    feed(10, velocity=np.full(12, 0.3), odometry=odometry)
    reading = feed.estimator.read(
        tools.standing(go2, 11, velocity=np.full(12, 0.4), odometry=odometry), 11 * tools.PERIOD, 11 * tools.PERIOD
    )
    seen = list(reading.base_velocity())
    np.testing.assert_allclose(seen, feed.estimator.complete(reading).base_velocity)
    assert any(seen) == (base != "odometry")


def test_a_restarted_process_goes_on_from_the_last_place(go2, tools):
    first = tools.Feed(tools.on_legs(go2))
    turned = from_yaw(0.8)
    first(10, orientation=from_yaw(0.3))
    before = dataclasses.replace(first(60, orientation=turned), base_position=np.array([2.0, -1.0, 0.3]))
    assert yaw_of(before.orientation) == pytest.approx(0.5, abs=0.02)
    second = tools.Feed(tools.on_legs(go2))
    second.estimator.resume(before)
    blind = second.take(None)
    assert not blind.sources
    second.step = first.step + 100
    after = second(1, orientation=turned)
    assert yaw_of(after.orientation) == pytest.approx(yaw_of(before.orientation), abs=0.02)
    np.testing.assert_allclose(after.base_position[:2], [2.0, -1.0], atol=0.01)
    spec = go2.estimation
    assert after.base.position >= before.base.position + spec.gap_noise + 1.9 * spec.gap_speed
    assert after.base.source == "legs" and place_doubt(after.base, spec) == ""


def test_a_place_that_could_not_be_read_is_lost(feed, go2):
    feed.estimator.resume(None)
    state = feed(3)
    assert "nowhere near" in place_doubt(state.base, go2.estimation)


def test_a_device_that_began_anew_meanwhile_is_at_its_start(go2, tools):
    first, second = (tools.Feed(tools.on_legs(go2)) for _ in range(2))
    second.estimator.resume(first(50))
    state = second(1, orientation=from_yaw(1.0))
    assert yaw_of(state.orientation) == pytest.approx(0.0, abs=1e-9)
    assert state.base.position < 0.1


def test_filters_may_take_fewer_samples_than_come(go2, tools):
    feed = tools.Feed(tools.on_legs(go2, rate=10.0))
    assert [round(feed(1).base.age, 3) for _ in range(11)] == [0.0, 0.02, 0.04, 0.06, 0.08] * 2 + [0.0]


def test_a_lost_place_is_known_again_once_it_is_stated(go2, tools):
    feed = tools.Feed(tools.on_legs(go2))
    feed.estimator.resume(None)
    lost = feed(50)
    assert place_doubt(lost.base, feed.robot.estimation)
    feed.estimator.restate(0.2, 0.1)
    known = feed(1)
    assert place_doubt(known.base, feed.robot.estimation) == ""
    assert known.base.position == pytest.approx(0.2, abs=0.02)
    assert known.base.heading == pytest.approx(0.1, abs=0.01)
    np.testing.assert_allclose(known.base_position, lost.base_position, atol=1e-6)  # odom goes on as it was
    later = feed(200)
    assert later.base.position >= known.base.position - 1e-6
    np.testing.assert_allclose(later.base_velocity, 0.0, atol=1e-3)


MEASURED = ("position", "velocity", "angular_velocity", "linear_acceleration", "torque", "foot_force")


@settings(max_examples=60)
@given(
    st.sampled_from(MEASURED), st.sampled_from(("foot_force", "both")),
    st.floats(1e9, 1.7e308), st.lists(st.sampled_from((-1.0, 1.0)), min_size=12, max_size=12),
)  # fmt: skip
def test_numbers_that_nothing_measures_do_not_raise_and_leave_nothing_behind(go2, tools, field, contact, size, signs):
    feed = tools.Feed(tools.on_legs(go2, contact=contact, joint_velocity="filtered"))
    before = feed(20)
    plain = getattr(tools.standing(go2, 1), field)
    feed(2, **{field: size * np.resize(signs, plain.shape)})
    state = feed(20)
    assert state.valid and state.contact.tolist() == before.contact.tolist()
    np.testing.assert_allclose(state.base_velocity, before.base_velocity, atol=0.05)
