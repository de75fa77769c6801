"""Repeats: how often sensors, cameras and drivers give the very same value once more, as what is frozen does."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from skill_stack.recording.reading.episode import NS, RecordedTask, span
from skill_stack.recording.reading.ticks import TickTable
from skill_stack.recording.recording import Recording

Array = np.ndarray
Stream = tuple[str, bool]
"""Name of a stream, and whether the robot moves meanwhile."""
HEADER = 16
"""Bytes at the front of a picture's message: encoding and the time, which is never the same."""
_SENSORS = ("position", "imu_angular_velocity", "imu_linear_acceleration")


@dataclass(frozen=True, slots=True)
class RepeatCount:
    """How often a stream gave the very same value as just before.

    Attributes:
        check: The finding that too many are.
        what: What repeats itself longest, for people.
        pairs: Values that had one before.
        repeated: Those of them that were the same.
        longest: Most of them in a row.
        time: When that began, wall time, s.
    """

    check: str
    what: str
    pairs: int
    repeated: int
    longest: int
    time: float


def tick_repeats(ticks: TickTable, moving: Array) -> Iterator[tuple[Stream, RepeatCount]]:
    """Samples that came once more, and values of sensors that stayed the same in a new sample.

    Args:
        ticks: The ticks.
        moving: Whether the robot moves, shape (ticks,).
    """
    new = np.diff(ticks.columns["sample_sequence"], prepend=-1) != 0
    samples = ticks.columns["sample_sequence"][:, None]
    for moves in (True, False):
        counted = moving == moves
        yield ("samples", moves), _count("sensor_gap", samples, counted, ticks.times, ("the sample of all sensors",))
        for sensor in _SENSORS:
            labels = ticks.joints if sensor == "position" else [f"{sensor.replace('_', ' ')} {axis}" for axis in "xyz"]
            values = ticks.columns[sensor][new]
            yield (sensor, moves), _count("frozen_sensor", values, counted[new], ticks.times[new], labels)


def picture_repeats(run: Recording, name: str, one: RecordedTask, before: float) -> tuple[Array, RepeatCount]:
    """Times of a camera's pictures in an episode, s, and how they repeat, also the last one before it.

    Args:
        run: The run.
        name: Topic of the camera.
        one: The episode.
        before: How long before the episode that one may be, s.
    """
    early = one.begin - before, one.end
    found = [(time * NS, zlib.crc32(data[HEADER:])) for _, _, time, data in run.raw_messages([name], *span(early))]
    first = max(sum(time < one.begin for time, _ in found) - 1, 0)
    times = np.array([time for time, _ in found[first:]])
    sums = np.array([check for _, check in found[first:]], dtype=np.int64)[:, None]
    count = _count("frozen_camera", sums, np.ones(len(times), bool), times, (name,))
    return times[times >= one.begin], count


def gap_of(times: Array, begin: float) -> float:
    """The longest time without a picture, s; 0 for a camera that gave none at all."""
    return float(np.diff(times, prepend=begin).max(initial=0.0))


def _count(check: str, values: Array, counted: Array, times: Array, labels: Iterable[str]) -> RepeatCount:
    """Counts repeats.

    Args:
        check: The finding that too many are.
        values: Shape (rows, columns).
        counted: Which rows count, shape (rows,).
        times: Of the rows, s.
        labels: Names of the columns.
    """
    inside = counted[1:, None]
    same = (np.diff(values, axis=0) == 0) & inside
    runs = [_longest(column) for column in same.T]
    worst = int(np.argmax([length for length, _ in runs]))
    length, place = runs[worst]
    pairs, time = int(inside.sum()) * same.shape[1], float(times[place]) if len(times) else 0.0
    return RepeatCount(check, list(labels)[worst], pairs, int(same.sum()), length, time)


def _longest(flags: Array) -> tuple[int, int]:
    """Length and place of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(int)))
    lengths = edges[1::2] - edges[::2]
    return (int(lengths.max()), int(edges[::2][lengths.argmax()])) if len(lengths) else (0, 0)
