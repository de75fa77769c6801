"""The connector of a running stack is killed at random moments: records, robot and reports."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.report import Row
from skill_stack.benchmarks.stack.running_stack import Probe, ProbeFailed, RunningStack, running_stack
from skill_stack.connector.statistics.store import FILE, RunStore
from skill_stack.core.errors import SkillStackError
from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.core.setpoint import ControlMode, SkillStatus
from skill_stack.runtime.bringup import child_process as child

READY = 120.0  # s until the stack must work, on a busy machine too
RUNNING = 60.0  # s until an errand must run again
TOLD = 20.0  # s in which the task must be reported
WITHIN = 2.0  # s in which a client must learn that a server died
LATEST = 3.0  # s of a running step within which the kill comes
UPRIGHT = 0.6  # rad; seated it is below 0.5
NAP = 0.02  # s
SOON = 1.0  # s of life after which a process that dies is started again at once
SAID = 12  # lines of each that are shown when nothing runs any more
EACH = 60.0  # s that one kill may take


@dataclass(slots=True)
class Kill:
    """Result of one kill.

    Attributes:
        sound: Whether the record of runs is whole, and nothing that was in it is gone.
        safe: Whether the robot stayed upright and driven.
        outcome: How the task was reported; empty when it was not.
        runs: Runs in the record.
        tilt: Largest tilt, rad.
        told: Time from the kill to the report, s.
        back: Time until the next connector carried something out, s.
    """

    sound: bool = False
    safe: bool = True
    outcome: str = ""
    runs: int = 0
    tilt: float = 0.0
    told: float = float("nan")
    back: float = float("nan")


@dataclass(slots=True)
class _Reports:
    """Reports of the probe, with their times."""

    probe: Probe
    lines: list[tuple[float, dict[str, object]]] = field(default_factory=list)

    def read(self) -> None:
        """Reads until the probe ends; for a thread."""
        assert self.probe.stdout is not None
        for line in self.probe.stdout:
            if line.startswith("{"):
                self.lines.append((time.monotonic(), json.loads(line)))

    def after(self, moment: float) -> tuple[str, float]:
        """Outcome of the first errand that ended after a moment, empty while there is none, and how long after, s."""
        found = [(one, at) for at, one in list(self.lines) if at > moment and one.get("event") == "errand"]
        return (str(found[0][0]["outcome"]), found[0][1] - moment) if found else ("", float("nan"))


def kill_rows(kills: int, seed: int = 1) -> list[Row]:
    """Kills the connector of one stack repeatedly.

    Args:
        kills: How often.
        seed: Seed of the moments.
    """
    rng, done = np.random.default_rng([seed, 95]), list[Kill]()
    child.HEALTHY = SOON  # what dies a hundred times on purpose need not wait longer each time
    with (
        tempfile.TemporaryDirectory(prefix="skill-stack-bench-") as overlay,
        running_stack(monitor=False, ready=READY, more={"SKILL_STACK_OVERLAY": overlay}) as stack,
        stack.probe("errands", kills * EACH + READY) as probe,
    ):
        reports = _Reports(probe)
        WorkerThread("reports", reports.read).start()
        record = Path(overlay) / "memory" / FILE
        for number in range(kills):
            try:
                done.append(_kill(stack, reports, record, float(rng.uniform(0.0, LATEST)), done))
            except ProbeFailed as failed:
                raise ProbeFailed(f"{failed}\n{_what_was_said(stack, reports)}") from failed
            one = done[-1]
            told = (
                f"{number + 1} of {kills}: {one.outcome or 'not reported'}, record {'whole' if one.sound else 'BROKEN'}"
            )
            print(f"{told}, {one.runs} runs, tilt {one.tilt:.2f} rad", file=sys.stderr, flush=True)
    return rows_of(done)


def _kill(stack: RunningStack, reports: _Reports, record: Path, wait: float, done: Sequence[Kill]) -> Kill:
    """One kill in the middle of a step."""
    began = time.monotonic()
    _until(stack, _works, RUNNING)
    out, end = Kill(back=time.monotonic() - began), time.monotonic() + wait
    while time.monotonic() < end:
        time.sleep(NAP)
    _until(stack, _works, RUNNING)  # what began before may have ended meanwhile
    pid = next(one.identity.pid for one in stack.up.children if one.spec.name == "connector" and one.identity)
    moment = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    while time.monotonic() < moment + TOLD and not out.outcome:
        stack.up.poll()
        status = stack.channels.read_status()
        if status is not None:
            out.tilt = max(out.tilt, status.tilt)
            out.safe = out.safe and status.mode in (ControlMode.ACTIVE, ControlMode.STANCE)
        out.outcome, out.told = reports.after(moment)
        time.sleep(NAP)
    out.safe = out.safe and out.tilt < UPRIGHT
    out.sound, out.runs = _look(record, done[-1].runs if done else 0)
    return out


def _what_was_said(stack: RunningStack, reports: _Reports) -> str:
    """The last log lines of every process, for diagnosis."""
    status = stack.channels.read_status()
    log = next(one.log.path for one in stack.up.children if one.spec.name == "connector")
    lines = [str(line) for _, line in reports.lines[-SAID:]] + stack.said[-SAID:]
    return "\n".join(
        [*lines, f"status: {status}", *log.read_text(encoding="utf-8", errors="replace").splitlines()[-SAID:]]
    )


def _works(status: SkillStatus) -> bool:
    """Whether a step of a task runs."""
    return "/" in status.request_id


def _look(record: Path, before: int) -> tuple[bool, int]:
    """Whether the record is complete and has at least its former runs, and their number."""
    try:
        with RunStore(record, existing=True) as store:
            count = len(store.ended())
            return store.sound() and count >= before, count
    except SkillStackError:
        return False, 0


def _until(stack: RunningStack, what: object, seconds: float) -> SkillStatus:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        stack.up.poll()
        status = stack.channels.read_status()
        if status is not None and what(status):  # type: ignore[operator]
            return status
        time.sleep(NAP)
    raise ProbeFailed(f"no errand ran within {seconds:g} s")


def rows_of(done: Sequence[Kill]) -> list[Row]:
    """The figures."""
    count = len(done)
    outcomes = {word: sum(one.outcome == word for one in done) for word in sorted({one.outcome for one in done})}
    told = ", ".join(f"{number} {word or 'not reported'}" for word, number in outcomes.items())
    runs = f"{done[-1].runs} runs in the record at the end" if done else ""
    tilts, delays = [one.tilt for one in done], [one.told for one in done if one.outcome == "interrupted"]
    return [
        Row("kills", float(count), "kills", 100.0, "higher"),
        Row("record of runs whole", 100.0 * sum(one.sound for one in done) / count, "%", 100.0, "higher", note=runs),
        Row("robot upright and driven", 100.0 * sum(one.safe for one in done) / count, "%", 100.0, "higher",
            spread=(min(tilts), max(tilts)), note="spread: largest tilt after each kill, rad"),
        Row("task reported interrupted", 100.0 * outcomes.get("interrupted", 0) / count, "%", 100.0, "higher",
            note=told),
        Row("from the kill to that report, median", float(np.median(delays or [np.nan])), "s", WITHIN,
            spread=(min(delays, default=np.nan), max(delays, default=np.nan))),
    ]  # fmt: skip
