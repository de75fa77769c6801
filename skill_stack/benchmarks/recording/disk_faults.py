"""Disks that are full, read-only, broken or slow: recording ends with its reason, the loop goes on."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from skill_stack.benchmarks.recording.ticking import EVERY, DiskFault, Faulty, recorder_of, ticking
from skill_stack.benchmarks.report import Row
from skill_stack.core.errors import SkillStackError
from skill_stack.core.shared_memory.black_box import BlackBoxFollower, box_path
from skill_stack.recording import disk_stream
from skill_stack.recording.recording import Recording

KINDS = ("full", "read-only", "broken", "slow")
WORDS = {"full": "No space left", "read-only": "Read-only", "broken": "Input/output error", "slow": "too slow"}
SLOW_BACKLOG = 300_000
"""Bytes that may wait here for a slow disk, so that the fault shows within seconds."""
LONGEST = 20.0  # s until a fault must show


def disk_faults(count: int, seed: int) -> list[Row]:
    """Has disks fail in turns beside a control loop of 500 Hz.

    Args:
        count: How many.
        seed: Of the moments.
    """
    draw = random.Random(seed)
    silent = unread = held = 0
    slowest, stalls = 0.0, 0
    allowed, disk_stream.BACKLOG = disk_stream.BACKLOG, SLOW_BACKLOG
    try:
        with tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as name, ticking(Path(name)) as (block, loop):
            watch = BlackBoxFollower(box_path(block))
            for number in range(count):
                fault = DiskFault(KINDS[number % len(KINDS)], draw.randrange(0, 200_000))
                told, longest, opens = _one(Path(name), block, fault)
                silent += not told
                unread += not opens
                slowest = max(slowest, longest)
                held += loop.poll() is not None
                watch.read()
                if (number + 1) % 10 == 0:
                    print(f"  {number + 1} of {count} faults", file=sys.stderr, flush=True)
            stalls = watch.lost
    finally:
        disk_stream.BACKLOG = allowed
    note = f"{count} faults in turns: {', '.join(KINDS)}; seed {seed}"
    return [
        Row("disk faults: not reported with their reason", silent, "faults", 0.0, note=note),
        Row("disk faults: files that do not open afterwards", unread, "files", 0.0),
        Row("disk faults: control loops that ended", held, "loops", 0.0),
        Row("disk faults: ticks that the loop did not write", stalls, "ticks", 0.0),
        Row("disk faults: longest turn of the recorder", 1e3 * slowest, "ms"),
    ]


def _one(folder: Path, block: Path, fault: DiskFault) -> tuple[bool, float, bool]:
    """Whether the fault was told with its reason, the recorder's longest turn, s, and whether the file opens."""
    shelf = folder / "recordings"
    recorder = recorder_of(folder, block, shelf, lambda path: Faulty(path, fault))
    longest = 0.0
    recorder.start()
    path = recorder.writer.path if recorder.writer is not None else None
    end = time.monotonic() + LONGEST
    while recorder.writer is not None and (begin := time.monotonic()) < end:
        recorder.look()
        longest = max(longest, time.monotonic() - begin)
        time.sleep(EVERY)
    told = recorder.writer is None and WORDS[fault.kind] in recorder.reason
    if not told:
        print(f"  {fault}: {recorder.reason or 'still records'}", file=sys.stderr)
    recorder.close()
    return told, longest, _opens(path)


def _opens(path: Path | None) -> bool:
    """Whether a file, repaired if need be, can be read; one that never got its first bytes has nothing to read."""
    if path is None:
        return True
    try:
        with Recording(path) as recording:
            sum(1 for _ in recording.messages())
    except SkillStackError as error:
        print(f"  {path.name}: {error}", file=sys.stderr)
        return False
    return True
