"""RecordedTask, an episode: one task inside of a run, from the instruction to its outcome."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from skill_stack.recording.format import RunEvent
from skill_stack.recording.recording import Recording

Window = tuple[float, float]
"""Begin and end, wall time, s; the end does not belong to it."""
ALWAYS: Window = (0.0, float("inf"))
NS = 1e-9
"""Seconds of a nanosecond."""
UNFINISHED = "unfinished"
"""Outcome of a task whose end is not in the file."""


@dataclass(frozen=True, slots=True)
class EpisodeStep:
    """One step of a plan.

    Attributes:
        skill: The skill.
        arguments: Its arguments by name, SI units.
        begin: Wall time, s.
        end: Wall time, s.
        outcome: ``succeeded``, ``failed``, ``interrupted``, or ``unfinished``.
        reason: Why, for people; empty on success.
    """

    skill: str
    arguments: Mapping[str, Any]
    begin: float
    end: float
    outcome: str
    reason: str = ""

    @property
    def words(self) -> str:
        """The step for people, e.g. ``go_to target=red_ball``."""
        return " ".join([self.skill, *(f"{name}={value}" for name, value in self.arguments.items())])


@dataclass(frozen=True, slots=True)
class RecordedTask:
    """One task.

    Attributes:
        run: Name of its run.
        task: Identifier of the task within the run.
        robot: Robot that did it.
        instruction: The words.
        begin: Time of the instruction, wall time, s.
        end: Time of the outcome, wall time, s.
        outcome: ``succeeded``, ``failed``, ``interrupted``, ``refused``, or :data:`UNFINISHED`.
        reason: Why, for people.
        steps: Steps in the order of their beginnings.
        events: All that happened meanwhile.
    """

    run: str
    task: str
    robot: str
    instruction: str
    begin: float
    end: float
    outcome: str
    reason: str
    steps: tuple[EpisodeStep, ...]
    events: tuple[RunEvent, ...]

    @property
    def id(self) -> str:
        """Name among all episodes."""
        return f"{self.run}/{self.task}"

    @property
    def seconds(self) -> float:
        """Duration, s."""
        return self.end - self.begin

    @property
    def window(self) -> Window:
        """Its time, wall time, s."""
        return self.begin, self.end

    def step_at(self, time: float) -> EpisodeStep | None:
        """The newest step that runs at a wall time, s."""
        return next((one for one in reversed(self.steps) if one.begin <= time < one.end), None)


def span(window: Window) -> tuple[int | None, int | None]:
    """A window in ns, as recordings take it."""
    return round(window[0] / NS), None if window[1] == float("inf") else round(window[1] / NS)


def seconds(event: RunEvent) -> float:
    """When an event happened, wall time, s."""
    return event.time * NS


def episodes_of(run: Recording) -> tuple[RecordedTask, ...]:
    """Episodes of a run in the order of their beginnings; raises DataError."""
    events = _joined(run.events())
    robot, end = run.about.robot, run.span[1] * NS
    tasks = dict.fromkeys(one.task_id for one in events if one.task_id)
    found = (_episode(run.name, task, robot, events, end) for task in tasks)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.begin))


def _joined(events: list[RunEvent]) -> list[RunEvent]:
    """Events with one id for a task: plans and what follows have ids of their own, and name that of the words."""
    words = {one.task_id: str(one.payload["words_id"]) for one in events if one.payload.get("words_id")}
    return [dataclasses.replace(one, task_id=words.get(one.task_id, one.task_id)) for one in events]


def _episode(run: str, task: str, robot: str, events: list[RunEvent], run_end: float) -> RecordedTask | None:
    """One task; None where nobody asked for it."""
    mine = [one for one in events if one.task_id == task]
    asked = next((one for one in mine if one.kind == "instruction"), None)
    if asked is None:
        return None
    outcome = next((one for one in reversed(mine) if one.kind == "outcome"), None)
    begin, end = seconds(asked), seconds(outcome) if outcome is not None else max(run_end, seconds(mine[-1]))
    inside = [e for e in events if e.task_id == task or (not e.task_id and begin <= seconds(e) <= end)]
    return RecordedTask(
        run=run, task=task, robot=robot, instruction=asked.text, begin=begin, end=end,
        outcome=str(outcome.payload.get("outcome", "")) if outcome is not None else UNFINISHED,
        reason=outcome.text if outcome is not None else "", steps=tuple(_steps(mine, end)), events=tuple(inside),
    )  # fmt: skip


def _steps(events: Iterable[RunEvent], end: float) -> list[EpisodeStep]:
    """Steps; one that was started and never ended lasts to the end of the episode."""
    begun: dict[str, RunEvent] = {}
    done: list[EpisodeStep] = []
    for one in events:
        key = str(one.payload.get("request_id") or one.payload.get("skill", ""))
        if one.kind == "step_started":
            begun[key] = one
        elif one.kind == "step_ended":
            first = begun.pop(key, one)
            done.append(_step(first, seconds(one), str(one.payload.get("outcome", "")), one.text))
    done += [_step(one, end, UNFINISHED, "") for one in begun.values()]
    return sorted(done, key=lambda one: one.begin)


def _step(begun: RunEvent, end: float, outcome: str, reason: str) -> EpisodeStep:
    arguments = begun.payload.get("arguments") or {}
    return EpisodeStep(str(begun.payload.get("skill", "")), arguments, seconds(begun), end, outcome, reason)
