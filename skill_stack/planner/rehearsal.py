"""Rehearsal: which of several checked candidates succeeds most surely, judged by trying them in sampled worlds.

Where the trials run is not the planner's business: a :class:`Rehearser` runs them. Time comes in as a clock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError
from skill_stack.core.fact import Fact
from skill_stack.core.plan import Plan
from skill_stack.core.scene import SceneGraph
from skill_stack.planner.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a plan would begin, as far as it is known; nothing here is the truth.

    Attributes:
        scene: Objects with their confidence, stated facts, and the robot's pose.
        facts: What is true now, the robot's posture included.
        now: Task time, s; what was seen long ago is less certain.
    """

    scene: SceneGraph
    facts: frozenset[Fact]
    now: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    """How one candidate went in one sampled world.

    Attributes:
        passed: Whether it succeeded there.
        reason: What went wrong; empty when nothing did.
        seconds: Task time that it took, s.
    """

    passed: bool
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """One trial to be made.

    Attributes:
        candidate: Number of the candidate.
        plan: Its plan.
        world: Seed of the sampled world; the same number is the same world for every candidate.
    """

    candidate: int
    plan: Plan
    world: int


class Rehearser(Protocol):
    """What tries plans out."""

    def outlook(self, situation: Situation, plans: Sequence[Plan]) -> Sequence[float]:
        """Chance of success of each plan without a trial, 0 to 1; 0.5 where nothing can be told. Takes milliseconds.

        Args:
            situation: Where every plan begins.
            plans: The plans.
        """

    def trials(self, situation: Situation, jobs: Sequence[Job]) -> Iterator[tuple[Job, Trial]]:
        """Makes trials and yields each when it is over, in any order; may be closed early.

        Args:
            situation: Where every plan begins.
            jobs: The trials.
        """


class RehearsalSettings(DataModel):
    """How much is tried, and how sure a figure must be.

    Attributes:
        seconds: Time by the clock that a rehearsal may take, s.
        first: Worlds in which the first candidate is tried alone, until it fails; when it never does, it runs.
        sample: Worlds in which every candidate is tried before the worse half is left out.
        most: Worlds in which the candidates that are left at the end were tried.
        candidates: Candidates considered.
        doubt: Chance that the true rate of success lies below the bound that decides.
        prior: Trials that the outlook by geometry alone counts as.
        tried: Candidates that are tried beside the first, those with the best outlook.
        worse: How much worse than the best outlook one may be to be tried.
        trust: How much worse than the best outlook the first candidate's may be for it to be tried alone.
    """

    seconds: float = Field(3.0, gt=0)
    first: int = Field(6, ge=1)
    sample: int = Field(1, ge=1)
    most: int = Field(10, ge=1)
    candidates: int = Field(9, ge=1)
    doubt: float = Field(0.1, gt=0, lt=1)
    prior: float = Field(2.0, ge=0)
    tried: int = Field(5, ge=1)
    worse: float = Field(0.3, ge=0, le=1)
    trust: float = Field(0.1, ge=0, le=1)


def lower_bound(passed: float, trials: float, doubt: float) -> float:
    """Rate of success that the true one exceeds with probability ``1 - doubt``, from a uniform prior.

    Args:
        passed: Trials that succeeded; parts of one where an outlook counts.
        trials: All of them.
        doubt: Chance that the true rate is lower.

    Raises:
        DataError: The counts are impossible.
    """
    if not 0 <= passed <= trials:
        raise DataError(f"{passed:g} successes in {trials:g} rehearsals are impossible")
    from scipy.special import betaincinv  # on demand: most plans are never rehearsed

    return float(betaincinv(1.0 + passed, 1.0 + trials - passed, doubt))


@dataclass(slots=True)
class Record:
    """What is known of one candidate so far.

    Attributes:
        candidate: The candidate.
        outlook: Chance of success by geometry alone.
        trials: Its trials by world.
    """

    candidate: Candidate
    outlook: float = 0.5
    trials: dict[int, Trial] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        """Trials that succeeded."""
        return sum(trial.passed for trial in self.trials.values())

    @property
    def seconds(self) -> float:
        """Mean task time where it succeeded, s; infinite when it never did."""
        times = [trial.seconds for trial in self.trials.values() if trial.passed]
        return sum(times) / len(times) if times else math.inf

    @property
    def reasons(self) -> tuple[str, ...]:
        """What went wrong, the most frequent first."""
        wrong = [trial.reason for _, trial in sorted(self.trials.items()) if not trial.passed]
        return tuple(sorted(dict.fromkeys(wrong), key=lambda reason: -wrong.count(reason)))

    def bound(self, settings: RehearsalSettings) -> float:
        """Lower bound of the rate of success, the outlook counted as some trials; see :func:`lower_bound`."""
        prior = settings.prior
        return lower_bound(self.passed + prior * self.outlook, len(self.trials) + prior, settings.doubt)

    def to_json(self, settings: RehearsalSettings) -> dict[str, Any]:
        """One line of the table."""
        return {
            "label": self.candidate.label,
            "passed": self.passed,
            "trials": len(self.trials),
            "outlook": round(self.outlook, 2),
            "lower_bound": round(self.bound(settings), 3),
            "seconds": None if math.isinf(self.seconds) else round(self.seconds, 2),
            "reasons": list(self.reasons),
            "steps": [{"skill": s.skill, "arguments": dict(s.arguments)} for s in self.candidate.plan.steps],
        }


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a rehearsal came to.

    Attributes:
        plan: The plan to run; its reason says why this one.
        records: Every candidate with its trials, the first candidate first.
        chosen: Number of the one that runs.
        seconds: Time by the clock that it took, s.
        complete: Whether everything was tried that the settings ask for; False when time ran out.
        settings: By which it was rehearsed.
    """

    plan: Plan
    records: tuple[Record, ...]
    chosen: int
    seconds: float
    complete: bool
    settings: RehearsalSettings

    def to_json(self) -> dict[str, Any]:
        """The table as plain data."""
        return {
            "chosen": self.chosen,
            "seconds": round(self.seconds, 2),
            "complete": self.complete,
            "candidates": [record.to_json(self.settings) for record in self.records],
        }


class Rehearsal:
    """Spends trials where they decide: successive halving over the candidates, within a time."""

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
        situation: Situation,
        progress: Callable[[Sequence[Record], float], None] | None = None,
    ) -> Rehearsed:
        """Tries candidates and picks the one whose rate of success has the highest lower bound.

        Equal bounds are decided by the task time that the candidate took, then by the order of the candidates.

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
        records = [Record(candidate, chance) for candidate, chance in zip(considered, outlook, strict=True)]
        complete = self._halve(records, situation, began, progress)
        chosen = max(range(len(records)), key=lambda n: (*self._merit(records[n]), -n))
        plan = replace(records[chosen].candidate.plan, reason=self._reason(records, chosen))
        return Rehearsed(plan, tuple(records), chosen, self._clock() - began, complete, self._settings)

    def _merit(self, record: Record) -> tuple[float, float]:
        """What makes one candidate better than another: its bound, then how quick it is."""
        return round(record.bound(self._settings), 6), -record.seconds

    def _halve(
        self,
        records: list[Record],
        situation: Situation,
        began: float,
        progress: Callable[[Sequence[Record], float], None] | None,
    ) -> bool:
        """Rounds of trials; True when none was cut short."""
        settings = self._settings

        def attempt(numbers: Sequence[int], worlds: int) -> bool:
            """Tries some candidates until each was in as many worlds; False when time is over."""
            jobs = [
                Job(number, records[number].candidate.plan, world)
                for world in range(worlds)
                for number in numbers
                if world not in records[number].trials
            ]
            results = self._rehearser.trials(situation, jobs)
            for job, trial in results:
                records[job.candidate].trials[job.world] = trial
                if progress is not None:
                    progress(records, self._clock() - began)
                if self._clock() - began >= settings.seconds:
                    close = getattr(results, "close", None)
                    if close is not None:
                        close()
                    return False
            return True

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

    def _by_map(self, mine: Record, first: Record) -> str:
        """What geometry says of both, where that is what decided."""
        return f" (by the map alone {first.outlook:.0%} against {mine.outlook:.0%})" if self._settings.prior else ""

    def _tried_alone(self, records: Sequence[Record]) -> bool:
        """Whether the first candidate is tried alone; not where geometry already knows something better."""
        return records[0].outlook >= max(record.outlook for record in records) - self._settings.trust

    def _promising(self, records: Sequence[Record]) -> list[int]:
        """Candidates that are tried at all: the first, and those with about the best outlook."""
        others = sorted(range(1, len(records)), key=lambda n: (-records[n].outlook, n))
        best = records[others[0]].outlook
        fair = [n for n in others if records[n].outlook >= best - self._settings.worse]
        return [0, *fair[: self._settings.tried]]

    def _reason(self, records: Sequence[Record], chosen: int) -> str:
        """The plan's own reason and why this candidate, in words."""
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
