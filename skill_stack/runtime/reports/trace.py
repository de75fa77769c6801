"""Trace: path of one request from words to first command and outcome, with the time of each hand-over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from skill_stack.core.processes.journal import Entry
from skill_stack.core.shared_memory.black_box import REQUEST
from skill_stack.core.shared_memory.text_field import to_bytes_cut, to_text
from skill_stack.runtime.reports.flight_summary import requests
from skill_stack.runtime.reports.recordings import MAIN, Recordings

_SHOWN = ("text", "skill", "status", "outcome", "reason", "sequence", "setpoint", "command", "sample", "source")


@dataclass(frozen=True, slots=True)
class Hop:
    """One hand-over.

    Attributes:
        stage: What was handed on.
        id: Its id.
        process: Who handed it on.
        mono: Monotonic time, s.
        wall: Time of the clock on the wall, s.
        details: Numbers and words that belong to it.
    """

    stage: str
    id: str
    process: str
    mono: float
    wall: float
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trace:
    """The path of one request.

    Attributes:
        request: Id of the request.
        hops: The hand-overs in the order of time.
    """

    request: str
    hops: tuple[Hop, ...]

    def names(self) -> set[str]:
        """Ids of words, plan and request."""
        return {hop.id for hop in self.hops}

    def to_json(self) -> dict[str, Any]:
        """As plain data; latencies in ms since the hand-over before and since the first."""
        rows, before = [], self.hops[0].mono
        for hop in self.hops:
            since, total = 1e3 * (hop.mono - before), 1e3 * (hop.mono - self.hops[0].mono)
            before = hop.mono
            times = {"mono": hop.mono, "wall": hop.wall, "latency_ms": round(since, 3), "total_ms": round(total, 3)}
            rows.append({"stage": hop.stage, "id": hop.id, "process": hop.process, **times, **hop.details})
        return {"request": self.request, "hops": rows}

    def to_lines(self) -> list[str]:
        """For people."""
        lines = [f"request {self.request}"]
        for row in self.to_json()["hops"]:
            shown = "  ".join(f"{name} {row[name]}" for name in _SHOWN if row.get(name) not in (None, ""))
            lines.append(
                f"  {row['total_ms']:10.1f} ms  +{row['latency_ms']:8.1f}  {row['stage']:<9} {row['process']:<10} "
                f"{row['id']}  {shown}".rstrip()
            )
        return lines


def traces(journal: Sequence[Entry], recordings: Recordings | None = None) -> list[Trace]:
    """The paths of all requests in a journal, oldest first.

    Args:
        journal: The entries.
        recordings: The black boxes of all parts, for the first command that carried each request; None without any.
    """
    plans = {entry.id: entry for entry in journal if entry.stage == "plan"}
    words = {entry.id: entry for entry in journal if entry.stage == "words"}
    asked = {entry.id: entry for entry in journal if entry.stage == "request"}
    commands = _commands(recordings or {}, journal)
    out = []
    for name in dict.fromkeys(entry.id for entry in journal if entry.stage in _OF_REQUESTS):
        own = [entry for entry in journal if entry.id == name and entry.stage in _OF_REQUESTS]
        plan = plans.get(asked[name].of) if name in asked else None
        said = words.get(plan.of) if plan is not None else None
        hops = [_hop(entry) for entry in (said, plan, *own) if entry is not None]
        hops += commands.get(_cut(name), [])
        out.append(Trace(name, tuple(sorted(hops, key=lambda hop: hop.mono))))
    return out


_OF_REQUESTS = ("request", "accepted", "setpoint", "written", "ended", "outcome")


def _cut(request: str) -> str:
    """An id truncated as in the black box."""
    return to_text(to_bytes_cut(request, REQUEST))


def _hop(entry: Entry) -> Hop:
    return Hop(entry.stage, entry.id, entry.process, entry.mono, entry.wall, dict(entry.details))


def _commands(recordings: Recordings, journal: Iterable[Entry]) -> dict[str, list[Hop]]:
    """The first command of each request, in every part that carried it.

    The black box has only monotonic time, the journal both.
    """
    ahead = next((entry.wall - entry.mono for entry in journal), 0.0)
    out: dict[str, list[Hop]] = {}
    for part, recording in recordings.items():
        process = "control" if part == MAIN else f"control_{part}"
        for carried in requests(recording, most=None):
            numbers = {"setpoint": carried.setpoint, "command": carried.command, "sample": carried.sample}
            details, mono = {**numbers, "skill": carried.skill}, carried.mono
            out.setdefault(carried.request, []).append(
                Hop("command", carried.request, process, mono, mono + ahead, details)
            )
    return out
