"""SlowChannel: a shared block per slow skill, between the control loop and the policy worker.

The loop writes questions. The worker writes answers alternately into two records, so that the newest whole one can be
read while the next is written. Neither waits for the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.errors import StaleData
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.setpoint import Shortfall
from skill_stack.core.shared_memory.block_file import PRIVATE
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock, SharedRecord
from skill_stack.core.shared_memory.text_field import to_bytes_cut

Array = np.ndarray
SLOW = PRIVATE[0]
"""Separator between the name of a control process's block and that of the skill."""
PROBLEM = 240  # bytes of a sentence


@dataclass(frozen=True, slots=True)
class SlowQuestion:
    """A question to a slow policy.

    Attributes:
        sequence: Number of the question, from 1.
        tick: Control tick of the question, counted by the skill.
        task_time: Task time of the measurement, s; camera frames are selected by it.
        values: All inputs made of terms, flat and in the manifest's order, then the commands, shape (values,).
    """

    sequence: int
    tick: int
    task_time: float
    values: Array


@dataclass(frozen=True, slots=True)
class SlowAnswer:
    """An answer of a slow policy.

    Attributes:
        sequence: Number of the question.
        tick: Control tick of the question.
        seconds: Time that the network took, s.
        actions: Raw actions, shape (steps, values of an action).
        progress: How far the skill is at each, shape (steps,).
        void: Whether it takes back all answers before and holds none itself, as a planner does that foresees a fall:
            the fallback drives at once.
        lacks: What the motion that is planned comes no nearer to.
    """

    sequence: int
    tick: int
    seconds: float
    actions: Array
    progress: Array
    void: bool = False
    lacks: Shortfall = Shortfall()


@dataclass(frozen=True, slots=True)
class SlowUse:
    """Use of a slow policy by the control loop.

    Attributes:
        age: Time since the moment that the newest answer was made for, s; infinite before the first.
        max_age: Age past which the fallback takes over, s.
        asked: Questions since the control process began.
        taken: Answers that were used.
        late: Answers that came too late, or after a newer one.
        broken: Answers that held a value that is not finite, or could not be read.
        fallbacks: How often the fallback took over, the waits for a first answer left out.
        falls_back: Whether it drives now.
        ticks: Control ticks that the loop made from the last question that was answered to its answer.
        refused: Void answers, which took back what was answered before.
    """

    age: float = float("inf")
    max_age: float = 0.0
    asked: int = 0
    taken: int = 0
    late: int = 0
    broken: int = 0
    fallbacks: int = 0
    falls_back: bool = False
    ticks: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class SlowWork:
    """State of a slow policy's worker.

    Attributes:
        process: The worker.
        seconds: Time of the last inference, s.
        answers: Answers so far.
        skipped: Questions that a newer one overtook.
        problem: Why it does not answer, or an empty text.
    """

    process: ProcessIdentity = ProcessIdentity(0, 0)
    seconds: float = 0.0
    answers: int = 0
    skipped: int = 0
    problem: str = ""


class SlowChannel:
    """Typed access to the records of one slow policy."""

    def __init__(self, block: SharedBlock, steps: int, width: int) -> None:
        """Takes a mapped block with the layout of :func:`layout`.

        Args:
            block: The block.
            steps: Actions in one answer.
            width: Values of an action.
        """
        self.block = block
        self._steps, self._width = steps, width
        self._question = block.records["question"]
        self._answers: tuple[SharedRecord, ...] = (block.records["answer0"], block.records["answer1"])
        self._seen = [record.counter for record in self._answers]
        self._asked = 0

    @staticmethod
    def layout(skill: str, values: int, steps: int, width: int) -> BlockLayout:
        """The records of a skill.

        Args:
            skill: Its name.
            values: Values of a question.
            steps: Actions in one answer.
            width: Values of an action.
        """
        answer = steps * (width + 1)
        records = (
            RecordFormat("question", "qqd", values),
            RecordFormat("answer0", "qqd?qd", answer),
            RecordFormat("answer1", "qqd?qd", answer),
            RecordFormat("use", "ddqqqqq?qq", 0),
            RecordFormat("work", f"qqdqq{PROBLEM}s", 0),
        )
        return BlockLayout(f"slow policy {skill}: {values} values in, {steps} × {width} out", records)

    def ask(self, question: SlowQuestion) -> None:
        """Writes a question, over an unread one."""
        self._question.vector[:] = question.values
        self._question.write(question.sequence, question.tick, question.task_time)

    def question(self) -> SlowQuestion | None:
        """The newest question, or None when there is no new one, or it is being written."""
        counter = self._question.counter
        if counter == self._asked:
            return None
        try:
            (sequence, tick, task_time), values, self._asked = self._question.read()
        except StaleData:
            return None
        return SlowQuestion(sequence, tick, task_time, values)

    def reply(self, answer: SlowAnswer) -> None:
        """Writes an answer over the older of the two records."""
        record = min(self._answers, key=_number)
        size = self._steps * self._width
        record.vector[:size] = np.ravel(answer.actions)
        record.vector[size:] = np.ravel(answer.progress)
        record.write(answer.sequence, answer.tick, answer.seconds, answer.void, *answer.lacks)

    def answers(self) -> tuple[list[SlowAnswer], int]:
        """Answers not returned before, oldest first, and how many could not be read; never waits."""
        found, broken = [], 0
        for place, record in enumerate(self._answers):
            counter = record.counter
            if counter == self._seen[place]:
                continue
            self._seen[place] = counter
            try:
                (sequence, tick, seconds, void, *lacks), values, self._seen[place] = record.read()
            except StaleData:
                broken += 1
                continue
            size = self._steps * self._width
            actions = values[:size].reshape(self._steps, self._width)
            found.append(SlowAnswer(sequence, tick, seconds, actions, values[size:], void, Shortfall(*lacks)))
        return sorted(found, key=lambda answer: answer.sequence), broken

    def report_loop_use(self, use: SlowUse) -> None:
        """Reports the loop's use, for status and diagnostics."""
        counts = (use.asked, use.taken, use.late, use.broken, use.fallbacks)
        self.block.records["use"].write(use.age, use.max_age, *counts, use.falls_back, use.ticks, use.refused)

    def report_worker(self, work: SlowWork) -> None:
        """Reports the worker's state."""
        problem = to_bytes_cut(work.problem, PROBLEM)
        counts = (work.answers, work.skipped)
        self.block.records["work"].write(work.process.pid, work.process.start, work.seconds, *counts, problem)


def _number(record: SharedRecord) -> int:
    return record.counter


def slow_path(block: Path, skill: str) -> Path:
    """The block of a slow skill, beside that of the part that it drives."""
    return block.with_name(f"{block.name}{SLOW}{skill}")


def slow_paths(block: Path) -> tuple[Path, ...]:
    """The blocks of slow skills beside that of a part."""
    found = block.parent.glob(f"{block.name}{SLOW}*")
    return tuple(sorted(path for path in found if ".new-" not in path.name))
