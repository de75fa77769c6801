"""Gain of choosing by runs where the best alternative changes half-way: regret, delay and false alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.benchmarks.connecting.connector_paces import WAYS
from skill_stack.connector.selection.change_detector import ChangeDetector
from skill_stack.connector.selection.selector import ENERGY, FAILURE, Selector, Situation
from skill_stack.connector.selection.skill_options import SkillOption
from skill_stack.connector.selection.track_record import TrackRecord
from skill_stack.connector.settings import Choosing
from skill_stack.connector.statistics.run import Run
from skill_stack.core.setpoint import Outcome, SkillRequest
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.evaluation.scores.choice_score import MeasuredRun

Array = np.ndarray

RUNS = 400
"""Requests in a series; the change is in the middle."""

LIKELY = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
"""Success probabilities at which false alarms are counted."""

Runs = Mapping[str, Mapping[str, Sequence[MeasuredRun]]]
"""Runs by condition and way; those of one place in every list belong to the same target."""


@dataclass(frozen=True, slots=True)
class RegretSeries:
    """One seed of one series of requests; benefits are expected ones, in s, and shape (requests,) unless stated.

    Attributes:
        conditions: Condition of each request, which whoever chooses does not know.
        chosen: Benefit of the way that was chosen.
        worths: Benefit of every way there, shape (requests, ways).
        noticed: Requests at which a change was noticed.
    """

    conditions: tuple[str, ...]
    chosen: Array
    worths: Array
    noticed: tuple[int, ...]

    @property
    def lost(self) -> Array:
        """Benefit lost at each request against the best way of its condition, in hindsight."""
        return np.asarray(self.worths.max(axis=1) - self.chosen)

    @property
    def regret(self) -> float:
        """The sum of it, s."""
        return float(self.lost.sum())

    @property
    def fixed(self) -> Array:
        """The same of every way, had it been taken always, s, shape (ways,)."""
        return np.asarray((self.worths.max(axis=1, keepdims=True) - self.worths).sum(axis=0))

    def delay(self, change: int) -> int:
        """Requests from a change to its being noticed; those that were left where it never was."""
        return min([at - change + 1 for at in self.noticed if at >= change], default=len(self.conditions) - change)


STORIES = {
    "friction": ("dry", "wet"),
    "payload": ("wet", "loaded"),
    "weak motors": ("wet", "weak"),
    "friction comes back": ("wet", "dry"),
}
"""Conditions before and after the change; load and motor faults apply on other floors too."""


def worth(runs: Sequence[MeasuredRun]) -> float:
    """Mean benefit of an alternative, s, as the selector computes it."""
    return float(np.mean([FAILURE * run.passed - run.seconds - ENERGY * run.energy for run in runs]))


def half_and_half(story: tuple[str, str]) -> list[str]:
    """The conditions of a story, request by request."""
    return [story[number >= RUNS // 2] for number in range(RUNS)]


def run_series(
    measured: Runs, conditions: Sequence[str], seed: int, ways: Sequence[str] = WAYS, choosing: Choosing = "learn"
) -> RegretSeries:
    """A series of requests with outcomes drawn from the measured runs.

    Args:
        measured: Runs by condition and way.
        conditions: Condition of each request.
        seed: Seed of draws and choices.
        ways: Skills to choose from, the requested one first.
        choosing: How; ``off`` takes the requested skill always, for comparison.
    """
    rng, chooser = np.random.default_rng([seed, 77]), RunChooser(ways, np.random.default_rng([seed, 78]), choosing)
    values = {when: [worth(measured[when][name]) for name in ways] for when in dict.fromkeys(conditions)}
    chosen, noticed = [], []
    for number, when in enumerate(conditions):
        at = int(rng.integers(len(measured[when][ways[0]])))
        name = chooser.choose(measured[when][ways[0]][at].region)
        chosen.append(values[when][ways.index(name)])
        if chooser.learn(name, measured[when][name][at]):
            noticed.append(number)
    return RegretSeries(
        tuple(conditions), np.array(chosen), np.array([values[when] for when in conditions]), tuple(noticed)
    )


class RunChooser:
    """The connector's choice among ways, which learns from measured runs.

    Attributes:
        record: What it has learnt.
    """

    def __init__(
        self, ways: Sequence[str], rng: np.random.Generator, choosing: Choosing, record: TrackRecord | None = None
    ) -> None:
        """Begins without a run, or with a record.

        Args:
            ways: Skills to choose from, the requested one first.
            rng: Draws.
            choosing: How it chooses.
            record: What is known already; None for nothing.
        """
        self.record = TrackRecord() if record is None else record
        self._selector = Selector(self.record, rng, choosing)
        self._ways = [SkillOption(name, SkillRequest("bench", name), SkillLibrary("go2"), "low") for name in ways]

    def choose(self, region: str) -> str:
        """The way to a goal in a region."""
        return self._selector.choose(self._ways[0].name, self._ways, Situation(region, "", harmless=True)).name

    def learn(self, name: str, one: MeasuredRun) -> bool:
        """Takes a run as the robot reports it; whether a change shows."""
        outcome: Outcome = "succeeded" if one.succeeded else "failed"
        about = ("", 0, 0.0, "go2", self._ways[0].name, name, one.region, "")
        return self.record.learn(Run(*about, outcome, seconds=one.seconds, measured={"energy": one.energy})) is not None


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
