"""TrackRecord: statistics of all runs of all skills, and detection of changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from skill_stack.connector.selection.change_detector import ChangeDetector
from skill_stack.connector.statistics.beta import Beta
from skill_stack.connector.statistics.descriptor import FIRST, Descriptor
from skill_stack.connector.statistics.run import Run

SLOW = 1.6
"""Factor on the usual duration up to which a success counts as usual."""

KEPT = 0.3
"""Weight, in runs, of the knowledge from before a change."""


@dataclass(frozen=True, slots=True)
class TrackChange:
    """A detected change.

    Attributes:
        asked: The requested skill.
        used: The skill in which it was observed.
        runs_ago: How many of its runs ago it changed.
    """

    asked: str
    used: str
    runs_ago: int

    def __str__(self) -> str:
        was = f"'{self.used}' no longer goes as it did {self.runs_ago} runs ago"
        return f"{was}; what was known of ways to '{self.asked}' counts little now"


class TrackRecord:
    """Learns from runs in order; the same runs give the same record."""

    def __init__(self, runs: Iterable[Run] = (), prior: Callable[[str], Beta] = lambda name: FIRST) -> None:
        """Learns from runs that are known.

        Args:
            runs: Oldest first.
            prior: What was known of a skill before its first run.
        """
        self._prior = prior
        self._known: dict[str, Descriptor] = {}
        self._requests: dict[str, int] = {}
        self._detectors: dict[tuple[str, str], ChangeDetector] = {}
        for run in runs:
            self.learn(run)

    def requests(self, asked: str) -> int:
        """How often a skill was requested; the time base for the decay of its runs."""
        return self._requests.get(asked, 0)

    def descriptor(self, used: str) -> Descriptor:
        """Statistics of a skill."""
        if used not in self._known:
            self._known[used] = Descriptor(self._prior(used))
        return self._known[used]

    def learn(self, run: Run) -> TrackChange | None:
        """Takes a run.

        Returns:
            What has changed, when that run shows it.
        """
        at = self._requests[run.asked] = self.requests(run.asked) + 1
        mine = self.descriptor(run.used)
        usual = mine.usual(run.region, run.context) if run.counts else None
        mine.add(run, at)
        if not run.counts:
            return None
        as_usual = run.succeeded and (usual is None or run.seconds <= SLOW * usual)
        ago = self._detectors.setdefault((run.asked, run.used), ChangeDetector()).add(as_usual)
        if ago is None:
            return None
        self._begin_anew(run.asked, at)
        return TrackChange(run.asked, run.used, ago)

    def _begin_anew(self, asked: str, at: int) -> None:
        """Discounts all alternatives, since a change in one may affect the others."""
        for (what, used), detector in self._detectors.items():
            if what == asked:
                self.descriptor(used).forget(at, KEPT)
                detector.forget()
