"""Cycles of a driver at a fixed rate: duration of reading and writing, and share of new measurements."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.scheduling import urgent
from skill_stack.benchmarks.timing import Work, collector_frozen, paced
from skill_stack.controllers.processes.control_process import PRIORITY
from skill_stack.core.errors import SkillStackError
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray
START_WITHIN = 20.0  # s


@dataclass(frozen=True, slots=True)
class DeviceCycles:
    """What was measured.

    Attributes:
        reads: Duration of each read, s, shape (cycles,).
        writes: Duration of each write, s, shape (cycles,).
        news: Whether each read found something new, shape (cycles,).
        late: Lateness of each wake-up, s, shape (cycles,).
    """

    reads: Array
    writes: Array
    news: Array
    late: Array


def start(driver: Hardware, rate: float) -> None:
    """Reads until a driver drives; raises SkillStackError with its reason when it never does."""
    end = time.monotonic() + START_WITHIN
    while not driver.health.drives:
        driver.read()
        if time.monotonic() > end:
            raise SkillStackError(f"the driver does not start: {driver.health.reason}")
        time.sleep(1.0 / rate)


def cycles(driver: Hardware, robot: RobotSpec, rate: float, count: int) -> DeviceCycles:
    """Reads and writes at absolute deadlines, the joints swinging around their default pose.

    Args:
        driver: A driver that drives.
        robot: Its robot.
        rate: Hz.
        count: Number of cycles.
    """
    clock, zero = time.perf_counter, np.zeros(robot.size)
    kp, kd, pose = robot.column("kp"), robot.column("kd"), robot.pose("default")
    reads, writes, news = np.zeros(count), np.zeros(count), np.zeros(count, dtype=bool)
    cycle, last, command = 0, -1, JointCommand(pose, zero, zero, kp, kd, CommandMode.ACTIVE)

    def prepare() -> None:
        nonlocal command
        q = pose + 0.1 * np.sin(0.01 * cycle)
        command = JointCommand(q, zero, zero, kp, kd, CommandMode.ACTIVE, sequence=cycle)

    def run() -> None:
        nonlocal cycle, last
        begin = clock()
        sample = driver.read()
        middle = clock()
        driver.write(command)
        reads[cycle], writes[cycle] = middle - begin, clock() - middle
        assert sample is not None
        news[cycle], last = sample.sequence != last, sample.sequence
        cycle += 1

    with collector_frozen(), urgent(PRIORITY):
        _, late = paced(rate, count, Work(run, prepare))
    return DeviceCycles(reads, writes, news, late)
