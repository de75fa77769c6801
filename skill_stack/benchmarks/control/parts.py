"""A body of many joints: control processes of a G1 with two Allegro hands, 61 joints, beside the whole stack."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.process_usage import cpu_seconds
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.running_stack import RunningStack, running_stack
from skill_stack.benchmarks.timing import median_row, percentile
from skill_stack.core.shared_memory.black_box import box_path, read_black_box
from skill_stack.core.shared_memory.block_name import part_path

DEPLOYMENT = "g1_hands_sim"
READY = 60.0
"""Time until the stack must work, s: three control processes, and two hands whose grasps are loaded."""
LIMIT = 5.0
"""Share of a core of each control process, as of one robot alone, %."""
HELD = 1.0
"""Largest share of ticks that may take longer than their period, %."""
SLICE = 10.0
"""Time between two readings of the black boxes, which keep the last minute, s."""


def measure(seconds: float) -> list[Row]:
    """CPU time, and length and lateness of ticks, of each part, while the robot is in its stance.

    Args:
        seconds: How long, s.
    """
    with running_stack(monitor=False, ready=READY, name=DEPLOYMENT) as stack:
        begin, before = time.monotonic(), _spent(stack)
        boxes = {part: _box(stack, part) for part in stack.robot.parts}
        first = {part: _rows(box)["number"][-1:].max(initial=-1) for part, box in boxes.items()}
        found: dict[str, list[np.ndarray]] = {part: [] for part in boxes}
        while time.monotonic() - begin < seconds:
            time.sleep(min(SLICE, max(seconds - (time.monotonic() - begin), 0.01)))
            for part, box in boxes.items():
                rows = _rows(box)
                found[part].append(rows[rows["number"] > first[part]].copy())
                first[part] = rows["number"][-1:].max(initial=first[part])
        passed, after = time.monotonic() - begin, _spent(stack)
        shares = {part: 100.0 * (after[part] - before[part]) / passed for part in boxes}
        return [row for part in boxes for row in _told(stack, part, np.concatenate(found[part]), shares[part])]


def _told(stack: RunningStack, part: str, rows: np.ndarray, share: float) -> list[Row]:
    robot = stack.robot.part(part)
    name = f"{part}, {robot.size} joints, {robot.control_rate:.0f} Hz"
    long = 100.0 * float(np.mean(rows["tick_ms"] > 1e3 / robot.control_rate))
    return [
        Row(f"{name}: control process", share, "% of a core", LIMIT),
        median_row(f"{name}: tick", rows["tick_ms"], "µs", 1e3),
        Row(f"{name}: tick, p99", 1e3 * percentile(rows["tick_ms"], 99.0), "µs"),
        median_row(f"{name}: late", rows["lateness_ms"], "µs", 1e3),
        Row(f"{name}: ticks longer than their period", long, "%", HELD, note=f"{len(rows)} ticks"),
    ]


def _spent(stack: RunningStack) -> dict[str, float]:
    """Time on a core of each part's control process, s."""
    main = stack.robot.main_part
    names = {part: "control" if part == main else f"control_{part}" for part in stack.robot.parts}
    return {part: cpu_seconds(stack.pids[name]) for part, name in names.items()}


def _box(stack: RunningStack, part: str) -> Path:
    block = stack.channels.block.path
    return box_path(block if part == stack.robot.main_part else part_path(block, part))


def _rows(box: Path) -> np.ndarray:
    return read_black_box(box).rows
