"""Hands on their buses: what a cycle costs, and what becomes of a hand when its bus has a fault."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.device_cycles import cycles, start
from skill_stack.benchmarks.hand_faults import CAN, ENDINGS, SERIAL, Trial
from skill_stack.benchmarks.hand_rigs import allegro_rig, leap_rig
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row, percentile
from skill_stack.core.channels import RobotChannels
from skill_stack.core.driver import open_driver
from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.hardware.stand_ins.allegro import VirtualAllegro
from skill_stack.hardware.stand_ins.dynamixel.process import READY

LEAP_RATE, ALLEGRO_RATE = 100.0, 1000.0 / 3.0  # Hz
HELD = 1.0
"""Largest share of cycles that may end after their period, %."""
SHARE = 0.2
"""Share of the time that each hand's cycles get; faults get the rest."""


def measure(seconds: float) -> list[Row]:
    """Cycles of both hands, then faults as many as the time allows.

    Args:
        seconds: How long all take together, s.

    Raises:
        SkillStackError: The extra ``hands`` is missing, or the bus did not come up.
    """
    rows = [*_leap(SHARE * seconds), *_allegro(SHARE * seconds)]
    return [*rows, *_faults(seconds * (1 - 2 * SHARE))]


def _leap(seconds: float) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, _bus(Path(folder) / "tty") as port:
        return _cycles("leap", "dynamixel", {"port": str(port)}, LEAP_RATE, seconds, "the bus is another process")


def _allegro(seconds: float) -> list[Row]:
    channel = f"bench-{os.getpid()}"
    hand = VirtualAllegro(channel)
    try:
        settings = {"channel": channel, "interface": "virtual"}
        note = "the hand is a thread of the same process, since a virtual CAN bus knows no other"
        return _cycles("allegro_right", "allegro", settings, ALLEGRO_RATE, seconds, note)
    finally:
        hand.close()


@contextmanager
def _bus(path: Path) -> Iterator[Path]:
    """A serial bus in another process."""
    module = "skill_stack.hardware.stand_ins.dynamixel.process"
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != READY:
            raise SkillStackError("the process that plays the serial bus did not come up")
        yield path
    finally:
        process.communicate()


def _cycles(name: str, driver_name: str, settings: dict[str, str], rate: float, seconds: float, note: str) -> list[Row]:
    robot = load_robot(Resources.from_environment(os.environ).robot(name))
    with tempfile.TemporaryDirectory() as folder:
        channels = RobotChannels.open(Path(folder) / "block", robot)
        driver = open_driver(robot, driver_name, channels, channels.words.take_lease("control"), settings)
        try:
            start(driver, rate)
            measured = cycles(driver, robot, rate, max(round(seconds * rate), 20))
        finally:
            driver.close()
            channels.close()
    both = measured.reads + measured.writes
    over = 100.0 * float(np.mean(measured.late + both > 1.0 / rate))
    return [
        median_row(f"{name}, {rate:.0f} Hz: read and write", both, "µs", 1e6),
        Row(f"{name}, {rate:.0f} Hz: the same, p99", 1e6 * percentile(both, 99.0), "µs"),
        Row(f"{name}, {rate:.0f} Hz: cycles that end after their period", over, "%", HELD, note=note),
        Row(f"{name}, {rate:.0f} Hz: cycles with a new measurement", 100.0 * float(np.mean(measured.news)), "%"),
    ]


def _faults(seconds: float) -> list[Row]:
    rng, end = np.random.default_rng(1), time.monotonic() + seconds
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    slowest = 0.0
    while not tried or time.monotonic() < end:
        serial = bool(rng.random() < 0.5)
        kinds = SERIAL if serial else CAN
        fault, ending = kinds[rng.integers(len(kinds))], ENDINGS[rng.integers(len(ENDINGS))]
        with tempfile.TemporaryDirectory() as folder:
            rig = (leap_rig if serial else allegro_rig)(Path(folder))
            try:
                trial = Trial(rig, rng)
                trial.run(fault, ending)
            finally:
                rig.close()
        label = f"{'serial' if serial else 'CAN'}: {fault.name}"
        tried[label] += 1
        slowest = max(slowest, trial.slowest)
        wrong.update(f"{label}, {ending}: {what}" for what in trial.wrong)
    note = "; ".join(f"{count} × {label}" for label, count in sorted(tried.items()))
    return [
        Row("faults over the buses", float(tried.total()), "faults", note=note),
        Row("faults that ended badly", float(wrong.total()), "faults", 0.0, note="; ".join(map(str, wrong.items()))),
        Row("longest cycle under a fault", 1e3 * slowest, "ms"),
    ]
