"""One simulated robot under several parts: samples taken apart, commands put together."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillSetpoint
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.sample_format import Measurement, SampleFormat
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.part_bus import PartBus

ROOT = Path(__file__).resolve().parents[2]
HAND = "right_hand"


@pytest.fixture(scope="module")
def robot():
    return load_robot(ROOT / "urdf" / "go2_hand")


@pytest.fixture
def channels(tmp_path, robot):
    made = [RobotChannels.open(tmp_path / "block", robot, part) for part in robot.parts]
    yield made
    for each in made:
        each.close()


def measured(robot, sequence):
    """A measurement in which every number is another one."""
    vector = np.arange(SampleFormat(robot).size, dtype=float) + 100.0
    return Measurement(sequence, True, True, 0.01 * sequence, 0.01 * sequence, 0.9, 1.5, 0.5, vector)


def command(robot, part, sample, value):
    own = np.full(robot.part(part).size, value)
    return JointCommand(own, own + 1, own + 2, own + 3, own + 4, CommandMode.ACTIVE, 1, sample)


def test_every_part_gets_its_own_joints_and_the_main_part_the_rest(robot, channels):
    bus = PartBus(robot, channels, lock_step=False)
    whole = measured(robot, 7)
    bus.write_measurement(whole)
    body, hand = (each.read_sample() for each in channels)
    places = SampleFormat(robot)
    for field in ("position", "velocity", "torque", "temperature"):
        both = whole.vector[getattr(places, field)]
        assert np.array_equal(getattr(body, field), both[:12]) and np.array_equal(getattr(hand, field), both[12:])
    assert np.array_equal(body.angular_velocity, whole.vector[places.angular_velocity])
    assert np.array_equal(body.foot_force, whole.vector[places.foot_force]) and hand.foot_force.size == 0
    assert body.odometry.yaw == 1.5 and hand.odometry is None
    assert hand.orientation.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert not hand.angular_velocity.any() and not hand.linear_acceleration.any()
    assert body.sequence == hand.sequence == 7


def test_commands_are_put_together_and_a_part_that_never_spoke_is_limp(robot, channels):
    bus = PartBus(robot, channels, lock_step=False)
    channels[1].write_command(command(robot, HAND, 7, 5.0))
    rows = bus.take(0.0).rows.reshape(5, -1)
    assert not rows[:, :12].any()
    assert rows[:, 12:].T.tolist() == [[5.0, 6.0, 7.0, 8.0, 9.0]] * 16
    channels[0].write_command(command(robot, "body", 7, 1.0))
    both = bus.take(0.0).rows.reshape(5, -1)
    assert both[0].tolist() == [1.0] * 12 + [5.0] * 16


def test_a_writer_that_died_in_the_middle_keeps_nobody_else_from_commanding(robot, channels):
    bus = PartBus(robot, channels, lock_step=False)
    channels[1].write_command(command(robot, HAND, 7, 5.0))
    bus.take(0.0)
    channels[1].write_command(command(robot, HAND, 8, 6.0))
    record = channels[1].block.records["command"]
    record._memory[record._offset + 8] ^= 0xFF  # the checksum
    channels[0].write_command(command(robot, "body", 8, 1.0))
    rows = bus.take(0.0).rows.reshape(5, -1)
    assert rows[0].tolist() == [1.0] * 12 + [5.0] * 16


def test_in_lock_step_time_waits_for_those_whose_turn_it_is(robot, channels):
    bus = PartBus(robot, channels, lock_step=True)
    bus.write_measurement(measured(robot, 1))  # both have a turn
    channels[1].write_command(command(robot, HAND, 1, 1.0))
    assert bus.take(0.0).sample != 1
    channels[0].write_command(command(robot, "body", 1, 1.0))
    assert bus.take(0.0).sample == 1
    bus.write_measurement(measured(robot, 2))  # the hand alone: it is twice as fast
    assert channels[0].read_sample().sequence == 1 and channels[1].read_sample().sequence == 2
    assert bus.take(0.0) is None
    channels[1].write_command(command(robot, HAND, 2, 1.0))
    assert bus.take(0.0).sample == 2
    bus.write_measurement(measured(robot, 3))
    assert channels[0].read_sample().sequence == 3


def test_time_may_pass_as_far_as_every_part_agrees(robot, channels):
    bus = PartBus(robot, channels, lock_step=True)
    channels[0].write_setpoint(SkillSetpoint("", 1, 3.0, "body", "connector", ()))
    assert bus.read_setpoint_end() == 3.0  # nobody speaks for the hand yet
    channels[1].write_setpoint(SkillSetpoint("", 1, 2.0, HAND, "connector", ()))
    assert bus.read_setpoint_end() == 2.0


def test_in_lock_step_rates_must_fit_together(robot, channels):
    with pytest.raises(DataError, match="rate of part 'body' .70 Hz. must divide the fastest one .100 Hz."):
        PartBus(robot.at_rate(70.0), channels, lock_step=True)
    PartBus(robot.at_rate(70.0), channels, lock_step=False)


def test_the_body_carries_the_weight_of_the_hand(robot):
    device = MujocoDevice(robot, set_up(load_scene(ROOT / "config" / "scenes" / "playground.yaml"), 0))
    alone = load_robot(ROOT / "urdf" / "go2")
    lighter = MujocoDevice(alone, set_up(load_scene(ROOT / "config" / "scenes" / "playground.yaml"), 0))
    assert device.model.body_mass.sum() - lighter.model.body_mass.sum() == pytest.approx(0.955, abs=0.01)
    hand = [device.model.actuator(name) for name in robot.parts[HAND].joints]
    assert {tuple(actuator.forcerange) for actuator in hand} == {(-0.7, 0.7)}  # not the 15 of the URDF
    noise = device._sensors._noise._sigma[SampleFormat(robot).torque]
    assert noise[0] == alone.sensors.torque_noise and noise[-1] == robot.part(HAND).sensors.torque_noise


def test_only_the_part_whose_command_is_too_old_is_damped(robot, channels):
    bus = PartBus(robot, channels, lock_step=False, limits=(0.08, 0.08))
    channels[0].write_command(command(robot, "body", 7, 1.0), 10.0)
    channels[1].write_command(command(robot, HAND, 7, 5.0), 10.0)
    assert bus.take(10.0).stamp == 10.0
    channels[0].write_command(command(robot, "body", 8, 2.0), 10.07)
    order = bus.take(10.07)
    assert not order.at_once and order.stamp == 10.0, "the oldest that is in force counts"
    order = bus.take(10.1)
    rows = order.rows.reshape(5, -1)
    assert order.at_once and order.stamp == 10.07
    assert rows[0, :12].tolist() == [2.0] * 12 and rows[3, :12].all(), "the body goes on"
    assert not rows[:4, 12:].any() and np.array_equal(rows[4, 12:], robot.part(HAND).column("damp_kd"))
    assert np.array_equal(bus.damping.reshape(5, -1)[4], robot.column("damp_kd"))
