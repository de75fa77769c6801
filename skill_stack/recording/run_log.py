"""RunLog: what happened in a run, as events, from the journal, the control ticks and the counters of stops."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.processes.journal import journal_path
from skill_stack.core.setpoint import plan_of
from skill_stack.core.shared_memory.black_box import MODES
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.recording.cdr import CdrWriter
from skill_stack.recording.format import EventKind, RunEvent

Array = np.ndarray
NS = 10**9


def event_message(event: RunEvent) -> bytes:
    """An event as a RunEvent message."""
    cdr = CdrWriter()
    cdr.time(event.time)
    for text in (event.kind.value, event.task_id, event.text, json.dumps(event.payload, ensure_ascii=False)):
        cdr.text(text)
    return cdr.done()


class JournalFollower:
    """Reads what planner and connector wrote down since the last call."""

    def __init__(self, block: Path) -> None:
        """Begins at the present end of the journal.

        Args:
            block: The robot's shared block.
        """
        self._path = journal_path(block)
        self._file, self._place = self._now()
        self._tasks: dict[str, str] = {}
        self._words: dict[str, str] = {}

    def _now(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
            return found.st_ino, found.st_size
        except OSError:
            return 0, 0

    def read(self, epoch: float) -> Iterator[RunEvent]:
        """The events since the last call; a line that is still being written waits for the next.

        Args:
            epoch: Time in the recording when monotonic time was zero, s.
        """
        file, size = self._now()
        if file != self._file:
            self._file, self._place = file, 0
        if size <= self._place:
            return
        try:
            with self._path.open("rb") as opened:
                opened.seek(self._place)
                data = opened.read()
        except OSError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._place += len(whole)
        for line in whole.splitlines():
            try:
                event = self._event(json.loads(line), epoch)
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
            if event is not None:
                yield event

    def _event(self, row: dict[str, Any], epoch: float) -> RunEvent | None:
        """The event of one entry, or None for what is no event."""
        time, stage, name = round((float(row["mono"]) + epoch) * NS), row["stage"], str(row["id"])
        if row["process"] != "planner":
            return None
        if stage == "words":
            self._words[name] = row["text"]
            return RunEvent(time, EventKind.INSTRUCTION, name, row["text"], {"source": row["source"]})
        if stage == "plan":
            payload = {"plan": {"id": name, **row.get("plan", {})}, "status": row["status"], "words_id": row["of"]}
            return RunEvent(time, EventKind.PLAN, name, self._words.get(row["of"], ""), payload)
        if stage == "request":
            payload = {"request_id": name, "skill": row["skill"], "arguments": row.get("arguments", {})}
            return RunEvent(time, EventKind.STEP_STARTED, plan_of(name), row["skill"], payload)
        if stage == "outcome":
            payload = {key: row[key] for key in ("skill", "outcome", "violated", "evidence", "seconds") if key in row}
            return RunEvent(time, EventKind.STEP_ENDED, plan_of(name), row["reason"], {"request_id": name, **payload})
        if stage == "change" or stage == "cancel":
            payload = {"request_id": name, "event": stage, "words_id": row["of"]}
            text = self._words.get(row["of"], "")
            return RunEvent(time, EventKind.CORRECTION, plan_of(name), text, payload)
        if stage == "finish":
            done = row["outcome"] in ("succeeded", "failed", "interrupted")
            payload = {"status" if not done else "outcome": row["outcome"], "words_id": row["of"]}
            payload |= {"seconds": row["seconds"]} if done else {}
            kind = EventKind.OUTCOME if done else EventKind.ANSWER
            return RunEvent(time, kind, name, row["reason"], payload)
        return None


class TickEvents:
    """Finds in the control ticks of a part where its mode or its reason changed."""

    def __init__(self, part: str) -> None:
        """Takes the name of the part."""
        self._part = part
        self._last: tuple[int, bytes] | None = None

    def read(self, rows: Array, times: list[int]) -> Iterator[RunEvent]:
        """The events of some rows.

        Args:
            rows: Rows of the black box.
            times: Time of each in the recording, ns.
        """
        if not len(rows):
            return
        before = [rows["mode"][0], *rows["mode"][:-1]], [rows["reason"][0], *rows["reason"][:-1]]
        changed = (rows["mode"] != np.array(before[0])) | (rows["reason"] != np.array(before[1]))
        if self._last is None or self._last != (rows["mode"][0], rows["reason"][0]):
            changed[0] = True
        for place in np.flatnonzero(changed):
            row, mode = rows[place], MODES[rows["mode"][place]]
            reason, skill = (row[name].decode(errors="replace") for name in ("reason", "skill"))
            payload = {"part": self._part, "mode": mode, "skill": skill}
            request = bytes(row["request"]).decode(errors="replace")
            yield RunEvent(times[place], EventKind.REASON, plan_of(request), reason, payload)
        self._last = (rows["mode"][-1], rows["reason"][-1])


class FlagEvents:
    """Finds stops, emergency stops and resets by their counters."""

    def __init__(self, flags: Flags) -> None:
        """Takes the present counters."""
        self._flags = flags

    def read(self, flags: Flags, now: int) -> Iterator[RunEvent]:
        """The events since the last call.

        Args:
            flags: The present counters.
            now: Time in the recording, ns.
        """
        before, self._flags = self._flags, flags
        for kind in (EventKind.STOP, EventKind.ESTOP, EventKind.RESET):
            count = getattr(flags, kind.value)
            if count > getattr(before, kind.value):
                yield RunEvent(now, kind, payload={"count": count})
