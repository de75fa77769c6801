"""Reached goals: a segment of a recording named by where the robot ended, whatever it had been asked for."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.rotation import yaw_of
from skill_stack.recording.reading.episode import RecordedTask
from skill_stack.recording.reading.ticks import read_ticks
from skill_stack.recording.recording import Recording

Array = np.ndarray


class ReachedWords(DataModel):
    """``reached.yaml``; see there."""

    least: dict[str, float]
    distance: str
    turn: str
    verb: str
    directions: dict[str, str]
    turns: dict[str, str]


def reached(run: Recording, one: RecordedTask) -> list[dict[str, Any]]:
    """Names of what the steps of an episode reached, by the robot's own estimate.

    Args:
        run: Its run.
        one: The episode.

    Returns:
        For each step that moved the robot: episode, begin and end, wall time, s, what was asked for and with which
        outcome, the words of what was reached, and it in numbers: ``x``, ``y``, m, in the frame of the base at the
        begin, ``yaw``, rad, counted through whole turns.
    """
    words = load_model(ReachedWords, Path(__file__).with_name("reached.yaml"))
    out = []
    for step in one.steps:
        ticks = read_ticks(run, window=(step.begin, step.end), fields=("base_position", "base_orientation"))
        if len(ticks) < 2:
            continue
        x, y, yaw = displacement(ticks.columns["base_position"], ticks.columns["base_orientation"])
        if told := named(x, y, yaw, words):
            out.append({"episode": one.id, "begin": step.begin, "end": step.end, "asked": one.instruction,
                        "outcome": step.outcome, "reached": told, "x": round(x, 3), "y": round(y, 3),
                        "yaw": round(yaw, 3)})  # fmt: skip
    return out


def displacement(positions: Array, orientations: Array) -> tuple[float, float, float]:
    """From the first row to the last: x ahead, y to the left, m, and turned to the left, rad.

    Args:
        positions: In odom, m, shape (rows, 3).
        orientations: w-x-y-z, shape (rows, 4).
    """
    yaws = np.unwrap([yaw_of(row) for row in orientations])
    dx, dy = (positions[-1] - positions[0])[:2].tolist()
    c, s = math.cos(yaws[0]), math.sin(yaws[0])
    return c * dx + s * dy, c * dy - s * dx, float(yaws[-1] - yaws[0])


def named(x: float, y: float, yaw: float, words: ReachedWords) -> str:
    """A displacement in words; empty for standing still, or for one that is neither a straight way nor a turn."""
    distance, least = math.hypot(x, y), words.least
    if distance < least["distance"]:
        if abs(yaw) < least["angle"]:
            return ""
        return words.turn.format(direction=words.turns["left" if yaw > 0 else "right"], amount=abs(math.degrees(yaw)))
    if abs(yaw) > least["angle"] or min(abs(x), abs(y)) > 0.5 * max(abs(x), abs(y)):
        return ""
    along = ("ahead" if x > 0 else "behind") if abs(x) > abs(y) else ("left" if y > 0 else "right")
    return words.distance.format(verb=words.verb, amount=distance, direction=words.directions[along])
