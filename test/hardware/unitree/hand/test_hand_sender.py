"""Commands as a hand receives them, in time that the test states."""

import numpy as np
import pytest
from dex3.messages import HandCmd

from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.unitree.hand.hand_sender import HandSender
from skill_stack.hardware.unitree.hand.settings import hand_data, place_settings


class Wire:
    """Keeps what is sent, or takes nothing."""

    heard = True

    def __init__(self):
        self.sent, self.broken = [], False

    def send(self, data):
        if not self.broken:
            self.sent.append(HandCmd.deserialize(data))
        return not self.broken

    def column(self, field):
        return [getattr(motor, field) for motor in self.sent[-1].motor_cmd]


@pytest.fixture
def robot():
    return load_robot(Resources.from_environment({}).robot("dex3_right"))


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def sender(robot, wire):
    return HandSender(robot, hand_data(robot), place_settings({"gain_ramp": 0.5}), wire)


def command(robot, mode=CommandMode.ACTIVE):
    count = np.arange(robot.size)
    return JointCommand(0.1 * count, 0.2 * count, -0.3 * count, 1.5 + count, 0.1 + count, mode)


def test_every_motor_has_its_number_and_its_joints_numbers(robot, sender, wire):
    sender.send(command(robot), 0.0)
    sender.send(command(robot), 9.0)
    motors = robot.driver_data["unitree_hand"]["motors"]
    assert wire.column("mode") == [0x90 + motor for motor in range(7)]
    for field, scale, offset in (("q", 0.1, 0), ("dq", 0.2, 0), ("tau", -0.3, 0), ("kp", 1, 1.5), ("kd", 1, 0.1)):
        found = wire.column(field)
        for place, joint in enumerate(robot.joint_names):
            assert found[motors[joint]] == pytest.approx(scale * place + offset)


def test_position_gains_grow_from_zero_when_damping_ends(robot, sender, wire):
    for begin in (10.0, 20.0):
        for later, share in ((0.0, 0.0), (0.1, 0.2), (0.4, 0.8), (0.5, 1.0), (0.6, 1.0)):
            sender.send(command(robot), begin + later)
            assert wire.column("kp")[0] == pytest.approx(1.5 * share)
            assert wire.column("kd")[0] == pytest.approx(0.1)
        sender.damp()


def test_damping_opposes_motion_alone(robot, sender, wire):
    sender.send(command(robot), 0.0)
    sender.damp(np.full(robot.size, np.nan))
    for field in ("q", "dq", "tau", "kp"):
        assert wire.column(field) == [0.0] * 7
    assert wire.column("kd") == pytest.approx(robot.column("damp_kd"))
    assert {mode & 0x80 for mode in wire.column("mode")} == {0x80}
    sender.damp(clear=True)
    assert {mode & 0x80 for mode in wire.column("mode")} == {0}


def test_what_the_network_does_not_take_is_counted(robot, sender, wire):
    wire.broken = True
    sender.damp()
    sender.send(command(robot), 0.0)
    assert sender.unsent == 2
