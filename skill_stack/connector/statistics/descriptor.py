"""Descriptor: decaying statistics of one skill."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skill_stack.connector.statistics.beta import Beta
from skill_stack.connector.statistics.run import MEASURES, Run

HALF_LIFE = 100.0
"""Requests after which the weight of a run halves."""

NEIGHBOURS = 4.0
"""Largest weight, in runs, of a skill's other regions and contexts."""

FIRST = Beta(1.0, 1.0)
"""Prior of a skill that was never measured: uninformative."""

TRUST = 10.0
"""Largest weight, in runs, of a skill's shipped results."""

KNOWN = 2.5
"""Effective runs in a region and context from which a usual duration is known."""

Cell = tuple[str, str]
_KEEP = 0.5 ** (1.0 / HALF_LIFE)


@dataclass(slots=True)
class Fading:
    """A decaying count; age is counted in requests.

    Attributes:
        value: The count when it was last touched.
        at: Request at which that was.
    """

    value: float = 0.0
    at: int = 0

    def now(self, at: int) -> float:
        """The count at a request."""
        return self.value * float(_KEEP ** max(0, at - self.at))

    def add(self, value: float, at: int) -> None:
        """Adds to the count at a request."""
        self.value, self.at = self.now(at) + value, at


@dataclass(slots=True)
class Spread:
    """Mean and spread of a quantity over runs with decaying weights."""

    weight: Fading = field(default_factory=Fading)
    total: Fading = field(default_factory=Fading)
    square: Fading = field(default_factory=Fading)

    def add(self, value: float, at: int) -> None:
        """Takes one value."""
        for count, more in ((self.weight, 1.0), (self.total, value), (self.square, value * value)):
            count.add(more, at)

    def shrink(self, share: float) -> None:
        """Discounts the past by a factor."""
        for count in (self.weight, self.total, self.square):
            count.value *= share

    @property
    def mean(self) -> float:
        """Mean; NaN before the first value. All three counts fade alike, so their ratio does not."""
        return self.total.value / self.weight.value if self.weight.value > 0 else math.nan

    @property
    def deviation(self) -> float:
        """Standard deviation; NaN before the first value."""
        mean = self.mean
        return math.sqrt(max(0.0, self.square.value / self.weight.value - mean * mean)) if mean == mean else math.nan


@dataclass(slots=True)
class Descriptor:
    """Statistics of one skill.

    Attributes:
        prior: What was known before its first run here.
        runs: Number of runs in it; also those without a result on success.
        won: Successes by region and context.
        lost: Failures by region and context.
        seconds: Duration of successes, s, by region and context.
        wasted: Duration of failures, s.
        measured: What runs cost, by the names of :data:`MEASURES`.
    """

    prior: Beta = FIRST
    runs: int = 0
    won: dict[Cell, Fading] = field(default_factory=dict)
    lost: dict[Cell, Fading] = field(default_factory=dict)
    seconds: dict[Cell, Spread] = field(default_factory=dict)
    wasted: Spread = field(default_factory=Spread)
    measured: dict[str, Spread] = field(default_factory=dict)

    def add(self, run: Run, at: int) -> None:
        """Takes a run.

        Args:
            run: The run.
            at: Its number among the requests for the same thing.
        """
        self.runs += 1
        if not run.counts:
            return
        cell = (run.region, run.context)
        for counts, more in ((self.won, run.succeeded), (self.lost, not run.succeeded)):
            counts.setdefault(cell, Fading(0.0, at)).add(float(more), at)
        (self.seconds.setdefault(cell, Spread()) if run.succeeded else self.wasted).add(run.seconds, at)
        for name, value in run.measured.items():
            self.measured.setdefault(name, Spread()).add(value, at)

    def forget(self, at: int, keep: float) -> None:
        """Discounts what is known, after a change.

        Args:
            at: Request at which that was noticed.
            keep: Runs that all of it is still worth, at most.
        """
        counts = [*self.won.values(), *self.lost.values()]
        weight = sum(count.now(at) for count in counts)
        share = min(1.0, keep / weight) if weight > 0 else 1.0
        for count in counts:
            count.value, count.at = share * count.now(at), at
        for spread in (*self.seconds.values(), self.wasted, *self.measured.values()):
            spread.shrink(share)

    def overall(self, at: int) -> Beta:
        """Success over all regions and contexts."""
        return self.prior.more(
            sum(count.now(at) for count in self.won.values()), sum(count.now(at) for count in self.lost.values())
        )

    def success(self, at: int, region: str = "", context: str = "") -> Beta:
        """Success in one region and context; other regions and contexts count as a few runs.

        Args:
            at: Number of requests so far.
            region: Where the goal lies.
            context: What holds besides.
        """
        cell = (region, context)
        won, lost = (counts[cell].now(at) if cell in self.won else 0.0 for counts in (self.won, self.lost))
        whole = self.overall(at)
        rest = Beta(max(whole.successes - won, 1e-6), max(whole.failures - lost, 1e-6))
        # A context that was never seen says less than one that was: what is known elsewhere counts as few runs.
        share = min(1.0, NEIGHBOURS / rest.weight)
        return Beta(share * rest.successes + won, share * rest.failures + lost)

    def usual(self, region: str, context: str) -> float | None:
        """Usual duration in one region and context, s; None with too few runs."""
        here = self.seconds.get((region, context))
        return here.mean if here is not None and here.weight.value >= KNOWN else None

    def duration(self, region: str = "", context: str = "") -> float:
        """Expected duration of a success in one region and context, or over all where none was seen there, s.

        NaN without a success.
        """
        here = self.seconds.get((region, context))
        if here is not None:
            return here.mean
        weights = [(one.weight.value, one.mean) for one in self.seconds.values()]
        total = sum(weight for weight, _ in weights)
        return sum(weight * mean for weight, mean in weights) / total if total else math.nan

    def timed(self, at: int) -> float:
        """Effective number of successes behind the expected duration."""
        return sum(one.weight.now(at) for one in self.seconds.values())

    def to_json(self, at: int) -> dict[str, Any]:
        """The descriptor as plain data, for ``skill-stack skills --json``."""
        cells = [
            {
                "region": region,
                "context": context,
                **_success(self.success(at, region, context), self._seen((region, context), at)),
                "seconds": _plain(self.duration(region, context)),
            }
            for region, context in sorted(self.won)
        ]
        measured = {
            name: {"mean": _plain(one.mean), "deviation": _plain(one.deviation), "unit": MEASURES.get(name, "")}
            for name, one in sorted(self.measured.items())
        }
        whole = _success(self.overall(at), sum(self._seen(cell, at) for cell in self.won))
        return {"runs": self.runs, **whole, "seconds": _plain(self.duration()), "measured": measured, "cells": cells}

    def _seen(self, cell: Cell, at: int) -> float:
        return sum(counts[cell].now(at) for counts in (self.won, self.lost) if cell in counts)


def prior_from(results: Mapping[str, Any] | None) -> Beta:
    """Prior counts from the shipped results of a skill.

    Args:
        results: With ``episodes`` and ``successes``; None where it was never measured.
    """
    if not results or not results.get("episodes"):
        return FIRST
    share = min(1.0, TRUST / results["episodes"])
    won = share * results["successes"]
    return FIRST.more(won, share * results["episodes"] - won)


def _success(posterior: Beta, weight: float) -> dict[str, Any]:
    low, high = posterior.interval()
    return {
        "success": round(posterior.mean, 4),
        "interval": [round(low, 4), round(high, 4)],
        "weight": round(weight, 2),
    }


def _plain(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
