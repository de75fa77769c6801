"""ChunkPlan: the values at the present time from the newest answers of a slow policy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.skills.manifest_chunk import SLACK, ManifestChunk

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Chunk:
    """An answer in the units of the robot.

    Attributes:
        sequence: Number of its question.
        asked: The skill's time of the question, s: that of its first action.
        came: The skill's time at which it came, s.
        values: Joint targets, rad, or goal values, shape (steps, values).
        progress: How far the skill is at each, shape (steps,).
    """

    sequence: int
    asked: float
    came: float
    values: Array
    progress: Array


class ChunkPlan:
    """Keeps answers while they apply, and blends them.

    Attributes:
        late: Answers that were dropped because they were too old, or came after a newer one.
    """

    def __init__(self, spec: ManifestChunk, linear: bool) -> None:
        """Begins empty.

        Args:
            spec: How answers follow one another.
            linear: Whether values go straight from one action to the next, or hold.
        """
        self._spec, self._linear = spec, linear
        self._chunks: list[Chunk] = []
        self._first = 0
        self.late = 0

    def start(self, first: int) -> None:
        """Clears all answers.

        Args:
            first: Number of the next question; answers to earlier ones belong to another run.
        """
        self._chunks, self._first = [], first

    def add(self, chunk: Chunk, now: float) -> bool:
        """Adds an answer, or drops it.

        Args:
            chunk: The answer.
            now: The skill's time, s.

        Returns:
            Whether it was taken.
        """
        if chunk.sequence < self._first:
            return False
        newest = self._chunks[-1].sequence if self._chunks else 0
        if chunk.sequence <= newest or now - chunk.asked > self._spec.max_age + SLACK:
            self.late += 1
            return False
        if self.age(now) > self._spec.max_age + SLACK:  # the fallback has driven since: there is nothing to mix with
            self._chunks = []
        self._chunks.append(chunk)
        if self._spec.blend != "ensemble":
            self._chunks = self._chunks[-2:] if self._spec.blend == "fade" else self._chunks[-1:]
        return True

    def age(self, now: float) -> float:
        """Age of the observation of the newest answer, s; infinite when there is none."""
        return now - self._chunks[-1].asked if self._chunks else math.inf

    def at(self, now: float) -> tuple[Array, float] | None:
        """The values at a time, shape (values,), and progress; None beyond the age limit, when the fallback drives."""
        if self.age(now) > self._spec.max_age + SLACK:
            return None
        if len(self._chunks) > 1:
            self._chunks = self._reaching(now)
        newest = self._chunks[-1]
        return self._values(now, self._chunks), float(newest.progress[self._place(newest, now)[0]])

    def ahead(self, now: float, steps: int) -> Array | None:
        """The actions from now on without another answer: shape (steps, values); None beyond the age limit.

        Args:
            now: The skill's time, s.
            steps: How many steps of a chunk.
        """
        if self.age(now) > self._spec.max_age + SLACK:
            return None
        times = [now + number * self._spec.step for number in range(steps)]
        return np.stack([self._values(time, self._reaching(time)) for time in times])

    def _reaching(self, now: float) -> list[Chunk]:
        """Answers that cover a time; the newest one holds its last action."""
        reach = self._spec.seconds + SLACK
        return [chunk for chunk in self._chunks[:-1] if now - chunk.asked <= reach] + self._chunks[-1:]

    def _values(self, now: float, chunks: list[Chunk]) -> Array:
        newest = self._value(chunks[-1], now)
        return self._mixed(newest, now, chunks) if len(chunks) > 1 else newest

    def _mixed(self, newest: Array, now: float, chunks: list[Chunk]) -> Array:
        spec = self._spec
        if spec.blend == "fade":
            passed = now - chunks[-1].came
            share = 1.0 if passed >= spec.fade - SLACK else passed / spec.fade
            return share * newest + (1.0 - share) * self._value(chunks[0], now) if share < 1.0 else newest
        weights = np.exp(-spec.decay * np.arange(len(chunks)))
        every = np.stack([self._value(chunk, now) for chunk in chunks])
        return np.asarray(weights @ every / weights.sum())

    def _place(self, chunk: Chunk, now: float) -> tuple[int, float]:
        """The action at a time, and its elapsed share."""
        place = max((now - chunk.asked) / self._spec.step, 0.0) + 1e-6  # sums of periods are never exact
        whole = int(place)
        last = self._spec.steps - 1
        return (whole, place - whole) if whole < last else (last, 0.0)

    def _value(self, chunk: Chunk, now: float) -> Array:
        whole, share = self._place(chunk, now)
        here = chunk.values[whole]
        if not self._linear or share < 1e-5:
            return here
        return here + share * (chunk.values[whole + 1] - here)
