"""The page with ten viewers: its share of a core, the control loop beside it, and how soon it is there and stops."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from websockets.sync.client import connect

from skill_stack.benchmarks.process_usage import cpu_seconds
from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.running_stack import ProbeFailed, RunningStack, piped, running_stack
from skill_stack.benchmarks.timing import percentile
from skill_stack.core.errors import StaleData
from skill_stack.core.shared_memory.block_name import page_path

VIEWERS = 10
SHARE_LIMIT = 25.0
"""Of one core, %, with all viewers."""
LATE_LIMIT = 1.0
"""By how much the control loop may be later with viewers than without, % of its period."""
LOAD_LIMIT = 2.0
"""Time until the page is there, s, on loopback."""
STOP_LIMIT = 100.0
"""Time from the message to the flag in shared memory, ms."""
WORDS = "walk to the red ball, then to the purple cylinder, then to the yellow box, then to the red ball"
_READY = 60.0  # s until the stack works
_WALKS = 30.0  # s until the robot must walk
_SETTLE = 2.0  # s that viewers have to load the page before it is measured
_STOPS = 20
_NAP = 2e-3  # s between two looks at the shared memory
_TURNS = 2  # of each kind
_RANGE = "spread: lowest to highest"


@dataclass(slots=True)
class _Turn:
    """What was measured in turns of one kind."""

    shares: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)
    states: list[float] = field(default_factory=list)


def measure(seconds: float) -> list[Row]:
    """Turns with and without viewers beside a walking robot, then stops.

    Args:
        seconds: How long the turns take together, s.
    """
    share = max(seconds / (2 * _TURNS), 1.0)
    without, watched = _Turn(), _Turn()
    with running_stack(ready=_READY) as stack:
        address = page_address(stack)
        with open_page(address) as page:
            _say(page, WORDS)
            _until_walking(stack)
        for _ in range(_TURNS):
            _turn(stack, share, without)
            with _viewers(address, share + _SETTLE + 3.0) as process:
                time.sleep(_SETTLE)
                _turn(stack, share, watched)
                _took(process, watched)
        with _viewers(address, 60.0), open_page(address) as page:
            time.sleep(_SETTLE)
            stops = _stops(stack, page)
    return rows(without, watched, stops, 1e3 / stack.robot.control_rate)


def page_address(stack: RunningStack) -> str:
    """Address of the page, key included, once it is served.

    Raises:
        ProbeFailed: It is not.
    """
    path, end = page_path(stack.channels.block.path), time.monotonic() + _READY
    while time.monotonic() < end:
        if path.is_file() and (words := path.read_text().split()):
            return words[-1]
        stack.up.poll()
        time.sleep(0.05)
    raise ProbeFailed(f"there is no page within {_READY:g} s; the bring-up said: {'; '.join(stack.said[-6:])}")


def _took(process: subprocess.Popen[str], into: _Turn) -> None:
    """Adds what the viewers saw."""
    output, errors = process.communicate(timeout=60)
    if process.returncode:
        raise ProbeFailed(f"the viewers ended with exit code {process.returncode}: {errors.strip()[-500:]}")
    for one in json.loads(output):
        into.loads.append(one["load"])
        into.states.append(one["states"])


def _viewers(address: str, seconds: float) -> AbstractContextManager[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "skill_stack.benchmarks.stack.page_viewers", address]
    command += ["--count", str(VIEWERS), "--seconds", f"{seconds:g}"]
    return piped(command)


@contextmanager
def open_page(address: str) -> Iterator[Any]:
    """A websocket of the page with all rights."""
    place = address.removeprefix("http://")
    host = place.partition("/")[0]
    with connect(f"ws://{place}ws?v=1", origin=f"http://{host}", compression=None, proxy=None) as page:  # type: ignore[arg-type]
        yield page


def _say(page: Any, words: str) -> None:
    page.send(json.dumps({"t": "say", "n": 1, "words": words}))
    while json.loads(page.recv(timeout=10)).get("t") != "ack":
        pass


def _until_walking(stack: RunningStack) -> None:
    """Waits until the robot walks.

    Raises:
        ProbeFailed: It does not.
    """
    end = time.monotonic() + _WALKS
    while time.monotonic() < end:
        status = stack.channels.read_status()
        if status is not None and status.skill == "walk":
            return
        stack.up.poll()
        time.sleep(0.05)
    raise ProbeFailed(f"the robot does not walk within {_WALKS:g} s of the page's words")


def _turn(stack: RunningStack, seconds: float, into: _Turn) -> None:
    """Measures CPU time of the page's process and lateness of every tick for some seconds."""
    pid, seen, late = stack.pids["monitor"], 0, []
    began, spent = time.monotonic(), cpu_seconds(pid)
    while (now := time.monotonic()) < began + seconds:
        if stack.channels.status_counter != seen:
            seen = stack.channels.status_counter
            try:
                status = stack.channels.read_status()
            except StaleData:
                continue
            if status is not None:
                late.append(status.lateness_ms)
        time.sleep(_NAP)
    into.shares.append(100.0 * (cpu_seconds(pid) - spent) / (now - began))
    into.late.append(float(np.median(late)))
    into.p99.append(percentile(np.array(late), 99.0))
    stack.up.poll()


def _stops(stack: RunningStack, page: Any) -> np.ndarray:
    """Times from a stop on the websocket to its flag in shared memory, ms, with all viewers there."""
    took = []
    for number in range(_STOPS):
        before = stack.channels.flags().stop_count
        began = time.monotonic()
        page.send(json.dumps({"t": "stop", "n": number + 2}))
        while stack.channels.flags().stop_count == before:
            if time.monotonic() - began > 5.0:
                raise ProbeFailed("a stop of the page did not arrive within 5 s")
            time.sleep(1e-4)
        took.append(1e3 * (time.monotonic() - began))
        time.sleep(0.05)
    return np.array(took)


def rows(without: _Turn, watched: _Turn, stops: np.ndarray, period: float) -> list[Row]:
    """The figures.

    Args:
        without: Turns without viewers.
        watched: Turns with them.
        stops: Times of stops, ms.
        period: Of the control loop, ms.
    """
    later = 100.0 * (float(np.median(watched.late)) - float(np.median(without.late))) / period
    tail = 100.0 * (float(np.median(watched.p99)) - float(np.median(without.p99))) / period
    turns = f"{_TURNS} turns of each kind, in turns, beside a robot that walks"
    return [
        Row(f"{VIEWERS} viewers: share of a core", float(np.mean(watched.shares)), "%", SHARE_LIMIT,
            spread=(min(watched.shares), max(watched.shares)),
            note=f"all threads of the page's process; {turns}; {_RANGE}"),
        Row("no viewer: share of a core", float(np.mean(without.shares)), "%",
            spread=(min(without.shares), max(without.shares))),
        Row(f"{VIEWERS} viewers: control loop later, median", max(later, 0.0), "% of period", LATE_LIMIT,
            note=f"with against without viewers; medians {np.median(watched.late):.3f} and "
                 f"{np.median(without.late):.3f} ms; the viewers themselves run on the same machine"),
        Row(f"{VIEWERS} viewers: control loop later, p99", max(tail, 0.0), "% of period",
            note=f"{np.median(watched.p99):.3f} and {np.median(without.p99):.3f} ms"),
        Row("page loaded, slowest of all viewers", max(watched.loads), "s", LOAD_LIMIT,
            note=f"page, its files and its first state; {len(watched.loads)} viewers, {VIEWERS} at once"),
        Row("states sent to a viewer", float(np.mean(watched.states)), "states"),
        Row(f"stop on the page to the flag in shared memory, p99, {VIEWERS} viewers", percentile(stops, 99.0), "ms",
            STOP_LIMIT, spread=(float(stops.min()), float(stops.max())), note=f"{len(stops)} stops; {_RANGE}"),
    ]  # fmt: skip
