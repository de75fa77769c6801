"""SoakRecord: memory of every process and timing of every tick of a running stack, window by window."""

from __future__ import annotations

import json
import os
import select
import time
from collections import Counter
from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.control.reference_loop import ReferenceLoop
from skill_stack.benchmarks.process_usage import resident_memory
from skill_stack.benchmarks.stack.running_stack import Probe, ProbeFailed, RunningStack
from skill_stack.benchmarks.timing import percentile
from skill_stack.core.shared_memory.black_box import box_path, read_black_box

Array = np.ndarray

MIB = 2.0**20
ASKS_WHERE = "skill-stack place"
"""The command that the robot names when its pose is unknown."""
CHUNK = 65536  # bytes of what the probe says that are read at once


@dataclass(frozen=True, slots=True)
class SoakWindow:
    """One minute or so of the run.

    Attributes:
        seconds: Its length, s.
        end: When it ended since the first one began, s.
        memory: Resident memory by process at its end, MiB.
        late: Lateness of each tick, ms, shape (ticks,).
        tick: Duration of each tick, ms, shape (ticks,).
        reference: Lateness and duration of each turn of the reference loop, ms, shape (2, turns).
    """

    seconds: float
    end: float
    memory: dict[str, float]
    late: Array
    tick: Array
    reference: Array

    def sentence(self) -> str:
        """The figures in one line."""
        late, tick = self.reference
        return (
            f"{sum(self.memory.values()):7.1f} MiB, {len(self.late)} ticks, median/p99: "
            f"late {_microseconds(self.late)}, tick {_microseconds(self.tick)}; "
            f"reference: late {_microseconds(late)}, turn {_microseconds(tick)} µs"
        )


def _microseconds(milliseconds: Array) -> str:
    return "/".join(f"{1e3 * percentile(milliseconds, q):.0f}" for q in (50, 99))


class SoakRecord:
    """Collects; call :meth:`read_ticks` at least once a minute, since the black box keeps no more.

    Attributes:
        errands: How often an errand ended in each way.
        reasons: How often an errand did not succeed for each reason.
        lost: Ticks that were not in the black box when it was read.
    """

    def __init__(self, stack: RunningStack, reference: ReferenceLoop) -> None:
        """Begins now.

        Args:
            stack: The stack.
            reference: The loop beside it.
        """
        self._stack, self._reference = stack, reference
        self._box = box_path(stack.channels.block.path)
        self._begin = self._window = time.monotonic()
        self._late: list[Array] = []
        self._tick: list[Array] = []
        self._turns: list[Array] = []
        self._text = b""
        self.errands: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self._before = len(stack.said)
        self.lost = 0
        rows = read_black_box(self._box).rows
        self._number = int(rows["number"][-1]) if len(rows) else 0

    @property
    def restarts(self) -> int:
        """How often a process of the stack was started again."""
        return sum(child.restarts for child in self._stack.up.children)

    @property
    def troubles(self) -> list[str]:
        """What the bring-up reported since the beginning."""
        return self._stack.said[self._before :]

    def read_ticks(self) -> None:
        """Takes the ticks that are new in the black box, and the turns of the reference loop."""
        self._turns.append(self._reference.read())
        rows = read_black_box(self._box).rows
        new = rows[rows["number"] > self._number]
        if not len(new):
            return
        self.lost += int(new["number"][-1]) - self._number - len(new)
        self._number = int(new["number"][-1])
        self._late.append(new["lateness_ms"].copy())
        self._tick.append(new["tick_ms"].copy())

    def listen(self, probe: Probe) -> bool:
        """Counts what the probe said of its errands.

        Returns:
            Whether the robot asked for its pose.

        Raises:
            ProbeFailed: It ended too early.
        """
        assert probe.stdout is not None
        asked = False
        if probe.poll() is not None:
            raise ProbeFailed(f"the errands ended too early: {probe.communicate()[1][-500:]}")
        while select.select([probe.stdout], [], [], 0)[0]:
            data = os.read(probe.stdout.fileno(), CHUNK)
            if not data:
                break
            *lines, self._text = (self._text + data).split(b"\n")
            events = [json.loads(line) for line in lines if line.startswith(b"{")]
            errands = [event for event in events if event["event"] == "errand"]
            self.errands.update(event["outcome"] for event in errands)
            self.reasons.update(
                f"{event['text']}: {event['reason']}" for event in errands if event["outcome"] != "succeeded"
            )
            asked = asked or any(ASKS_WHERE in event["reason"] for event in errands)
        return asked

    def close_window(self) -> SoakWindow:
        """What happened since the last call."""
        self.read_ticks()
        now = time.monotonic()
        children = self._stack.up.children
        pids = {child.spec.name: child.identity.pid for child in children if child.identity is not None}
        memory = {name: resident_memory(pid) / MIB for name, pid in pids.items()}
        late, tick = (np.concatenate(parts) if parts else np.zeros(0) for parts in (self._late, self._tick))
        turns = np.concatenate(self._turns, axis=1)
        window = SoakWindow(now - self._window, now - self._begin, memory, late, tick, turns)
        self._late, self._tick, self._turns, self._window = [], [], [], now
        return window
