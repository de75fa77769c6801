"""Words to the first joint command of that very request, from standing, through all nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.block_watch import BlockWatch
from skill_stack.benchmarks.stack.running_stack import ProbeFailed, events_of, running_stack
from skill_stack.benchmarks.stack.stages import stage_rows
from skill_stack.benchmarks.timing import median_row, percentile

LIMIT = 150.0  # ms
STANDING = 12.0  # s that it may take to stand up
ENDING = 3.0  # s that the probe may take to end
STAGES = {
    "plan": "words → plan known to the client",
    "setpoint": "plan → setpoint heard",
    "command": "setpoint → joint command",
}


def measure(seconds: float) -> list[Row]:
    """Sends sentences until the time is over.

    Args:
        seconds: How long, s.
    """
    watch = BlockWatch()
    with running_stack() as stack, stack.probe("line", seconds) as probe:
        watch.follow(stack, probe, seconds + STANDING)
        events = events_of(probe, ENDING)
    return rows(stage_times(events, watch.commands))


def stage_times(events: Sequence[Mapping[str, Any]], commands: Sequence[tuple[float, int]]) -> list[dict[str, float]]:
    """Times of every repetition, s after the words: ``plan``, ``setpoint``, ``command``.

    Args:
        events: What the probe said, in order.
        commands: Time and setpoint sequence of the joint commands, in order.

    Returns:
        One entry per repetition that reached the joints.
    """
    found = []
    said: dict[str, float] = {}
    for event in events:
        kind, time = event["event"], event["t"]
        if kind == "words":
            said = {"words": time}
        elif kind == "plan" and said:
            said.setdefault("plan", time)
        elif kind == "setpoint" and said and "setpoint" not in said:
            said["setpoint"] = time
            first = next((t for t, sequence in commands if t >= said["words"] and sequence >= event["sequence"]), None)
            if first is not None:
                stages = {name: said.get(name, float("nan")) - said["words"] for name in ("plan", "setpoint")}
                found.append({**stages, "command": first - said["words"]})
    return found


def rows(times: Sequence[Mapping[str, float]]) -> list[Row]:
    """The whole way and its stages.

    Raises:
        ProbeFailed: No repetition reached the joints.
    """
    if not times:
        raise ProbeFailed("no words led to a joint command")
    table = {name: np.array([entry[name] for entry in times]) for name in STAGES}
    whole = median_row("words → first joint command", table["command"], "ms", 1e3, LIMIT)
    before: np.ndarray = np.zeros(len(times))
    stages = {}
    for name, title in STAGES.items():
        stages[title] = table[name] - before
        before = table[name]
    note = f"{len(times)} repetitions from standing; the command carries the request's own setpoint sequence"
    return [
        replace(whole, note=note),
        Row("words → first joint command, p90", percentile(table["command"], 90) * 1e3, "ms"),
        *stage_rows(stages),
    ]
