"""LearntRule: one causal statement about a skill, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

RuleKind = Literal["needs", "useless", "fails", "makes"]
Strength = Literal["hard", "soft", "hunch"]
SURE = 0.9
"""Mass of the interval of a rate."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Runs in the rule's context, counted.

    Attributes:
        with_success: With the condition, succeeded.
        with_failure: With the condition, failed.
        without_success: Without the condition, succeeded.
        without_failure: Without the condition, failed.
    """

    with_success: int = 0
    with_failure: int = 0
    without_success: int = 0
    without_failure: int = 0

    @property
    def rate_with(self) -> tuple[float, float]:
        """Interval of the success rate with the condition."""
        return beta_interval(self.with_success, self.with_failure)

    @property
    def rate_without(self) -> tuple[float, float]:
        """Interval of the success rate without it."""
        return beta_interval(self.without_success, self.without_failure)

    def __str__(self) -> str:
        with_, without = self.with_success + self.with_failure, self.without_success + self.without_failure
        return f"{self.with_success} of {with_} with it, {self.without_success} of {without} without"

    def to_json(self) -> dict[str, Any]:
        """Counts and intervals as plain data."""
        return {
            "with": {"succeeded": self.with_success, "failed": self.with_failure, "rate": list(self.rate_with)},
            "without": {
                "succeeded": self.without_success, "failed": self.without_failure, "rate": list(self.rate_without),
            },
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LearntRule:
    """One statement.

    Attributes:
        skill: The skill that it is about.
        kind: ``needs``: the skill needs the condition; ``useless``: bringing it about makes no difference;
            ``fails``: the skill fails where ``given`` holds, and no attempted remedy helps;
            ``makes``: the skill achieves the condition, though its data do not state that.
        condition: A feature (see :mod:`skill_stack.planner.memory.features`), or empty for ``fails``.
        given: Features that must hold for the rule to apply.
        weight: How probable it is against all others that were considered, 0 to 1.
        strength: ``hard``: the planner keeps to it; ``soft``: it does where it can; ``hunch``: it is tried out.
        evidence: The evidence for it.
        origin: ``learnt``, or ``person`` for one that a person wrote.
        pinned: Whether a person decided that it stays as it is.
    """

    skill: str
    kind: RuleKind
    condition: str
    given: tuple[str, ...] = ()
    weight: float = 0.0
    strength: Strength = "hunch"
    evidence: Evidence = field(default_factory=Evidence)
    origin: Literal["learnt", "person"] = "learnt"
    pinned: bool = False

    @property
    def key(self) -> str:
        """What names the rule on the command line and in files."""
        where = f" when {' and '.join(self.given)}" if self.given else ""
        verb = {
            "needs": f"needs {self.condition}",
            "useless": f"gains nothing by {self.condition}",
            "fails": "fails",
            "makes": f"makes {self.condition}",
        }
        return f"{self.skill} {verb[self.kind]}{where}"

    def __str__(self) -> str:
        told = "a person said so" if self.origin == "person" else f"succeeded {self.evidence}"
        e = self.evidence
        if self.kind == "makes" and self.origin == "learnt":
            told = f"seen {e.with_success} of {e.with_success + e.with_failure} times"
        if self.kind == "fails":
            told = f"succeeded {e.with_success} of {e.with_success + e.with_failure} times"
        return f"{self.key} ({told})"

    def to_json(self) -> dict[str, Any]:
        """The rule as plain data."""
        return {
            "key": self.key, "skill": self.skill, "kind": self.kind, "condition": self.condition,
            "given": list(self.given), "weight": round(self.weight, 4), "strength": self.strength,
            "origin": self.origin, "pinned": self.pinned, "evidence": self.evidence.to_json(),
        }  # fmt: skip


def beta_interval(successes: float, failures: float) -> tuple[float, float]:
    """Interval of a success rate: the middle :data:`SURE` of a Beta distribution over a flat prior.

    Args:
        successes: Number of successes, at least 0.
        failures: Number of failures, at least 0.
    """
    from scipy.special import betaincinv  # slow to import; only when somebody looks at it

    tail = (1.0 - SURE) / 2.0
    low, high = (float(betaincinv(1.0 + successes, 1.0 + failures, q)) for q in (tail, 1.0 - tail))
    return round(low, 4), round(high, 4)
