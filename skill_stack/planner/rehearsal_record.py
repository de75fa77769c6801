"""Records of rehearsals: trials of each candidate, confidence in its success, and the choice."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError
from skill_stack.core.plan import Plan
from skill_stack.planner.candidate import Candidate
from skill_stack.planner.trial import Trial


class RehearsalSettings(DataModel):
    """Limits and confidence of a rehearsal.

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
class RehearsalRecord:
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
    def fell(self) -> int:
        """Trials in which the robot fell, or was damped by the safety layer."""
        return sum(trial.fell for trial in self.trials.values())

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
    """Result of a rehearsal.

    Attributes:
        plan: The plan to run; its reason states why it was chosen.
        records: Every candidate with its trials, the first candidate first.
        chosen: Number of the one that runs.
        seconds: Time by the clock that it took, s.
        complete: Whether all trials of the settings were run; False when time ran out.
        settings: By which it was rehearsed.
    """

    plan: Plan
    records: tuple[RehearsalRecord, ...]
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
