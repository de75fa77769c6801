"""Questions and answers about what was recorded, true by the recording, for those who fine-tune language models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from skill_stack.recording.reading.episode import UNFINISHED, EpisodeStep, RecordedTask

Pair = tuple[str, str, str]
"""Kind, question, answer."""


def questions(episodes: Sequence[RecordedTask], count: int, seed: int) -> list[dict[str, Any]]:
    """Questions drawn from episodes, none twice.

    Args:
        episodes: What was recorded.
        count: How many at most.
        seed: Of the draw.

    Returns:
        For each: id of the episode, kind, what is known (``context``), question and answer.
    """
    rows = [
        {"episode": one.id, "kind": kind, "context": context(one), "question": question, "answer": answer}
        for one in episodes
        if one.steps and one.outcome != UNFINISHED
        for kind, question, answer in _pairs(one)
    ]
    order = np.random.default_rng(seed).permutation(len(rows))[:count]
    return [rows[number] for number in order]


def context(one: RecordedTask) -> str:
    """What happened, as a log in words; the questions can be answered from it alone."""
    lines = [f"0.0 s: a person said: {one.instruction}"]
    for step in one.steps:
        lines.append(f"{step.begin - one.begin:.1f} s: began {step.words}")
        why = f": {step.reason}" if step.reason else ""
        lines.append(f"{step.end - one.begin:.1f} s: {step.words} {step.outcome}{why}")
    why = f": {one.reason}" if one.reason else ""
    return "\n".join([*lines, f"{one.seconds:.1f} s: the task {one.outcome}{why}"])


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
