"""Corrections: from the arrival of the words in the planner node to the connector's setpoint with the changed goal.

Read from the journal of the running stack, by ids: words → change, request or cancel of the planner → the connector's
next setpoint of that request, or the end of it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence

import numpy as np

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.running_stack import ProbeFailed, events_of, running_stack
from skill_stack.benchmarks.timing import percentile
from skill_stack.connector.settings import ConnectorSettings
from skill_stack.core.processes.journal import Entry, journal_path, read_journal
from skill_stack.core.shared_memory.block_name import block_path

LIMIT = 1.0
"""Cycles of the connector within which a correction is to act."""
STANDING = 12.0  # s that it may take to stand up
ENDING = 20.0  # s that the task that runs when the time is over may take to end
NAP = 0.05  # s between looks at the probe
STAGES = ("change", "request", "cancel")
"""What the planner may do for a correction: change the step, begin another one for it, end it."""


def measure(seconds: float) -> list[Row]:
    """Corrects a robot on its way until the time is over.

    Args:
        seconds: How long, s.
    """
    with tempfile.TemporaryDirectory(prefix="skill-stack-corrections-") as overlay:
        with running_stack(more={"SKILL_STACK_OVERLAY": overlay}) as stack:
            with stack.probe("corrections", seconds) as probe:
                for _ in stack.follow(probe, seconds + STANDING + ENDING, NAP):
                    pass
                events_of(probe, ENDING)
                domain = int(stack.environment["ROS_DOMAIN_ID"])
                journal = read_journal(journal_path(block_path(stack.namespace, domain, os.getuid())))
    return rows(delays(journal), 1.0 / ConnectorSettings().rate)


def delays(journal: Sequence[Entry]) -> dict[str, list[float]]:
    """By the words of each correction, how long each took to act, s.

    Args:
        journal: The entries of planner and connector.
    """
    out: dict[str, list[float]] = {}
    for words in journal:
        if words.stage != "words":
            continue
        done = [one for one in journal if one.stage in STAGES and words.id in (one.of, one.details.get("words"))]
        after = [taken for one in done if (taken := _taken(journal, one)) is not None]
        if after:
            out.setdefault(str(words.details.get("text", "")), []).append(min(after) - words.mono)
    return out


def _taken(journal: Sequence[Entry], asked: Entry) -> float | None:
    """When the connector obeyed, monotonic s; None where it never did."""
    wanted = "ended" if asked.stage == "cancel" else "setpoint"
    return next(
        (one.mono for one in journal if one.stage == wanted and one.id == asked.id and one.mono >= asked.mono), None
    )


def rows(found: Mapping[str, Sequence[float]], cycle: float) -> list[Row]:
    """All corrections together, and each kind.

    Args:
        found: As :func:`delays` gives it.
        cycle: The connector's cycle, s.

    Raises:
        ProbeFailed: No correction acted.
    """
    corrections = {text: times for text, times in found.items() if not text.startswith(("go to", "stand"))}
    every = np.array([time for times in corrections.values() for time in times]) / cycle
    if not len(every):
        raise ProbeFailed("no correction reached the connector")
    note = f"{len(every)} corrections on the way; a cycle is {1e3 * cycle:.0f} ms; from the arrival in the planner node"
    spread = (percentile(every, 10), percentile(every, 90))
    return [
        Row("correction → changed setpoint", float(np.median(every)), "cycles", LIMIT, "lower", spread, note),
        Row("correction → changed setpoint, p90", percentile(every, 90), "cycles"),
        *(
            Row(f"'{text}'", float(np.median(times)) / cycle, "cycles", note=f"{len(times)} times")
            for text, times in sorted(corrections.items())
        ),
    ]
