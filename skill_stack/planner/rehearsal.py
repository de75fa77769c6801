"""Rehearsal: selects the most reliable of several checked candidates by trials in sampled worlds.

A :class:`Rehearser` runs the trials. Time comes in as a clock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from skill_stack.core.errors import DataError
from skill_stack.planner.candidate import Candidate
from skill_stack.planner.rehearsal_record import RehearsalRecord, RehearsalSettings, Rehearsed
from skill_stack.planner.trial import Rehearser, TrialJob, TrialSituation


class Rehearsal:
    """Allocates trials by successive halving over the candidates, within a time limit."""

    def __init__(self, rehearser: Rehearser, settings: RehearsalSettings, clock: Callable[[], float]) -> None:
        """Keeps its parts.

        Args:
            rehearser: Runs trials.
            settings: How much is tried.
            clock: Clock by which ``settings.seconds`` counts, s.
        """
        self._rehearser, self._settings, self._clock = rehearser, settings, clock

    def choose(
        self,
        candidates: Sequence[Candidate],
        situation: TrialSituation,
        progress: Callable[[Sequence[RehearsalRecord], float], None] | None = None,
    ) -> Rehearsed:
        """Tries candidates and selects the one whose success rate has the highest lower bound.

        Equal bounds are decided by the task time that the candidate took, then by the order of the candidates. One that
        was not tried is never selected, and without any trial the first is: what a map alone predicts is no reason to
        do other things than were asked.

        Args:
            candidates: Checked plans, the one that would run without a rehearsal first.
            situation: Where they begin.
            progress: Called after every trial with the records and the seconds spent.

        Raises:
            DataError: There is no candidate.
        """
        if not candidates:
            raise DataError("there is nothing to rehearse; give at least one candidate")
        began = self._clock()
        considered = candidates[: self._settings.candidates]
        outlook = self._rehearser.outlook(situation, [candidate.plan for candidate in considered])
        records = [RehearsalRecord(candidate, chance) for candidate, chance in zip(considered, outlook, strict=True)]
        complete = self._halve(records, situation, began, progress)
        tried = [number for number, record in enumerate(records) if record.trials]
        chosen = max(tried, key=lambda n: (*self._merit(records[n]), -n), default=0)
        plan = replace(records[chosen].candidate.plan, reason=self._reason(records, chosen))
        return Rehearsed(plan, tuple(records), chosen, self._clock() - began, complete, self._settings)

    def _merit(self, record: RehearsalRecord) -> tuple[float, float]:
        """Order of candidates: by bound, then by duration."""
        return round(record.bound(self._settings), 6), -record.seconds

    def _halve(
        self,
        records: list[RehearsalRecord],
        situation: TrialSituation,
        began: float,
        progress: Callable[[Sequence[RehearsalRecord], float], None] | None,
    ) -> bool:
        """Rounds of trials; True when none was cut short."""
        settings = self._settings

        def attempt(numbers: Sequence[int], worlds: int) -> bool:
            """Tries candidates until each has the same number of worlds; False at the time limit."""
            results = self._rehearser.trials(situation, _open_jobs(records, numbers, worlds))
            for job, trial in results:
                records[job.candidate].trials[job.world] = trial
                if progress is not None:
                    progress(records, self._clock() - began)
                if self._clock() - began >= settings.seconds:
                    close = getattr(results, "close", None)
                    if close is not None:
                        close()
                    return False
            return self._clock() - began < settings.seconds  # else the last trials were not waited for

        if self._tried_alone(records):
            for worlds in range(1, min(settings.first, settings.most) + 1):
                if not attempt([0], worlds):
                    return False
                if records[0].passed < worlds and len(records) > 1:
                    break
            else:
                return True
        left, worlds = self._promising(records), min(settings.sample, settings.most)
        while True:
            if not attempt(left, worlds):
                return False
            if worlds >= settings.most:
                return True
            left = sorted(left, key=lambda n: (*(-value for value in self._merit(records[n])), n))
            left = left[: max(2, math.ceil(len(left) / 2))]
            worlds = min(2 * worlds, settings.most)

    def _by_map(self, mine: RehearsalRecord, first: RehearsalRecord) -> str:
        """The outlooks of both, where these decided."""
        return f" (by the map alone {first.outlook:.0%} against {mine.outlook:.0%})" if self._settings.prior else ""

    def _tried_alone(self, records: Sequence[RehearsalRecord]) -> bool:
        """Whether the first candidate is tried alone; not where another has a clearly better outlook."""
        return records[0].outlook >= max(record.outlook for record in records) - self._settings.trust

    def _promising(self, records: Sequence[RehearsalRecord]) -> list[int]:
        """Candidates that are tried: the first, and those with the best outlooks."""
        others = sorted(range(1, len(records)), key=lambda n: (-records[n].outlook, n))
        best = records[others[0]].outlook
        fair = [n for n in others if records[n].outlook >= best - self._settings.worse]
        return [0, *fair[: self._settings.tried]]

    def _reason(self, records: Sequence[RehearsalRecord], chosen: int) -> str:
        """The plan's own reason and the reason of the choice, in words."""
        mine, first = records[chosen], records[0]
        said = mine.candidate.plan.reason
        if not mine.trials:
            return f"{said} There was no time to rehearse it."
        count = f"{mine.passed} of {len(mine.trials)} rehearsals succeed"
        if chosen == 0:
            wrong = f"; where one fails: {mine.reasons[0]}" if mine.reasons else ""
            return f"{said} {count[0].upper()}{count[1:]}{wrong}."
        why = f" ({first.reasons[0]})" if first.reasons else self._by_map(mine, first)
        other = f"{first.passed} of {len(first.trials)}"
        return f"{said} I {mine.candidate.label}: {count}, {first.candidate.label} {other}{why}."


def _open_jobs(records: Sequence[RehearsalRecord], numbers: Sequence[int], worlds: int) -> list[TrialJob]:
    """The trials that candidates lack to have the same number of worlds."""
    return [
        TrialJob(number, records[number].candidate.plan, world)
        for world in range(worlds)
        for number in numbers
        if world not in records[number].trials
    ]
