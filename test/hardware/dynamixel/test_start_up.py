"""In what state start-up hands motors over, with registers in place of a bus."""

import struct

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.dynamixel.registers import (
    BUS_WATCHDOG,
    GOAL_CURRENT,
    MODEL_NUMBER,
    OPERATING_MODE,
    POSITION_GAINS,
    TORQUE_ENABLE,
)
from skill_stack.hardware.dynamixel.settings import place_settings, robot_data
from skill_stack.hardware.dynamixel.start_up import DynamixelStartUp

RESOURCES = Resources.from_environment({})
LEAP = load_robot(RESOURCES.robot("leap"), RESOURCES)
DATA = robot_data(LEAP)
NAMES = {DATA.motors[name]: name for name in LEAP.joint_names}


class Registers:
    """Motors that answer at once; remembers what was written, in order."""

    def __init__(self):
        self.motors = {number: bytearray([7] * 160) for number in NAMES}
        for memory in self.motors.values():
            struct.pack_into("<H", memory, MODEL_NUMBER.address, next(iter(DATA.models)))
        self.written = []

    def read_all(self, numbers, register):
        return {number: self.get(number, register) for number in numbers}

    def get(self, number, register):
        return bytes(self.motors[number][register.address : register.address + register.size])

    def write_each(self, register, numbers, value):
        self.written.append(register)
        for number in numbers:
            begin = register.address
            self.motors[number][begin : begin + register.size] = value.to_bytes(register.size, "little")


@pytest.fixture
def bus():
    return Registers()


def started(bus, place=lambda _: "", **settings):
    start = DynamixelStartUp(bus, DATA, place_settings({"port": "/dev/tty0", **settings}), NAMES, place)
    for _ in range(20):
        start.turn()
    return start


@pytest.mark.parametrize(("watchdog", "counts"), [(0.1, 5), (2.5, 125)])
def test_every_motor_that_is_driven_lets_go_by_itself_when_the_bus_falls_silent(bus, watchdog, counts):
    assert started(bus, watchdog=watchdog).ready
    assert {bus.get(number, BUS_WATCHDOG) for number in NAMES} == {bytes([counts])}
    assert {bus.get(number, TORQUE_ENABLE) for number in NAMES} == {b"\1"}


def test_torque_is_switched_on_last_and_without_a_gain(bus):
    assert started(bus).ready
    on = len(bus.written) - 1 - bus.written[::-1].index(TORQUE_ENABLE)
    assert {POSITION_GAINS, GOAL_CURRENT, OPERATING_MODE} <= set(bus.written[:on])
    assert set(bus.written[on + 1 :]) <= {BUS_WATCHDOG}
    assert {bus.get(number, POSITION_GAINS) for number in NAMES} == {bytes(6)}


def test_motors_that_stand_in_the_wrong_place_stay_without_torque(bus):
    start = started(bus, lambda _: "if_dip stands elsewhere")
    assert not start.ready and start.reason == "if_dip stands elsewhere"
    assert {bus.get(number, TORQUE_ENABLE) for number in NAMES} == {b"\0"}
