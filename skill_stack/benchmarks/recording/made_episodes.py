"""Episodes made up, without a robot: for measuring and testing what reads recordings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skill_stack.recording.made_run import START, MadeRun


@dataclass(frozen=True)
class MadeStep:
    """One step.

    Attributes:
        skill: The skill.
        arguments: Its arguments.
        seconds: How long it takes, s.
        outcome: How it ends.
        reason: Why.
    """

    skill: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 2.0
    outcome: str = "succeeded"
    reason: str = ""


@dataclass(frozen=True)
class MadeTask:
    """One task of a run.

    Attributes:
        task: Its id.
        instruction: The words.
        steps: What is done.
        outcome: How it ends.
        reason: Why.
        pause: Time until the next one, s.
    """

    task: str
    instruction: str
    steps: tuple[MadeStep, ...]
    outcome: str = "succeeded"
    reason: str = ""
    pause: float = 1.0


def write_tasks(
    run: MadeRun, tasks: Iterable[MadeTask], begin: float = START
) -> Iterator[tuple[MadeTask, float, float]]:
    """Writes the events of tasks one after the other; yields each with its times."""
    now = begin
    for one in tasks:
        asked = now
        run.event(now, "instruction", one.task, one.instruction, source="prompt")
        now += 0.1
        run.event(now, "plan", one.task, one.instruction, skills=[step.skill for step in one.steps])
        for number, step in enumerate(one.steps):
            key = f"{one.task}/{number}"
            now += 0.05
            run.event(
                now, "step_started", one.task, "", request_id=key, skill=step.skill, arguments=dict(step.arguments)
            )
            now += step.seconds
            run.event(now, "step_ended", one.task, step.reason, request_id=key, skill=step.skill, outcome=step.outcome)
        now += 0.05
        run.event(now, "outcome", one.task, one.reason, outcome=one.outcome)
        yield one, asked, now
        now += one.pause


def joints(rate: float, seconds: float, size: int, rng: np.random.Generator) -> np.ndarray:
    """Joint positions of something like a gait, rad, shape (ticks, joints)."""
    times = np.arange(round(rate * seconds)) / rate
    phases, sizes = rng.uniform(0, 2 * np.pi, size), rng.uniform(0.1, 0.4, size)
    return sizes * np.sin(2 * np.pi * 1.5 * times[:, None] + phases) + 0.002 * rng.standard_normal((len(times), size))
