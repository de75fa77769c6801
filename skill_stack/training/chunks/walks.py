"""Walks: recordings of a skill that walks to a point, as examples for a policy that answers in chunks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import yaw_of
from skill_stack.recording.format import SUFFIX, EventKind, topic
from skill_stack.recording.reading.episode import EpisodeStep, RecordedTask, episodes_of, seconds, span
from skill_stack.recording.reading.ticks import TickTable, read_ticks
from skill_stack.recording.recording import Recording
from skill_stack.recording.review.spoilt import checked, limits
from skill_stack.training.chunks.demonstrator import progress

Array = np.ndarray
FEATURES = 9
"""Displacement (4), goal (2), velocity of the base (3): the terms of the skill's manifest, in its order."""
SETPOINTS = "skill_setpoint"
"""Topic of what the base skill was commanded."""
LED_UP = 1.0
"""Time before a person takes over that led to it and is not learnt from, s."""
Expert = Callable[[float, float], Mapping[str, float]]
"""Goal values that an expert would command with the point so far ahead and to the left, m."""


@dataclass(frozen=True, slots=True)
class DemonstratedWalk:
    """One walk, a row per action of the policy.

    Attributes:
        seen: Observations of the policy, shape (rows, FEATURES).
        told: The expert's commands, shape (rows, goal values).
        done: The commands that were carried out, shape (rows, goal values).
        progress: How far the walk was, shape (rows,).
        distance: Distance to the point at the end, m, by the robot's own estimate.
        driver: 1 where a person had taken over, -1 in :data:`LED_UP` before it, 0 elsewhere, shape (rows,).
    """

    seen: Array
    told: Array
    done: Array
    progress: Array
    distance: float
    driver: Array


def walks_in(
    folder: Path,
    skill: str,
    goals: tuple[str, ...],
    period: float,
    expert: Expert | None,
    report: Callable[[str], None],
) -> list[DemonstratedWalk]:
    """Walks of a skill from all recordings in a folder, without those that checks call spoilt.

    A take-over by a person spoils nothing here: what the person did then is what shall be learnt.

    Args:
        folder: Where runs are, one folder or file each.
        skill: The skill; its arguments ``x`` and ``y`` are the point, ahead and to the left of where it begins, m.
        goals: Names of the goal values.
        period: Time between two rows, s.
        expert: Who says what would have been right; None where what was done was, as when a person drove.
        report: Takes progress lines.

    Raises:
        DataError: There is no such walk; says what there is.
    """
    files = sorted(folder.rglob(f"*{SUFFIX}"))
    found: dict[str, list[DemonstratedWalk]] = {}

    def episodes() -> Iterator[tuple[Recording, RecordedTask]]:
        for number, path in enumerate(files, 1):
            with Recording(path) as run:
                for one in episodes_of(run):
                    mine = [step for step in one.steps if step.skill == skill]
                    walks = [_walk(run, one, step, goals, period, expert) for step in mine]
                    if any(walks):
                        found[one.id] = [walk for walk in walks if walk is not None]
                        yield run, one
            if number % 50 == 0 or number == len(files):
                report(f"read {number} of {len(files)} recordings, {len(found)} episodes")

    findings = checked(episodes(), limits())
    bad = {name for name, some in findings.items() if any(finding.check != "takeover" for finding in some)}
    if bad:
        report(f"left out {len(bad)} of {len(found)} episodes that checks call spoilt")
    if len(found) == len(bad):
        raise DataError(f"{folder} has {len(files)} recordings and {len(found)} walks of '{skill}', none of them sound")
    return [walk for name, some in found.items() if name not in bad for walk in some]


def _walk(
    run: Recording, one: RecordedTask, step: EpisodeStep, goals: tuple[str, ...], period: float, expert: Expert | None
) -> DemonstratedWalk | None:
    """One step as rows; None where it has no ticks, or nobody commanded these goal values."""
    ticks = read_ticks(
        run, window=(step.begin, step.end), fields=("base_position", "base_orientation", "base_velocity")
    )
    commanded = list(_commanded(run, step, goals))
    if len(ticks) < 2 or not commanded:
        return None
    x, y = float(step.arguments["x"]), float(step.arguments["y"])
    at = ticks.times[0] + period * np.arange(round((ticks.times[-1] - ticks.times[0]) / period))
    rows = np.searchsorted(ticks.times, at + 1e-4, side="right") - 1
    seen = np.array([_seen(ticks, row, (x, y)) for row in rows])
    # What was commanded for an action is in force in its middle, however setpoints and actions are shifted.
    newest = np.searchsorted([time for time, _ in commanded], at + period / 2, side="right") - 1
    done = np.array([commanded[place][1] for place in np.maximum(newest, 0)])
    ahead = np.array([left(x, y, tuple(row[:4])) for row in seen])
    told = done if expert is None else np.array([[expert(*here)[name] for name in goals] for here in ahead])
    distances = np.hypot(*ahead.T)
    how_far = np.array([progress(distance) for distance in distances])
    return DemonstratedWalk(seen, told, done, how_far, float(distances[-1]), _driver(one, at))


def _driver(one: RecordedTask, at: Array) -> Array:
    """Who drove at some wall times, s: see :class:`DemonstratedWalk`."""
    driver = np.zeros(len(at))
    for event in (event for event in one.events if event.kind == EventKind.TAKEOVER):
        since = at - seconds(event)
        if event.payload.get("begins", True):
            driver[since >= 0.0] = 1.0
            driver[(since < 0.0) & (since >= -LED_UP) & (driver == 0.0)] = -1.0
        else:
            driver[since >= 0.0] = 0.0
    return driver


def _commanded(run: Recording, step: EpisodeStep, goals: tuple[str, ...]) -> Iterator[tuple[float, list[float]]]:
    """Time, s, and goal values of every setpoint that has them all."""
    for _, time, message in run.messages([topic(run.namespace, SETPOINTS)], *span((step.begin, step.end))):
        values = {one.name: one.value for one in message.goals}
        if values.keys() >= set(goals):
            yield time * 1e-9, [values[name] for name in goals]


def _seen(ticks: TickTable, row: int, point: tuple[float, float]) -> list[float]:
    """What the policy would have observed, as the manifest's terms give it."""
    of = ticks.columns
    began, heading = of["base_position"][0], yaw_of(of["base_orientation"][0])
    moved = way(of["base_position"][row], of["base_orientation"][row], began, heading)
    return [*moved, *point, *of["base_velocity"][row].tolist()]


def way(position: Array, orientation: Array, began: Array, heading: float) -> tuple[float, float, float, float]:
    """Displacement since the begin: ahead and to the left, m, sine and cosine of the turn."""
    dx, dy = (position - began)[:2].tolist()
    c, s, turn = math.cos(heading), math.sin(heading), yaw_of(orientation) - heading
    return c * dx + s * dy, c * dy - s * dx, math.sin(turn), math.cos(turn)


def left(x: float, y: float, moved: tuple[Any, ...]) -> tuple[float, float]:
    """The point ahead of the robot and to its left, m, from where it began and :func:`way`."""
    dx, dy, s, c = x - moved[0], y - moved[1], moved[2], moved[3]
    return c * dx + s * dy, c * dy - s * dx
