"""Reading and writing a Unitree robot at 500 Hz, against a robot of its own in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.benchmarks.devices.device_cycles import START_WITHIN, cycles, start
from skill_stack.benchmarks.devices.unitree_echo import READY
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row, percentile
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels

RATE = 500.0
LIMIT = 300.0  # µs per cycle
CASES = (("go2", True), ("g1", True), ("g1", False))
"""Robots, and whether messages are packed by hand."""
_DOMAINS = (140, 80)  # first one, and how many: private ones, by process


def measure(seconds: float) -> list[Row]:
    """Cycles of each robot, with messages packed by hand; beside it by the serializer, which is the fallback.

    Args:
        seconds: How long all take together, s.

    Raises:
        SkillStackError: ``cyclonedds`` is missing, or the robot's process did not come up.
    """
    return [row for robot, packed in CASES for row in _measure(robot, packed, seconds / len(CASES))]


def _measure(name: str, packed: bool, seconds: float) -> list[Row]:
    robot = load_robot(Resources.from_environment(os.environ).robot(name))
    domain = _DOMAINS[0] + os.getpid() % _DOMAINS[1]
    with _echo(name, domain) as seen, tempfile.TemporaryDirectory() as folder:
        channels = RobotChannels.open(Path(folder) / "block", robot)
        settings = {"interface": "lo", "domain": domain, "release": "unasked", "listen": 0.2, "packed": packed}
        driver = open_driver(robot, "unitree", channels, channels.words.take_lease("control"), settings)
        try:
            start(driver, RATE)
            measured = cycles(driver, robot, RATE, round(seconds * RATE))
            counts = dict(driver.health.counts)
        finally:
            driver.close()
            channels.close()
    way = "" if packed else " by the serializer"
    reads, writes = measured.reads, measured.writes
    both = reads + writes
    rows = [
        median_row(f"{name}{way}: read and write", both, "µs", 1e6, LIMIT if packed else None),
        Row(f"{name}{way}: the same, p99", 1e6 * percentile(both, 99.0), "µs"),
    ]
    if packed:
        damaged = seen["damaged"] + seen["wrong_machine"] + counts.get("damaged", 0)
        rows += [
            median_row(f"{name}: read", reads, "µs", 1e6),
            median_row(f"{name}: write", writes, "µs", 1e6),
            Row(f"{name}: cycles with a new state", 100.0 * float(np.mean(measured.news)), "%"),
            Row(f"{name}: messages that the other end refused", float(damaged), "messages", 0.0, note=_saw(seen)),
        ]
    return rows


def _saw(seen: dict[str, Any]) -> str:
    return f"of {seen['commands']} commands and {seen['states']} states"


@contextmanager
def _echo(name: str, domain: int) -> Iterator[dict[str, Any]]:
    """The robot in another process; what it saw is in the dictionary afterwards."""
    module = "skill_stack.benchmarks.devices.unitree_echo"
    command = [sys.executable, "-m", module, "--robot", name, "--domain", str(domain)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    seen: dict[str, Any] = {}
    try:
        if process.stdout.readline().strip() != READY:
            raise SkillStackError(f"the process that plays the {name} did not come up")
        yield seen
    finally:
        process.terminate()
        said = process.communicate(timeout=START_WITHIN)[0]
        if said.strip():
            seen.update(json.loads(said))
