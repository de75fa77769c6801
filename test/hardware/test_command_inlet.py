"""The dead-man on the device's side of shared memory: nothing old is ever in force, whoever writes and reads when."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.shared_block import remove_block
from skill_stack.hardware.command_inlet import CommandInlet, longest_silence

LIMIT = 0.08
ROBOT = load_robot(Path(__file__).parents[2] / "urdf" / "go2")


@pytest.fixture
def channels(tmp_path):
    made = RobotChannels.open(tmp_path / "block", ROBOT)
    yield made
    made.close()


def active(sample=1):
    one = np.ones(ROBOT.size)
    return JointCommand(one, 0 * one, 0 * one, 20 * one, one, CommandMode.ACTIVE, sample_sequence=sample)


def test_a_fresh_command_is_handed_on_once_and_silence_is_answered_once(channels):
    inlet = CommandInlet(channels, ROBOT, LIMIT)
    channels.write_command(active(7), 1.0)
    order = inlet.take(1.01)
    assert (order.sample, order.stamp, order.at_once) == (7, 1.0, False) and order.command.kp.all()
    assert inlet.take(1.079) is None and not inlet.silent
    damped = inlet.take(1.081).command
    assert damped.mode is CommandMode.DAMP and not damped.kp.any() and not damped.tau.any() and damped.kd.all()
    assert inlet.silent and inlet.take(5.0) is None
    channels.write_command(active(8), 6.0)
    assert inlet.take(6.0).command.kp.all(), "who commands again is obeyed again"


def test_what_came_too_late_replaces_what_was_too_old_at_once(channels):
    inlet = CommandInlet(channels, ROBOT, LIMIT)
    channels.write_command(active(), 1.0)
    inlet.take(1.0)
    channels.write_command(active(), 1.2)
    assert inlet.take(1.2).at_once


def test_an_old_command_is_not_new_because_its_reader_was_frozen(channels):
    inlet = CommandInlet(channels, ROBOT, LIMIT)
    channels.write_command(active(), 1.0)
    inlet.take(1.0)
    channels.write_command(active(), 1.02)
    assert inlet.take(4.0).command.mode is CommandMode.DAMP
    assert inlet.take(4.1) is None


@pytest.mark.parametrize("stamp", [0.0, 900.0])
def test_commands_without_a_time_or_from_the_future_are_not_obeyed(channels, stamp):
    inlet = CommandInlet(channels, ROBOT, LIMIT)
    channels.write_command(active(), stamp)
    assert inlet.take(100.0) is None and inlet.silent


def test_a_torn_record_goes_on_until_it_is_too_old(channels):
    inlet = CommandInlet(channels, ROBOT, LIMIT)
    channels.write_command(active(), 1.0)
    inlet.take(1.0)
    channels.write_command(active(), 1.02)
    record = channels.block.records["command"]
    record._memory[record._offset + 8] ^= 0xFF  # the checksum
    assert inlet.take(1.03) is None
    assert inlet.take(1.09).command.mode is CommandMode.DAMP


def test_where_time_waits_nothing_grows_old(channels):
    inlet = CommandInlet(channels, ROBOT, None)
    channels.write_command(active(), 1.0)
    assert inlet.take(1e6).command.kp.all() and inlet.take(2e6) is None


def test_a_slow_loop_is_given_its_periods():
    assert longest_silence(ROBOT) == ROBOT.safety.command_age == 0.08
    assert longest_silence(ROBOT.at_rate(10.0)) == pytest.approx(0.3)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0.0, 0.3), st.sampled_from(["write", "write late", "take", "tear"])), max_size=40))
def test_nothing_old_is_in_force_after_any_look(tmp_path, steps):
    """Writes, late writes, torn ones and looks in any order, with any pauses: judged by what was handed on last."""
    path = tmp_path / "any"
    channels = RobotChannels.open(path, ROBOT)
    inlet, now, force = CommandInlet(channels, ROBOT, LIMIT), 10.0, None
    written = now
    for pause, what in steps:
        now += pause
        if what == "write":
            written = now
            channels.write_command(active(), now)
        elif what == "write late":
            channels.write_command(active(), written)  # its writer was kept from it after it had looked at the clock
        elif what == "tear" and channels.command_counter:
            record = channels.block.records["command"]
            record._memory[record._offset + 8] ^= 0xFF
        elif what == "take":
            order = inlet.take(now)
            force = order or force
            if force is not None and force.mode is CommandMode.ACTIVE:
                assert now - force.stamp <= LIMIT + 1e-9 and inlet.stamp == force.stamp
            else:
                assert inlet.silent
    channels.close()
    remove_block(path)
