"""Worker: answers the questions of control loops, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from skill_stack.controllers.slow.answerer import Answerer
from skill_stack.core.errors import DataError
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.shared_memory.shared_block import SharedBlock, users_of
from skill_stack.core.shared_memory.slow_channel import SlowChannel, SlowWork
from skill_stack.core.skills.policy_manifest import PolicyManifest

LOOK_EVERY = 0.5
"""Time between two checks for control processes, s."""
DESERTED = 10.0
"""Time after the end of the control process until the worker ends, s: a restart takes less."""


@dataclass(frozen=True, slots=True)
class Served:
    """One slow skill.

    Attributes:
        skill: Its name.
        manifest: Its conventions.
        values: Values of a question.
        answerer: Its network or planner, or None where it could not be loaded.
        path: Its shared block, which the control process makes.
        problem: Why it could not be loaded.
    """

    skill: str
    manifest: PolicyManifest
    values: int
    answerer: Answerer | None
    path: Path
    problem: str = ""


class _Desk:
    """The questions for one skill."""

    def __init__(self, served: Served, log: ProcessLog) -> None:
        self._served, self._log = served, log
        self._channel: SlowChannel | None = None
        self._file = 0
        self._work = SlowWork(ProcessIdentity.own(), problem=served.problem)
        self._last = 0

    @property
    def attended(self) -> bool:
        """Whether a living control process uses the block."""
        try:
            return bool(users_of(self._served.path))
        except (FileNotFoundError, DataError):
            return False

    def look(self) -> None:
        """Opens the block if it is new: a restarted control process creates another."""
        served, chunk = self._served, self._served.manifest.chunk
        try:
            file = served.path.stat().st_ino
            if file == self._file or chunk is None:
                return
            steps, width = chunk.steps, len(served.manifest.driven)
            layout = SlowChannel.layout(served.skill, served.values, steps, width)
            channel = SlowChannel(SharedBlock.attach(served.path, layout), steps, width)
        except FileNotFoundError:
            self._channel, self._file = None, 0
            return
        except DataError as error:
            self._log.error(f"skill '{served.skill}': {error}")
            self._file = file
            return
        self._channel, self._file, self._last = channel, file, 0
        channel.report_worker(self._work)

    def turn(self) -> bool:
        """Answers the newest question; returns whether there was one."""
        channel, answerer = self._channel, self._served.answerer
        question = channel.question() if channel is not None else None
        if channel is None or answerer is None or question is None:
            return False
        answer = answerer.answer(question)
        skipped = max(question.sequence - self._last - 1, 0) if self._last else 0
        self._last = question.sequence
        work = self._work
        if answer is not None:
            channel.reply(answer)
        self._work = SlowWork(
            work.process,
            answer.seconds if answer is not None else work.seconds,
            work.answers + (answer is not None),
            work.skipped + skipped,
            answerer.problem,
        )
        if answerer.problem != work.problem:
            self._log.warn(f"skill '{self._served.skill}': {answerer.problem or 'answers again'}")
        channel.report_worker(self._work)
        return True


class Worker:
    """Serves the skills in turn.

    Attributes:
        deserted: Whether the control process that was served has ended, and none has come for long.
    """

    def __init__(self, served: list[Served], log: ProcessLog) -> None:
        """Takes the skills; their blocks may come later."""
        self._desks = [_Desk(one, log) for one in served]
        self._next = 0.0
        self._attended_at: float | None = None
        self.deserted = False

    def turn(self, now: float) -> bool:
        """One look at every desk.

        Args:
            now: Monotonic time, s.

        Returns:
            Whether there was a question.
        """
        if now >= self._next:
            self._next = now + LOOK_EVERY
            self._watch(now)
        asked = [desk.turn() for desk in self._desks]
        return any(asked)

    def _watch(self, now: float) -> None:
        for desk in self._desks:
            desk.look()
        if any(desk.attended for desk in self._desks):
            self._attended_at = now
        self.deserted = self._attended_at is not None and now - self._attended_at > DESERTED
