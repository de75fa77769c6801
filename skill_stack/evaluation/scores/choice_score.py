"""Walks of every way in one condition, as they were measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skill_stack.evaluation.scores.score_file import Score


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """One run in the simulated world.

    Attributes:
        seed: Seed of target and sensor noise.
        succeeded: Whether the robot reports success and has not fallen: what it learns from.
        seconds: s of task time.
        energy: Work of the joints, J.
        arrived: Whether it succeeded on simulator truth too: what it is judged by; None where that was not measured.
        region: Region of the goal, as the connector names it.
    """

    seed: int
    succeeded: bool
    seconds: float
    energy: float
    arrived: bool | None = None
    region: str = "far"

    @property
    def passed(self) -> bool:
        """The verdict: on truth where it was measured, else what the robot reports."""
        return self.succeeded if self.arrived is None else self.arrived


@dataclass(frozen=True, slots=True)
class ChoiceScore(Score):
    """One condition.

    Attributes:
        seed: Its seed.
        condition: What was drawn: friction, added mass in kg, latency in s, factors on motors and noise. Whoever
            chooses does not see it.
        runs: Walks by way, all to the same places in the same order.
    """

    condition: dict[str, float]
    runs: dict[str, tuple[MeasuredRun, ...]]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ChoiceScore:
        """From plain data; raises TypeError or KeyError where something is missing or wrong."""
        runs = {way: tuple(MeasuredRun(**run) for run in runs) for way, runs in data["runs"].items()}
        return cls(int(data["seed"]), dict(data["condition"]), runs)
