from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import UnknownName
from skill_stack.core.joint_command import CommandMode, JointCommand, damping
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import gravity_in_base, yaw_of
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import FloorPatch, SceneSetup, load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

ROOT = Path(__file__).parents[3]
ROBOT = load_robot(ROOT / "urdf" / "go2")
EMPTY = SceneSetup(name="empty", seed=1, start=Pose2(1.0, -2.0, 0.7), objects=())


WITH_ODOMETRY = ROBOT.model_copy(update={"sensors": ROBOT.sensors.model_copy(update={"odometry": True})})


def hold(pose, kp=60.0, kd=3.0):
    n, zero = ROBOT.size, np.zeros(ROBOT.size)
    return JointCommand(ROBOT.pose(pose), zero, zero, np.full(n, kp), np.full(n, kd), CommandMode.ACTIVE)


def run(setup, periods=50):
    device = MujocoDevice(WITH_ODOMETRY, setup)
    samples = []
    for _ in range(periods):
        device.step(hold("default"))
        samples.append(device.sample())
    return samples, device.truth()


def as_numbers(samples):
    return np.array([np.concatenate((s.position, s.velocity, s.orientation, s.odometry.position)) for s in samples])


def test_the_same_seed_gives_the_same_run_bit_for_bit():
    scene = load_scene(ROOT / "config" / "scenes" / "playground.yaml")
    (first, truth), (again, truth_again) = run(set_up(scene, 4)), run(set_up(scene, 4))
    np.testing.assert_array_equal(as_numbers(first), as_numbers(again))
    np.testing.assert_array_equal(truth.position, truth_again.position)
    other, _ = run(set_up(scene, 5))
    assert not np.array_equal(as_numbers(first), as_numbers(other))


def test_begins_lying_and_limp_at_its_start():
    device = MujocoDevice(ROBOT, EMPTY)
    truth = device.truth()
    assert device.time == 0.0 and truth.position[2] < 0.15
    np.testing.assert_allclose(truth.position[:2], [1.0, -2.0], atol=1e-9)
    assert yaw_of(truth.orientation) == pytest.approx(0.7, abs=0.05)
    device.advance(200)
    assert np.abs(device.data.actuator_force).max() == 0.0


def test_does_as_it_is_told_and_goes_on_for_ever():
    device = MujocoDevice(ROBOT, EMPTY)
    device.receive(hold("default"))
    device.advance(600)
    assert device.truth().position[2] == pytest.approx(ROBOT.stand_height, abs=0.03)
    assert device.sample().task_time == pytest.approx(3.0)
    device.receive(damping(ROBOT.pose("default"), ROBOT.column("damp_kd")))
    device.advance(600)
    assert device.truth().position[2] < 0.15


def test_a_command_waits_for_the_latency():
    device = MujocoDevice(ROBOT, EMPTY.model_copy(update={"latency": 0.01}))
    device.receive(hold("default"))
    device.advance(2)
    assert np.abs(device.data.actuator_force).max() == 0.0
    device.advance(1)
    assert np.abs(device.data.actuator_force).max() > 1.0


def test_torque_stays_within_the_joints_efforts():
    device = MujocoDevice(ROBOT, EMPTY)
    device.receive(hold("default", kp=500.0, kd=0.0))
    for _ in range(100):
        device.advance()
        assert np.all(np.abs(device.data.actuator_force) <= ROBOT.column("effort") + 1e-9)


def test_without_noise_sensors_tell_the_truth():
    device = MujocoDevice(WITH_ODOMETRY, EMPTY.model_copy(update={"noise": 0.0}))
    for _ in range(100):
        device.step(hold("default"))
        sample, truth = device.sample(), device.truth()
    joints = [device.model.joint(name).qposadr[0] for name in ROBOT.joint_names]
    np.testing.assert_array_equal(sample.position, device.data.qpos[joints])
    # The IMU is one physics step behind.
    np.testing.assert_allclose(gravity_in_base(sample.orientation), gravity_in_base(truth.orientation), atol=1e-3)
    np.testing.assert_allclose(sample.angular_velocity, truth.angular, atol=0.02)
    c, s = np.cos(0.7), np.sin(0.7)
    x, y = truth.position[:2] - [1.0, -2.0]
    # A frame of its own that begins where the robot began, however that was turned while it settled.
    np.testing.assert_allclose(sample.odometry.position[:2], [c * x + s * y, c * y - s * x], atol=5e-3)
    np.testing.assert_allclose(sample.odometry.position[2], truth.position[2])


def test_sensors_do_not_tell_where_the_robot_began():
    elsewhere = EMPTY.model_copy(update={"start": Pose2(-3.0, 4.0, -2.0)})
    here, there = (MujocoDevice(WITH_ODOMETRY, setup).sample() for setup in (EMPTY, elsewhere))
    np.testing.assert_allclose(here.odometry.position, there.odometry.position, atol=1e-3)
    assert here.odometry.yaw == there.odometry.yaw == 0.0
    assert abs(yaw_of(here.orientation) - yaw_of(there.orientation)) < 0.02


def test_a_device_without_an_odometry_sensor_reports_none():
    assert not ROBOT.sensors.odometry and MujocoDevice(ROBOT, EMPTY).sample().odometry is None


def test_noise_is_as_declared():
    device = MujocoDevice(ROBOT, EMPTY)
    device.receive(damping(ROBOT.pose("lie"), ROBOT.column("damp_kd")))
    device.advance(400)
    samples = []
    for _ in range(400):
        device.advance()
        samples.append(device.sample())
    spec = ROBOT.sensors
    steps = np.diff([s.position for s in samples], axis=0)  # what the joints still creep does not count
    assert 0.7 < np.std(steps) / (np.sqrt(2) * spec.encoder_noise) < 1.3
    gyro = np.array([s.angular_velocity for s in samples])
    assert 0.7 < np.std(gyro) / spec.gyro_noise < 1.3


def test_asked_twice_it_says_the_same():
    device = MujocoDevice(ROBOT, EMPTY)
    one, two = device.sample(), device.sample()
    assert one.sequence == two.sequence
    np.testing.assert_array_equal(one.position, two.position)
    first = device.sample().sequence
    device.advance()
    assert device.sample().sequence == first + 1


def test_a_sample_has_task_time_although_the_same_was_measured_by_another_clock():
    device = MujocoDevice(ROBOT, EMPTY)
    device.advance()
    measured = device.measure(1e4)
    sample = device.sample()
    assert (sample.sequence, sample.stamp) == (measured.sequence, device.time)
    assert measured.stamp == device.measure(2e4).stamp == 1e4, "what was told already stays as it was"


def test_work_warms_motors_and_drains_the_battery():
    device = MujocoDevice(ROBOT, EMPTY)
    before = device.sample()
    for _ in range(100):
        device.step(hold("default"))
        after = device.sample()
    assert after.temperature.max() > before.temperature.max() and after.battery < before.battery


def test_an_unknown_pose_names_the_others():
    with pytest.raises(UnknownName, match="default"):
        MujocoDevice(ROBOT, EMPTY, pose="handstand")


def test_preparing_changes_no_measurement_and_a_sample_keeps_its_numbers():
    setup = set_up(load_scene(ROOT / "config" / "scenes" / "playground.yaml"), 2)
    plain, prepared = MujocoDevice(WITH_ODOMETRY, setup), MujocoDevice(WITH_ODOMETRY, setup)
    plain_samples, prepared_samples = [], []
    for _ in range(150):  # more than are drawn together, and looks at temperature and charge
        for device, samples in ((plain, plain_samples), (prepared, prepared_samples)):
            device.step(hold("default"))
            samples.append(device.sample())
        prepared.prepare()
    np.testing.assert_array_equal(as_numbers(plain_samples), as_numbers(prepared_samples))
    assert [s.battery for s in plain_samples] == [s.battery for s in prepared_samples]
    assert plain_samples[-1].battery < 1.0 and plain_samples[-1].temperature.max() > 35.0
    assert not np.array_equal(plain_samples[0].position, plain_samples[1].position)


@pytest.mark.parametrize(
    "rate, substeps", [(25.0, 8), (50.0, 4), (60.0, 4), (200.0, 1), (300.0, 1), (500.0, 1), (1000.0, 1)]
)
def test_the_physics_step_divides_the_control_period_of_every_rate(rate, substeps):
    device = MujocoDevice(ROBOT.at_rate(rate), EMPTY)
    assert device.substeps == substeps and device.model.opt.timestep <= 0.005 + 1e-12
    for _ in range(3):
        device.step(hold("lie"))
    assert device.time == pytest.approx(3.0 / rate, abs=1e-12)
    assert device.data.time == pytest.approx(device.time, abs=1e-9)


def test_the_robot_slides_on_a_slippery_patch_and_not_beside_it():
    def slides(*patches):
        setup = SceneSetup(name="slope", seed=0, start=Pose2(0.0, 0.0, 0.0), objects=(), patches=patches)
        device = MujocoDevice(ROBOT, setup)
        device.model.opt.gravity[:] = (2.0, 0.0, -9.5)  # a floor that slopes by a fifth
        device.advance(200)
        return float(device.data.qvel[0]) > 1.0

    wet = FloorPatch(position=(0.0, 0.0), size=(4.0, 4.0), friction=0.02)
    assert slides(wet)
    assert not slides()
    assert not slides(wet.model_copy(update={"position": (9.0, 0.0)}))


def test_damping_that_is_forced_waits_for_no_latency_and_for_nothing_on_its_way():
    setup = EMPTY.model_copy(update={"latency": 0.02})
    device = MujocoDevice(ROBOT, setup)
    size = ROBOT.size
    stiff = np.concatenate((ROBOT.pose("default"), np.zeros(2 * size), np.full(size, 20.0), np.ones(size)))
    device.receive_rows(stiff, 1.0)
    device.advance(2)
    assert not device.driven
    device.advance(4)
    assert device.driven and device.stamp == 1.0
    device.receive_rows(stiff, 2.0)
    device.force_rows(np.concatenate((np.zeros(4 * size), np.ones(size))), 3.0)
    device.advance(20)
    assert not device.driven and device.stamp == 3.0
