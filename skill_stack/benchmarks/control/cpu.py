"""The control process's share of a core, reading and writing at its rate, alone."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.control.control_rig import ControlRig
from skill_stack.benchmarks.control.synthetic_robot import write_robot
from skill_stack.benchmarks.process_usage import cpu_seconds
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import median_row

LIMIT = 5.0  # % of a core
JOINTS, FAST, SLOW = 29, 500.0, 50.0
WINDOW = 1.0  # s


def measure(seconds: float) -> list[Row]:
    """The Go2 at its own rate, then the synthetic robot at 50 Hz and at 500 Hz.

    Args:
        seconds: How long all take together, s.
    """
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as name:
        folder = Path(name)
        for rate in (SLOW, FAST):
            write_robot(folder, f"synthetic_{rate:.0f}hz", JOINTS, rate)
        third = seconds / 3
        go2 = median_row("go2 walk, 50 Hz", _share("go2", None, third), "% of a core", 100.0, LIMIT)
        slow = _share(f"synthetic_{SLOW:.0f}hz", folder, third)
        fast = _share(f"synthetic_{FAST:.0f}hz", folder, third)
    return [
        replace(go2, note="control process alone: sensors and setpoints read from, commands written to shared memory"),
        median_row(f"{JOINTS} joints, {SLOW:.0f} Hz", slow, "% of a core", 100.0, LIMIT),
        median_row(f"{JOINTS} joints, {FAST:.0f} Hz, policy in every tick", fast, "% of a core", 100.0),
    ]


def _share(robot: str, folder: Path | None, seconds: float) -> np.ndarray:
    """Share of a core in each window, shape (windows,)."""
    shares = []
    with ControlRig(robot, folder) as rig:
        for _ in range(max(1, round(seconds / WINDOW))):
            window = min(WINDOW, seconds)
            before, begin = cpu_seconds(rig.pid), time.perf_counter()
            time.sleep(window)
            shares.append((cpu_seconds(rig.pid) - before) / (time.perf_counter() - begin))
    return np.array(shares)
