"""Content of a black box in words: mode changes, requests with their first commands, limits and timing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.core.shared_memory.black_box import MODES, BlackBoxRecording
from skill_stack.core.shared_memory.text_field import to_text

LAST_REQUESTS = 10
LAST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Carried:
    """A request and its first command.

    Attributes:
        request: Its id.
        skill: Skill that drove then.
        setpoint: Number of the first setpoint that carried it.
        command: Number of the first command made from that.
        sample: Number of the sample that this command answers.
        task_time: Task time of the command, s.
        mono: Monotonic time of the command, s.
    """

    request: str
    skill: str
    setpoint: int
    command: int
    sample: int
    task_time: float
    mono: float


@dataclass(frozen=True, slots=True)
class ModeChange:
    """A change of mode or of its reason.

    Attributes:
        task_time: Task time, s.
        mode: Mode from then on.
        reason: Its reason.
    """

    task_time: float
    mode: str
    reason: str


def requests(recording: BlackBoxRecording, most: int | None = LAST_REQUESTS) -> list[Carried]:
    """The last requests, oldest first; at most ``most``, or all."""
    out: dict[str, Carried] = {}
    for row in _changes(recording, ("request",)):
        name = to_text(bytes(row["request"]))
        if name and name not in out:
            setpoint, command, sample = (int(row[key]) for key in ("setpoint", "command", "sample"))
            skill, now = to_text(bytes(row["skill"])), float(row["task_time"])
            out[name] = Carried(name, skill, setpoint, command, sample, now, float(row["mono"]))
    found = list(out.values())
    return found if most is None else found[-most:]


def changes(recording: BlackBoxRecording) -> list[ModeChange]:
    """The last changes of mode or reason, oldest first."""
    return [
        ModeChange(float(row["task_time"]), MODES[int(row["mode"])], to_text(bytes(row["reason"])))
        for row in _changes(recording, ("mode", "reason"))
    ][-LAST_CHANGES:]


def _changes(recording: BlackBoxRecording, keys: tuple[str, ...]) -> np.ndarray:
    """The rows at which one of some columns differs from the row before, the first row included."""
    rows = recording.rows
    new = np.zeros(len(rows), bool)
    new[:1] = True
    for key in keys:
        new[1:] |= rows[key][1:] != rows[key][:-1]
    found: np.ndarray = rows[new]
    return found


def to_json(recording: BlackBoxRecording) -> dict[str, Any]:
    """The summary as plain data."""
    rows = recording.rows
    limited = {
        name: count
        for place, name in enumerate(recording.joints)
        if (count := int(np.count_nonzero(rows["limited"] >> place & 1)))
    }
    return {
        "robot": recording.robot,
        "rows": len(rows),
        "seconds": float(rows["mono"][-1] - rows["mono"][0]) if len(rows) else 0.0,
        "torn_rows": recording.torn,
        "faults": recording.faults,
        "mode": MODES[int(rows["mode"][-1])] if len(rows) else "",
        "reason": to_text(bytes(rows["reason"][-1])) if len(rows) else "",
        "worst_tilt_rad": float(rows["tilt"].max(initial=0.0)),
        "worst_lateness_ms": float(rows["lateness_ms"].max(initial=0.0)),
        "worst_tick_ms": float(rows["tick_ms"].max(initial=0.0)),
        "limited_ticks": limited,
        "requests": [
            {name: getattr(request, name) for name in Carried.__slots__} for request in requests(recording)
        ],
        "changes": [{name: getattr(change, name) for name in ModeChange.__slots__} for change in changes(recording)],
    }


def to_lines(summary: dict[str, Any]) -> list[str]:
    """The summary for people, of all parts."""
    lines = _lines_of_part(summary)
    for part, its in summary.get("parts", {}).items():
        lines += [f"part {part}:", *(f"  {line}" for line in _lines_of_part(its))]
    return lines


def _lines_of_part(summary: dict[str, Any]) -> list[str]:
    limited = ", ".join(f"{name} {count}" for name, count in summary["limited_ticks"].items()) or "none"
    return [
        f"robot {summary['robot']}: {summary['rows']} ticks over {summary['seconds']:.1f} s, "
        f"{summary['torn_rows']} torn, {summary['faults']} faults",
        f"last mode: {summary['mode']}" + (f" ({summary['reason']})" if summary["reason"] else ""),
        f"worst tilt {summary['worst_tilt_rad']:.2f} rad, lateness {summary['worst_lateness_ms']:.2f} ms, "
        f"tick {summary['worst_tick_ms']:.2f} ms",
        f"ticks in which a joint was limited: {limited}",
        "last requests, each with the first command that carried it:",
        *(
            f"  {r['task_time']:9.2f} s  {r['request']}  {r['skill']}  setpoint {r['setpoint']} → "
            f"command {r['command']}, made from sample {r['sample']}"
            for r in summary["requests"]
        ),
        "changes of mode:",
        *(f"  {c['task_time']:9.2f} s  {c['mode']}  {c['reason']}".rstrip() for c in summary["changes"]),
    ]
