"""Curve: whether a course of learning goes on, is stuck, or diverges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Share

Course = Literal["learning", "stuck", "diverged"]


FEWEST = 8
"""Blocks from which a course can be judged."""
USUAL_BEND = 1.652
"""Median of the size of second differences of draws of a normal distribution, in standard deviations."""

MEDIAN_ERROR = 1.253
"""Standard error of a median against that of a mean."""


class CurveLimits(DataModel):
    """From when on a curve is given up; ``settings.yaml`` explains the keys."""

    stuck: Annotated[int, Field(ge=2)]
    gain: Share
    worse: Share
    smooth: Annotated[int, Field(ge=1)]


class CurveVerdict(DataModel):
    """How a course goes.

    Attributes:
        course: What it does.
        reason: Why it is given up, one sentence; empty while it learns.
        at: Number of values after which that was to be seen.
    """

    course: Course
    reason: str = ""
    at: int


def judge_curve(values: Sequence[float], limits: CurveLimits, top: float | None = None) -> CurveVerdict:
    """How a course of learning goes, by the values so far.

    A course is judged on the medians of blocks of values, against how much they scatter about a line: single
    values of a training are noisy, and near ones alike. It has diverged when a value is not finite, or when it lost a
    share of all that it ever spanned and does not come back. It is stuck when it gained nothing for a while, does not
    rise, and is not at its top.

    Args:
        values: What is to become larger, one for each step of learning, e.g. mean returns.
        limits: From when on it is given up.
        top: Value that cannot be surpassed, e.g. 1 for rates of success; a course near it has learnt. None: unknown.
    """
    data = np.asarray(values, dtype=float)
    wild = np.flatnonzero(~np.isfinite(data))
    if wild.size:
        at = int(wild[0]) + 1
        return CurveVerdict(course="diverged", reason=f"value {at} is not a number", at=at)
    for seen in range(1, len(data) + 1):
        if reason := _given_up(data[:seen], limits, top):
            return CurveVerdict(course=reason[0], reason=reason[1], at=seen)
    return CurveVerdict(course="learning", at=len(data))


def _given_up(data: np.ndarray, limits: CurveLimits, top: float | None) -> tuple[Course, str] | None:
    """Why a course is given up at its end; None where it is not."""
    rows = data[len(data) % limits.smooth :].reshape(-1, limits.smooth)
    blocks = np.median(rows, axis=1)
    if len(blocks) < FEWEST:
        return None
    lately = limits.stuck // limits.smooth
    inside = float(np.median(rows.std(axis=1))) * MEDIAN_ERROR / math.sqrt(limits.smooth)
    noise = max(float(np.median(np.abs(np.diff(blocks, n=2)))) / USUAL_BEND, inside)
    low, best, now = float(blocks.min()), float(blocks.max()), float(blocks[-1])
    span = max(best - low, abs(top - low) if top is not None else 0.0, 1e-9)
    fell = best - float(blocks[-max(lately // 3, 2) :].max())
    deep = max(limits.worse * span, 6.0 * noise)
    if fell > deep:
        return "diverged", f"it fell from {best:.3g} to {now:.3g} and did not come back"
    falls = best - float(blocks[-2:].max()) > deep  # whether it comes back is to be seen
    if falls or len(blocks) <= lately or (top is not None and top - best <= limits.gain * span):
        return None
    gained = float(blocks[-lately:].max() - blocks[:-lately].max())
    first, second = blocks[-lately : -lately // 2], blocks[-lately // 2 :]
    rises = float(second.mean() - first.mean())
    if gained <= max(limits.gain * span, 1.5 * noise) and rises <= max(limits.gain * span, noise):
        return "stuck", f"it gained {max(gained, 0.0):.3g} in {limits.stuck} steps, and its best is {best:.3g}"
    return None
