"""Questions and answers about what was recorded, true by the recording, for those who fine-tune language models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from skill_stack.recording.reading.episode import UNFINISHED, EpisodeStep, RecordedTask
from skill_stack.recording.reading.things import MOVED, REMOVED, SeenThings, ThingChange, things_of
from skill_stack.recording.recording import Recording

Pair = tuple[str, str, str]
"""Kind, question, answer."""


def questions(episodes: Iterable[tuple[Recording, RecordedTask]], count: int, seed: int) -> list[dict[str, Any]]:
    """Questions drawn from episodes, none twice.

    Args:
        episodes: What was recorded, each with its run.
        count: How many at most.
        seed: Of the draw.

    Returns:
        For each: id of the episode, kind, what is known (``context``), question and answer.
    """
    rows = [
        {"episode": one.id, "kind": kind, "context": context(one, things), "question": question, "answer": answer}
        for run, one in episodes
        if one.steps and one.outcome != UNFINISHED
        for things in (things_of(run, one),)
        for kind, question, answer in (*_pairs(one), *_of_things(one, things))
    ]
    order = np.random.default_rng(seed).permutation(len(rows))[:count]
    return [rows[number] for number in order]


def context(one: RecordedTask, things: SeenThings) -> str:
    """What happened, as a log in words; the questions can be answered from it alone."""
    lines = [(step.begin - one.begin, f"began {step.words}") for step in one.steps]
    for step in one.steps:
        why = f": {step.reason}" if step.reason else ""
        lines.append((step.end - one.begin, f"{step.words} {step.outcome}{why}"))
    lines += [(change.seconds, _told(change)) for change in things.changes]
    why = f": {one.reason}" if one.reason else ""
    begun = [f"a person said: {one.instruction}"]
    begun += [f"known things: {', '.join(things.first)}"] if things.first else []
    ended = one.seconds, f"the task {one.outcome}{why}"
    rows = [*((0.0, text) for text in begun), *sorted(lines, key=lambda line: line[0]), ended]
    return "\n".join(f"{seconds:.1f} s: {text}" for seconds, text in rows)


def _told(change: ThingChange) -> str:
    return f"{change.name} {change.change}" + (f" by {change.distance:.2f} m" if change.change == MOVED else "")


def _of_things(one: RecordedTask, things: SeenThings) -> Iterator[Pair]:
    """Tracking and permanence: where things went, and that they are there while nobody looks."""
    moves = [change for change in things.changes if change.change == MOVED]
    for name in things.names:
        mine = [change for change in things.changes if change.name == name]
        yield "moves", f"How often did {name} move?", str(sum(change.change == MOVED for change in mine))
        yield "permanence", f"Is {name} there when the task ends?", _yes(things.there(name, one.seconds))
        for change in mine:
            if not _apart(mine, change):
                continue
            later = change.seconds + 0.1
            if change.change == MOVED:
                question = f"How far did {name} move at {change.seconds:.1f} s, in metres?"
                yield "moves", question, f"{change.distance:.2f}"
            if later + 0.1 < one.seconds:
                question = f"Was {name} there {later:.1f} s after the words?"
                yield "permanence", question, _yes(things.there(name, later + 0.05))
            if change.change == REMOVED and sum(other.change == REMOVED for other in mine) == 1:
                yield "permanence", f"When was {name} seen to be gone, in seconds?", f"{change.seconds:.1f}"
    if moves:
        yield "moves", "Which thing moved last?", moves[-1].name
        yield "moves", "Which things moved?", ", ".join(sorted({change.name for change in moves}))


def _apart(mine: Iterable[ThingChange], change: ThingChange) -> bool:
    """Whether nothing else happens to a thing so soon that a time of one decimal is ambiguous."""
    return all(abs(other.seconds - change.seconds) > 0.3 for other in mine if other is not change)


def _yes(so: bool) -> str:
    return "yes" if so else "no"


def _pairs(one: RecordedTask) -> Iterator[Pair]:
    yield "task", "What was the robot asked to do?", one.instruction
    yield "plan", "Which steps did the robot carry out, in order?", "; ".join(step.words for step in one.steps)
    yield "plan", "How many steps did the robot begin?", str(len(one.steps))
    yield "outcome", "Did the task succeed?", "yes" if one.outcome == "succeeded" else f"no, it {one.outcome}"
    yield "time", "How long did the task take, in seconds?", f"{one.seconds:.1f}"
    if one.reason and one.outcome != "succeeded":
        yield "reason", f"Why is the task {one.outcome}?", one.reason
    names = [step.words for step in one.steps]
    for before, after in zip(one.steps, one.steps[1:]):
        if names.count(before.words) == 1 and names.count(after.words) == 1:
            yield "order", f"What did the robot do right after '{before.words}'?", after.words
            yield "order", f"What did the robot do right before '{after.words}'?", before.words
    for step in one.steps:
        if names.count(step.words) == 1:
            yield from _of_step(one, step)


def _of_step(one: RecordedTask, step: EpisodeStep) -> Iterator[Pair]:
    yield "step", f"How did '{step.words}' end?", step.outcome
    yield "time", f"How long did '{step.words}' take, in seconds?", f"{step.end - step.begin:.1f}"
    if step.reason:
        yield "reason", f"Why is '{step.words}' {step.outcome}?", step.reason
    middle = (step.begin + step.end) / 2
    if one.step_at(middle) == step:
        yield "tracking", f"What was the robot doing {middle - one.begin:.1f} s after it was asked?", step.words
    for name, value in step.arguments.items():
        if sum(other.skill == step.skill for other in one.steps) == 1:
            yield "object", f"What was the {name} of {step.skill}?", str(value)
