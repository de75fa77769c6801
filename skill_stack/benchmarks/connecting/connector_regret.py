"""Gain of choosing by runs where the best alternative changes half-way: regret, delay and false alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.connecting.connector_paces import WAYS, Measured
from skill_stack.connector.selection.change_detector import ChangeDetector
from skill_stack.connector.selection.selector import ENERGY, FAILURE, Selector, Situation
from skill_stack.connector.selection.skill_options import SkillOption
from skill_stack.connector.selection.track_record import TrackRecord
from skill_stack.connector.statistics.run import Run
from skill_stack.core.setpoint import Outcome, SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary

RUNS = 400
"""Requests in a series; the change is in the middle."""

LIKELY = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
"""Success probabilities at which false alarms are counted."""

Runs = Mapping[str, Mapping[str, Sequence[Measured]]]


@dataclass(frozen=True, slots=True)
class RegretSeries:
    """One seed of one story.

    Attributes:
        regret: Expected benefit that was left lying against the best way of each phase, s.
        fixed: The same of every way, had it been taken always, s.
        delay: Requests from the change to its being noticed; those left where it never was.
        false: Whether a change was noticed before there was one.
    """

    regret: float
    fixed: tuple[float, ...]
    delay: int
    false: bool


STORIES = {
    "friction": ("dry", "wet"),
    "payload": ("wet", "loaded"),
    "weak motors": ("wet", "weak"),
    "friction comes back": ("wet", "dry"),
}
"""Conditions before and after the change; load and motor faults apply on other floors too."""


def worth(runs: Sequence[Measured]) -> float:
    """Mean benefit of an alternative, s, as the selector computes it."""
    return float(np.mean([FAILURE * run.succeeded - run.seconds - ENERGY * run.energy for run in runs]))


def run_series(measured: Runs, story: tuple[str, str], seed: int, learning: bool = True) -> RegretSeries:
    """A series of requests with outcomes drawn from the measured runs.

    Args:
        measured: Runs by condition and way.
        story: Condition before and after.
        seed: Seed of draws and choices.
        learning: False takes the skill itself always, for comparison.
    """
    rng = np.random.default_rng([seed, 77])
    record = TrackRecord()
    selector = Selector(record, np.random.default_rng([seed, 78]), "learn" if learning else "off")
    ways = [SkillOption(name, SkillRequest("bench", name), SkillLibrary("go2"), "low") for name in WAYS]
    values = {when: {name: worth(measured[when][name]) for name in WAYS} for when in story}
    regret, delay, false = 0.0, RUNS // 2, False
    for number in range(RUNS):
        when = story[number >= RUNS // 2]
        name = selector.choose(WAYS[0], ways, Situation("far", "", harmless=True)).name
        regret += max(values[when].values()) - values[when][name]
        one = measured[when][name][int(rng.integers(len(measured[when][name])))]
        outcome: Outcome = "succeeded" if one.succeeded else "failed"
        about = ("", number, 0.0, "go2", WAYS[0], name, "far", "")
        run = Run(*about, outcome, seconds=one.seconds, measured={"energy": one.energy})
        if record.learn(run) is not None:
            false = false or number < RUNS // 2
            if number >= RUNS // 2:
                delay = min(delay, number - RUNS // 2 + 1)
    fixed = tuple(RUNS / 2 * sum(max(values[when].values()) - values[when][name] for when in story) for name in WAYS)
    return RegretSeries(regret, fixed, delay, false)


def false_alarms(success: float, seeds: int, runs: int = 200) -> float:
    """Share of series without a change in which one is detected.

    Args:
        success: Success probability.
        seeds: Series.
        runs: Runs in each.
    """
    wrong = 0
    for seed in range(seeds):
        rng, detector = np.random.default_rng([seed, 79]), ChangeDetector()
        wrong += any(detector.add(bool(one)) is not None for one in rng.random(runs) < success)
    return wrong / seeds
