"""Live streams of people: one after another does a clip, seen late, with gaps, errors and a break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.mirroring.correspondence import BodyMirror, Correspondence
from skill_stack.connector.mirroring.person_features import POINTS
from skill_stack.training.mirroring.persons import RATE, Channel, Course, drawn_person, moving

Array = np.ndarray

LATE = 0.05
"""Time from when a person is somewhere to when it is known, s."""
LOST, WRONG = 0.03, 0.01
"""Share of frames that do not arrive, and in which one joint is anywhere."""
BREAK = 1.0
"""Time for which nothing arrives once in a stream, s."""


EACH, IN_ONE = 8.6, 7
"""How long each person goes on, s, and how many there are in a stream: a minute."""


@dataclass(frozen=True, slots=True)
class Stream:
    """People in turn.

    Attributes:
        names: Their clips.
        each: How long each goes on, s.
        times: When a frame arrives, s, shape (frames,).
        points: What arrives, shape (frames, points, 3).
        taken: When it was seen, s, shape (frames,).
    """

    names: tuple[str, ...]
    each: float
    times: Array
    points: Array
    taken: Array


def dealt(names: Sequence[str], count: int, rng: np.random.Generator) -> list[tuple[str, ...]]:
    """Clips of some streams, all equally often but for the last ones, in random order."""
    deck: list[str] = []
    while len(deck) < count * IN_ONE:
        deck += [names[number] for number in rng.permutation(len(names))]
    return [tuple(deck[IN_ONE * number : IN_ONE * (number + 1)]) for number in range(count)]


def made_stream(
    clips: Mapping[str, Mapping[Channel, Course]], names: tuple[str, ...], each: float, rng: np.random.Generator
) -> Stream:
    """People whom nobody has seen before do clips in turn.

    Args:
        clips: Motions by name.
        names: Which of them, in order.
        each: How long each goes on, s.
        rng: Of people, gaps and errors.
    """
    motions = [moving(clips[name], drawn_person(rng), each - 1 / RATE, rng).positions for name in names]
    points = np.concatenate(motions)
    taken = np.arange(len(points)) / RATE
    wrong = np.flatnonzero(rng.random(len(points)) < WRONG)
    joints = rng.integers(len(POINTS), size=len(wrong))
    points[wrong, joints] = np.where(rng.random((len(wrong), 1)) < 0.5, np.nan, rng.uniform(-3, 3, (len(wrong), 3)))
    begin = rng.uniform(0.2, 0.8) * taken[-1]
    kept = (rng.random(len(points)) >= LOST) & ~((taken >= begin) & (taken < begin + BREAK))
    return Stream(names, each, taken[kept] + LATE, points[kept], taken[kept])


class StreamMirror:
    """Goal values by the time since a stream began, for :func:`skill_stack.training.mirroring.rollouts.run`."""

    def __init__(self, correspondence: Correspondence, stream: Stream) -> None:
        """Nothing has arrived yet."""
        self.mirror, self._stream, self._next = BodyMirror(correspondence), stream, 0

    def __call__(self, now: float) -> dict[str, float] | None:
        """Takes what has arrived, and answers."""
        while self._next < len(self._stream.times) and self._stream.times[self._next] <= now:
            self.mirror.take(float(self._stream.taken[self._next]), self._stream.points[self._next])
            self._next += 1
        return self.mirror.goals(now)
