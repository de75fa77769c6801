"""Episode: one run of one task in one world, and what came of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from skill_stack.core.setpoint import Outcome
from skill_stack.evaluation.suite import Task


@dataclass(frozen=True, slots=True)
class Episode:
    """One run.

    Attributes:
        task: Name of the task.
        seed: Seed of the world.
        passed: Whether the judge found on truth that it happened.
        outcome: What the robot itself says.
        reason: Why it did not pass, or an empty string.
        measured: Figures of the judge, SI.
        seconds: Wall time, s.
        simulated_seconds: Task time, s.
    """

    task: str
    seed: int
    passed: bool
    outcome: Outcome
    reason: str = ""
    measured: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    simulated_seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The episode as plain data."""
        return asdict(self)


class EpisodeRunner(Protocol):
    """Whatever can carry out a task in a seeded world."""

    def run(self, task: Task, seed: int) -> Episode:
        """Runs one episode from its beginning."""
