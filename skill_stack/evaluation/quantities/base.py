"""Quantities of the base alone: height, tilt, speed, drift."""

from __future__ import annotations

import numpy as np

from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity
from skill_stack.evaluation.record import EpisodeRecord

STEADY = 2.0
"""Time after which a mean counts, s, since commands take effect gradually."""
SWIFT = 3.0
"""The same for speeds that take longer to reach, s."""
STRIDES = 0.1
"""Share of the time in which a speed must be reached: a single stride does not count."""
WORDS_WORK = 0.6
"""Time after words in which the speed still changes, s."""


def _size(vectors: Array) -> Array:
    return np.asarray(np.linalg.norm(vectors, axis=1))


def _drift(record: EpisodeRecord) -> Array:
    return _size(record.position[:, :2] - record.position[0, :2])


def _forward_speed(record: EpisodeRecord, _: Parameters) -> float:
    return float(record.linear[record.running(SWIFT), 0].mean())


def _cruise(record: EpisodeRecord, ticks: Array) -> float:
    """Speed that is reached for at least a tenth of a period, m/s."""
    speeds = np.sort(_size(record.linear[ticks, :2]))[::-1]
    return float(speeds[int(len(speeds) * STRIDES)]) if len(speeds) else 0.0


def _pace(record: EpisodeRecord, _: Parameters) -> float:
    """NaN, which passes nothing, without words or if the robot stood before."""
    if not record.said:
        return float("nan")
    before = _cruise(record, record.time <= record.said[0])
    after = _cruise(record, record.time > record.said[0] + WORDS_WORK)
    return after / before if before > 0 else float("nan")


def _end_pace(record: EpisodeRecord, _: Parameters) -> float:
    """Net speed, since a robot that steps on the spot sways."""
    way, time = record.position[record.end, :2], record.time[record.end]
    seconds = float(time[-1] - time[0])
    return float(np.linalg.norm(way[-1] - way[0])) / seconds if seconds > 0.0 else float("nan")


BASE: dict[str, Quantity] = {
    "end_height": Quantity("m", lambda r, _: r.position[r.end, 2], "height of the base over the end"),
    "end_tilt": Quantity("rad", lambda r, _: r.tilt[r.end], "angle of the base to upright over the end"),
    "end_pitch": Quantity("rad", lambda r, _: r.pitch[r.end], "rise of the nose over the end"),
    "end_speed": Quantity("m/s", lambda r, _: _size(r.linear[r.end]), "speed of the base over the end"),
    "end_pace": Quantity("m/s", _end_pace, "way that the base covers over the end, by its length in time"),
    "end_turn_speed": Quantity("rad/s", lambda r, _: _size(r.angular[r.end]), "angular speed over the end"),
    "end_drift": Quantity("m", lambda r, _: _drift(r)[r.end], "distance from where it began, over the end"),
    "tilt": Quantity("rad", lambda r, _: r.tilt, "angle of the base to upright, all the time"),
    "drift": Quantity("m", lambda r, _: _drift(r), "distance from where it began, all the time"),
    "mean_height": Quantity("m", lambda r, _: r.position[r.running(STEADY), 2].mean(), "mean height after 2 s"),
    "forward_speed": Quantity("m/s", _forward_speed, "mean speed along the heading after 3 s"),
    "pace": Quantity("", _pace, "speed after the words in between against that before"),
}
"""Quantities of the base."""
