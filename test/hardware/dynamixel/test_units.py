"""Counts on the bus and angles of the joints, there and back, without a bus."""

import struct

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.dynamixel.registers import RADIAN
from skill_stack.hardware.dynamixel.settings import robot_data
from skill_stack.hardware.dynamixel.units import MotorUnits

RESOURCES = Resources.from_environment({})
LEAP = load_robot(RESOURCES.robot("leap"), RESOURCES)
DATA = robot_data(LEAP)
REVERSED, PLAIN, OFF = LEAP.joint_names[:3]
OFFSETS = {OFF: 0.1, REVERSED: -0.05}


@pytest.fixture
def units():
    return MotorUnits(LEAP, DATA.model_copy(update={"reversed": (REVERSED,)}), OFFSETS)


def counts_of(goal):
    return struct.unpack("<i", goal)[0]


def test_a_motor_that_stands_at_its_goal_reads_the_joint_where_it_was_told(units):
    told = np.linspace(-0.4, 0.8, LEAP.size)
    goals = units.goals(told, units.numbers)
    answers = {number: struct.pack("<HIhii", 0, 0, 0, 0, counts_of(goal)) for number, goal in goals.items()}
    position, velocity, torque = np.zeros((3, LEAP.size))
    units.measured(answers, position, velocity, torque)
    assert position == pytest.approx(told, abs=1 / RADIAN)


@pytest.mark.parametrize(("joint", "turn"), [(PLAIN, 0.3), (OFF, 0.3 + 0.1), (REVERSED, -(0.3 - 0.05))])
def test_a_joint_that_reads_too_much_is_told_as_much_more(units, joint, turn):
    goal = units.goals(np.full(LEAP.size, 0.3), [DATA.motors[joint]])[DATA.motors[joint]]
    assert counts_of(goal) == pytest.approx((DATA.zero + turn) * RADIAN, abs=0.51)


def test_speed_and_torque_turn_with_the_joint(units):
    answers = {DATA.motors[joint]: struct.pack("<HIhii", 0, 0, 100, 10, 2048) for joint in (PLAIN, REVERSED)}
    position, velocity, torque = np.ones((3, LEAP.size))
    units.measured(answers, position, velocity, torque)
    turned, plain = (LEAP.joint_names.index(joint) for joint in (REVERSED, PLAIN))
    assert velocity[plain] == -velocity[turned] > 0 and torque[plain] == -torque[turned] > 0
    assert position[LEAP.joint_names.index(OFF)] == 1.0, "a motor that did not answer keeps its place"
    assert velocity[LEAP.joint_names.index(OFF)] == torque[LEAP.joint_names.index(OFF)] == 0.0
