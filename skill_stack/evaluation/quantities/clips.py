"""Deviation of joints from a clip that a skill follows."""

from __future__ import annotations

import os

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.evaluation.quantities.quantity import Array, Parameters, Quantity
from skill_stack.evaluation.record import EpisodeRecord

APPROACH = 1.5
"""Time in which a skill that follows a clip moves to its first frame, s."""
LATE = 0.2
"""Largest delay of the robot behind the clip, s."""


def _clip_error(record: EpisodeRecord, parameters: Parameters) -> float:
    """Root mean square over joints and frames, by the shift in time within :data:`LATE` that fits best."""
    if len(parameters) < 2:
        raise DataError("which clip, and which joints? Write 'clip_error(greet, waist, arms) <= 0.1 rad'")
    skill, *groups = parameters
    names = record.robot.members(groups)
    frames, rate = _clip(f"models/{record.robot.name}/{skill}/motion.npz", names)
    begin, step = float(record.time[0]) + APPROACH, float(np.median(np.diff(record.time)))
    ways = np.stack([record.joint_way(name) for name in names], axis=1)
    asked, late = begin + np.arange(len(frames)) / rate, np.arange(0.0, LATE + step / 2, step)
    return min(_distance(record.time, ways, asked + shift, frames) for shift in late)


def _distance(time: Array, ways: Array, asked: Array, frames: Array) -> float:
    places = np.round((asked - time[0]) / np.median(np.diff(time))).astype(int)
    if places[-1] >= len(time):
        return float("inf")  # it ended before the clip did
    return float(np.sqrt(np.mean(np.square(ways[places] - frames))))


def _clip(path: str, names: tuple[str, ...]) -> tuple[Array, float]:
    """Frames of some joints, rad, shape (frames, joints), and their rate, Hz."""
    file = Resources.from_environment(os.environ).find(path, "clip")
    with np.load(file, allow_pickle=False) as data:
        known = [str(name) for name in data["joint_names"]]
        missing = sorted(set(names) - set(known))
        if missing:
            raise DataError(f"{path}: has no joint '{missing[0]}'")
        return np.asarray(data["joint_pos"], float)[:, [known.index(name) for name in names]], float(
            np.ravel(data["fps"])[0]
        )


CLIPS: dict[str, Quantity] = {
    "clip_error": Quantity("rad", _clip_error, "root mean square distance of joints from the clip that it follows"),
}
"""Quantities of tracked motions."""
