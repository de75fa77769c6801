"""kill -9 of the recorder at random moments: how much each loses, and whether every file opens."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.recording.ticking import started, ticking
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.timing import middle
from skill_stack.core.errors import SkillStackError
from skill_stack.recording.format import CONTROL_TICK, topic
from skill_stack.recording.recording import Recording

SHORTEST, LONGEST = 0.2, 2.0  # s that a recorder lives
ALLOWED = 1.0  # s


def kills(count: int, seed: int) -> list[Row]:
    """Kills recorders of a control loop of 500 Hz.

    Args:
        count: How many.
        seed: Of the moments.
    """
    draw = random.Random(seed)
    lost: list[float] = []
    unread, gaps = 0, 0
    with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as name, ticking(Path(name)) as (block, _):
        for number in range(count):
            shelf = Path(name) / "recordings"
            with started(Path(name), block, shelf) as process:
                time.sleep(draw.uniform(SHORTEST, LONGEST))
                process.kill()
                killed = time.time()
                process.wait()
            (folder,) = shelf.glob("2*")
            try:
                missing, last = _read(folder)
                gaps += missing
                lost.append(killed - last)
            except SkillStackError as error:
                unread += 1
                print(f"  kill {number + 1}: {error}", file=sys.stderr)
            folder.rename(folder.with_name(f"{number}-done"))
            if (number + 1) % 20 == 0:
                print(f"  {number + 1} of {count} kills, worst loss {max(lost):.2f} s", file=sys.stderr, flush=True)
            _remove(folder.with_name(f"{number}-done"))
    note = f"{count} kills at random moments between {SHORTEST} and {LONGEST} s, seed {seed}, ticks at 500 Hz"
    return [
        Row("killed: most lost", max(lost, default=1e9), "s", ALLOWED, spread=middle(np.array(lost)), note=note),
        Row("killed: files that do not open", unread, "files", 0.0),
        Row("killed: ticks missing within files", gaps, "ticks", 0.0),
    ]


def _read(folder: Path) -> tuple[int, float]:
    """Ticks that are missing between the first and the last of a file, and when the last was, wall time, s."""
    with Recording(folder) as recording:
        times, numbers = [], []
        for message in recording.messages([topic("", "body", CONTROL_TICK)]):
            times.append(message.time)
            numbers.append(message.message.sequence)
        if not numbers:
            return 0, recording.about.started / 1e9
    return numbers[-1] - numbers[0] + 1 - len(numbers), times[-1] / 1e9


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
