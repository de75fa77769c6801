"""Episode: one run of one task in one world, with its result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from skill_stack.core.errors import DataError
from skill_stack.core.setpoint import Outcome
from skill_stack.evaluation.suite import Task

Job = tuple[Task, int]
"""A task and the seed of its world."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One run.

    Attributes:
        task: Name of the task.
        seed: Seed of the world.
        passed: Whether all demands held on simulator truth, and the robot reported the demanded outcome.
        outcome: The outcome that the robot reports.
        reason: Why it did not pass, or an empty string.
        measured: Worst values of what was demanded, SI.
        seconds: Wall time, s.
        simulated_seconds: Task time, s.
        arguments: Arguments of the request.
        world: What the seed drew: friction, added mass in kg, latency in s, factors on motors and noise.
    """

    task: str
    seed: int
    passed: bool
    outcome: Outcome
    reason: str = ""
    measured: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    simulated_seconds: float = 0.0
    arguments: dict[str, float | str] = field(default_factory=dict)
    world: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The episode as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Episode:
        """The episode that :meth:`to_json` wrote.

        Raises:
            DataError: It is something else.
        """
        try:
            episode = cls(**data)
            sound = isinstance(episode.task, str) and isinstance(episode.passed, bool)
            if not sound or isinstance(episode.seed, bool) or not isinstance(episode.seed, int):
                raise TypeError("task, seed or passed are of another type")
        except TypeError as error:
            raise DataError(f"this is not an episode: {error}") from error
        return episode


class EpisodeRunner(Protocol):
    """Runs tasks in seeded worlds."""

    def run(self, jobs: Sequence[Job]) -> Iterator[Episode]:
        """Runs episodes from their start, and yields them as they finish, in any order."""
