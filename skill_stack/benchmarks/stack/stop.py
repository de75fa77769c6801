"""A client's stop call to the flag in shared memory, and the flag to the stance."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.block_watch import BlockWatch
from skill_stack.benchmarks.stack.running_stack import ProbeFailed, events_of, running_stack
from skill_stack.benchmarks.timing import median_row, middle, percentile
from skill_stack.core.shared_memory.channels import RobotChannels

CALL_LIMIT, TICK_LIMIT = 50.0, 2.0  # ms, ticks
STANDING = 12.0  # s that it may take to stand up
ENDING = 3.0  # s that the probe may take to end
LATEST = 1.0  # s after which a flag no longer belongs to a call
LOCAL_STOPS = 20


def measure(seconds: float) -> list[Row]:
    """Calls the service while the robot moves, then while it stands, then writes the flag without ROS.

    Args:
        seconds: How long, s.
    """
    watch = BlockWatch()
    with running_stack() as stack, stack.probe("stop", seconds) as probe:
        watch.follow(stack, probe, seconds + STANDING)
        events = events_of(probe, ENDING)
        local = [_local_stop(stack.channels) for _ in range(LOCAL_STOPS)]
    return rows(events, watch, np.array(local))


def _local_stop(channels: RobotChannels) -> float:
    """Duration of a stop that needs no ROS, s."""
    time.sleep(0.01)
    begin = time.perf_counter()
    channels.words.request_stop("local")
    return time.perf_counter() - begin


def rows(events: Sequence[Mapping[str, Any]], watch: BlockWatch, local: np.ndarray) -> list[Row]:
    """The figures.

    Args:
        events: What the probe said.
        watch: What was seen in the shared memory.
        local: Durations of stops without ROS, s.

    Raises:
        ProbeFailed: No stop reached the shared memory.
    """
    calls = [(event["t"], bool(event["moving"])) for event in events if event["event"] == "stop"]
    latency, moving = [], []
    for called, was_moving in calls:
        flagged = next((t for t, _, _ in watch.stops if called <= t < called + LATEST), None)
        if flagged is not None:
            latency.append(flagged - called)
            moving.append(was_moving)
    if not latency:
        raise ProbeFailed(f"none of {len(calls)} stop calls reached the shared memory")
    ticks = reaction_ticks(watch)
    seconds = np.array(latency)
    count = f"{len(latency)} of {len(calls)} calls seen, {sum(moving)} while the robot moved"
    return [
        Row(
            "client call → flag, p99",
            percentile(seconds, 99) * 1e3,
            "ms",
            CALL_LIMIT,
            spread=_scaled(middle(seconds)),
            note=count,
        ),
        median_row("client call → flag, median", seconds, "ms", 1e3),
        Row(
            "flag → stance, worst",
            float(ticks.max()) if len(ticks) == len(watch.stops) else float("nan"),
            "ticks",
            TICK_LIMIT,
            spread=(float(ticks.min()), float(ticks.max())) if len(ticks) else None,
            note=f"{len(ticks)} of {len(watch.stops)} stops obeyed by a status that follows no setpoint",
        ),
        replace(median_row("stop without ROS → flag, median", local, "ms", 1e3), note="skill-stack stop writes it so"),
    ]


def reaction_ticks(watch: BlockWatch) -> np.ndarray:
    """Control ticks from each flag to the first status that obeys it, shape (stops,)."""
    out = []
    for flagged, _, before in watch.stops:
        after = next((tick for t, _, tick in watch.stances if t >= flagged), None)
        if after is not None:
            out.append(after - before)
    return np.array(out, dtype=float)


def _scaled(spread: tuple[float, float]) -> tuple[float, float]:
    return spread[0] * 1e3, spread[1] * 1e3
