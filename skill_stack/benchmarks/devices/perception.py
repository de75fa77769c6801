"""Cost of perception: processing a look on one core, rendering one, and passing one to another process."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.report import Row
from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.shared_memory.rgbd_ring import RgbdRing
from skill_stack.runtime.episodes.perception_worker import drawing

MODULE = "skill_stack.benchmarks.devices.perception_looks"
LIMIT = 30.0
"""Time for a look of 640 x 480 on one core, ms."""
CARRIED = 40


def measure(seconds: float) -> list[Row]:
    """All figures.

    Args:
        seconds: Time for rendering and processing looks, s.

    Raises:
        NoPictures: Nothing can be drawn here; names the packages.
    """
    with drawing([str(seconds)], MODULE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
    if not line:
        raise SkillStackError("the process that draws scenes has ended")
    times = json.loads(line)
    whole = [sum(parts) for parts in zip(times["look"], times["scene"], times["floor"])]
    note = f"{len(whole)} looks of 640 x 480 at random scenes; time on a core"
    writing, reading = _carrying()
    return [
        _row("a look to things, scene and floor", whole, LIMIT, note),
        _row("of this: planes, things and their shapes", times["look"]),
        _row("of this: the same things as before", times["scene"]),
        _row("of this: the free floor", times["floor"]),
        _row("drawing a look in simulation, its noise and truth included", times["draw"]),
        _row("a look into shared memory", writing),
        _row("a look out of shared memory", reading),
    ]


def _carrying() -> tuple[list[float], list[float]]:
    """Times on a core for writing and reading looks of 640 x 480, s."""
    camera, rng = CameraSpec(xyz=(0.0, 0.0, 0.0)), np.random.default_rng(1)
    colour = rng.integers(0, 255, (camera.height, camera.width, 3), dtype=np.uint8)
    depth = rng.uniform(0.3, 5.0, (camera.height, camera.width)).astype(np.float32)
    writing, reading = [], []
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as folder:
        ring = RgbdRing.create(Path(folder) / "ring", camera.height, camera.width)
        for number in range(CARRIED):
            begin = time.process_time()
            ring.write(float(number), colour, depth, camera.intrinsics)
            middle = time.process_time()
            ring.newest()
            reading.append(time.process_time() - middle)
            writing.append(middle - begin)
        ring.close()
    return writing, reading


def _row(name: str, seconds: Sequence[float], limit: float | None = None, note: str = "") -> Row:
    low, middle, high = (1e3 * float(value) for value in np.percentile(seconds, [10, 50, 99]))
    return Row(name, middle, "ms", limit, spread=(low, high), note=note)
