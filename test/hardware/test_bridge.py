"""A bridge process damps its robot by itself when commands stop, whatever kept them away."""

import io
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.robots.hardware import DriverHealth
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.bridge import Bridge
from skill_stack.hardware.joint_sample import joint_sample

ROBOT = load_robot(Path(__file__).parents[2] / "urdf" / "allegro_right")


class Device:
    """Notes what it is told."""

    def __init__(self):
        self.told, self.stranger, self.drives, self.reason, self.closed = [], False, True, "", 0
        joints = np.zeros((3, ROBOT.size)) + 0.3
        self._sample = joint_sample(ROBOT, 1, 0.0, 0.0, joints, joints[0], True)

    def read(self):
        return self._sample

    def write(self, command):
        if self.stranger:
            raise LeaseRefused("somebody else commands")
        self.told.append(command)

    @property
    def health(self):
        return DriverHealth(self.drives, self.reason)

    def close(self):
        self.closed += 1

    @property
    def modes(self):
        return [command.mode for command in self.told]


@pytest.fixture
def crossing(tmp_path):
    channels, device, log = RobotChannels.open(tmp_path / "block", ROBOT), Device(), io.StringIO()
    yield Bridge(ROBOT, channels, lambda: device, ProcessLog("bridge", log)), channels, device, log
    channels.close()


def active(robot=ROBOT):
    one = np.ones(robot.size)
    return JointCommand(one, 0 * one, 0 * one, one, one, CommandMode.ACTIVE)


def test_silence_is_answered_by_damping_at_every_turn_until_somebody_commands(crossing):
    bridge, channels, device, log = crossing
    channels.write_command(active(), 1.0)
    for now in (1.0, 1.04, 1.079):
        bridge.turn(now)
    assert device.modes == [CommandMode.ACTIVE]
    for now in (1.081, 1.09, 1.1):
        bridge.turn(now)
    assert device.modes == [CommandMode.ACTIVE] + 3 * [CommandMode.DAMP]
    last = device.told[-1]
    assert not last.kp.any() and np.array_equal(last.kd, ROBOT.column("damp_kd")) and last.q.tolist() == [0.3] * 16
    assert log.getvalue().count("no commands come") == 1
    channels.write_command(active(), 1.2)
    bridge.turn(1.2)
    assert device.modes[-1] is CommandMode.ACTIVE


def test_a_bridge_that_was_frozen_passes_nothing_old_on(crossing):
    bridge, channels, device, _ = crossing
    channels.write_command(active(), 1.0)
    bridge.turn(1.0)
    channels.write_command(active(), 1.02)
    bridge.turn(3.0)
    assert device.modes == [CommandMode.ACTIVE, CommandMode.DAMP]


def test_a_device_that_does_not_drive_yet_is_told_nothing(crossing):
    bridge, _, device, _ = crossing
    device.drives = False
    bridge.turn(1.0)
    assert not device.told


def test_whom_somebody_else_commands_is_let_go_until_a_reset(crossing):
    bridge, channels, device, log = crossing
    device.stranger = True
    bridge.turn(1.0)
    device.stranger = False
    bridge.turn(2.0)
    assert not device.told and "lets the robot go" in log.getvalue()
    channels.words.request_reset("local")
    bridge.turn(3.0)
    assert device.modes == [CommandMode.DAMP]
    assert device.closed == 1, "the driver that was replaced"


def test_a_reset_counts_that_comes_before_the_first_refused_command(crossing):
    """The sample is invalid as soon as the loss is seen; a quick person resets before a command is refused."""
    bridge, channels, device, log = crossing
    bridge.turn(1.0)
    device.drives, device.reason = False, "its controller was switched off"
    bridge.turn(1.005)
    channels.words.request_reset("local")
    device.stranger = True
    channels.write_command(active(), 1.01)
    bridge.turn(1.01)
    assert "lets the robot go" in log.getvalue()
    device.stranger, device.drives, device.reason = False, True, ""
    bridge.turn(1.015)
    channels.write_command(active(), 1.02)
    bridge.turn(1.02)
    assert device.modes[-1] is CommandMode.ACTIVE and device.closed == 1


def test_a_reset_of_before_the_loss_gives_nothing_back(crossing):
    bridge, channels, device, _ = crossing
    device.drives, device.reason = False, "no joint states"
    bridge.turn(1.0)
    channels.words.request_reset("local")
    for reason in ("", "its controller was switched off"):
        device.drives, device.reason = not reason, reason
        bridge.turn(1.01)
    device.stranger = True
    channels.write_command(active(), 1.02)
    bridge.turn(1.02)
    device.stranger, device.drives, device.reason = False, True, ""
    channels.write_command(active(), 1.03)
    bridge.turn(1.03)
    assert device.modes[-1] is not CommandMode.ACTIVE and not device.closed
