"""Measuring the joint offsets of a hand on a serial bus while a person holds it in a pose."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.dynamixel.bus import Bus, Silence
from skill_stack.hardware.dynamixel.registers import PRESENT, TORQUE_ENABLE
from skill_stack.hardware.dynamixel.serial_port import SerialPort
from skill_stack.hardware.dynamixel.settings import DynamixelSettings, robot_data
from skill_stack.hardware.dynamixel.units import MotorUnits

SAMPLES, BETWEEN = 50, 0.02  # readings, and s between two
TRIES = 10
"""Cycles within which a motor must answer."""
MOVED = 0.03
"""Motion during the measurement above which it is rejected, rad."""


@dataclass(frozen=True, slots=True)
class JointReading:
    """One joint.

    Attributes:
        should: Where the pose has it, rad.
        reads: Where it reads, without any calibration, rad; median.
        moved: Between the smallest and the largest reading, rad.
    """

    should: float
    reads: float
    moved: float

    @property
    def offset(self) -> float:
        """Offset of its reading, rad."""
        return self.reads - self.should


def measure_offsets(
    robot: RobotSpec,
    settings: DynamixelSettings,
    pose: str,
    ready: Callable[[], object],
    sleep: Callable[[float], object] = time.sleep,
) -> dict[str, JointReading]:
    """Switches all torque off, waits for a person, and reads the joints. Commands nothing else.

    Args:
        robot: The robot.
        settings: Where its bus is.
        pose: Named pose in which a person holds it.
        ready: Waits until the person is ready.
        sleep: Waits, s.

    Returns:
        What was read, by joint.

    Raises:
        DataError: The port cannot be opened, motors do not answer or keep their torque, or the hand moved.
    """
    should = robot.poses[pose]
    units = MotorUnits(robot, robot_data(robot))
    names = dict(zip(units.numbers, robot.joint_names, strict=True))
    with SerialPort(settings.port, settings.baud_rate, settings.reply_timeout) as port:
        bus = Bus(port)
        try:
            _let_go(bus, names, sleep)
            ready()
            rows = np.array([_read(bus, units, names, sleep) for _ in range(SAMPLES)])
        except Silence as error:
            raise DataError(f"{settings.port}: {error}") from error
    found = {}
    for name, values in zip(robot.joint_names, rows.T, strict=True):
        found[name] = JointReading(should[name], float(np.median(values)), float(np.ptp(values)))
    if moving := [f"{name} by {one.moved:.2f} rad" for name, one in found.items() if one.moved > MOVED]:
        raise DataError(f"the hand moved while it was measured: {', '.join(moving)}; hold it still, or lay it down")
    return found


def _let_go(bus: Bus, names: Mapping[int, str], sleep: Callable[[float], object]) -> None:
    """Switches torque off until every motor confirms it."""
    answers: dict[int, bytes] = {}
    for _ in range(TRIES):
        bus.write_each(TORQUE_ENABLE, tuple(names), 0)
        sleep(BETWEEN)
        answers |= bus.read_all(tuple(names), TORQUE_ENABLE) or {}
        if len(answers) == len(names) and not any(data[0] for data in answers.values()):
            return
    _complain(answers, names)
    raise DataError(f"motors keep their torque: {_told([n for n, data in answers.items() if data[0]], names)}")


def _read(bus: Bus, units: MotorUnits, names: Mapping[int, str], sleep: Callable[[float], object]) -> np.ndarray:
    """One reading of all joints, rad."""
    answers: dict[int, bytes] = {}
    for _ in range(TRIES):
        sleep(BETWEEN)
        answers = bus.read_all(units.numbers, PRESENT) or {}
        if len(answers) == len(names):
            break
    _complain(answers, names)
    measured = np.zeros((3, len(names)))
    units.measured(answers, *measured)
    return measured[0]


def _complain(answers: Mapping[int, bytes], names: Mapping[int, str]) -> None:
    """Raises DataError when motors are silent."""
    if missing := [number for number in names if number not in answers]:
        hint = "power, port and baud rate" if len(missing) == len(names) else "their cables"
        raise DataError(f"no answer from {_told(missing, names)}; look at {hint}")


def _told(numbers: list[int], names: Mapping[int, str]) -> str:
    return ", ".join(f"motor {number} ({names[number]})" for number in numbers)
