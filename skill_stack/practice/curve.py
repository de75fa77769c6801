"""Curve: whether a course of learning goes on, is stuck, or diverges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Share

Course = Literal["learning", "stuck", "diverged"]


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

    A course is judged on running medians. It has diverged when a value is not finite, or when it lost a share of all
    that it ever spanned and does not come back. It is stuck when it gained nothing for a while and is not at its top.

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
    if len(data) < max(limits.smooth + 1, 3):
        return None
    middle = np.median(np.lib.stride_tricks.sliding_window_view(data, limits.smooth), axis=-1)
    best_at = int(middle.argmax())
    best, now = float(middle[best_at]), float(middle[-1])
    gained = best - float(middle[: best_at + 1].min())
    span = max(best - float(middle.min()), abs(top - float(middle.min())) if top is not None else 0.0, 1e-9)
    noise = float(np.median(np.abs(np.diff(data)))) / np.sqrt(limits.smooth)
    fell = best - float(middle[-2 * limits.smooth :].max())
    if gained > limits.gain * span and fell > max(limits.worse * span, 4.0 * noise):
        return "diverged", f"it fell from {best:.3g} to {now:.3g} and did not come back"
    if len(middle) <= limits.stuck or (top is not None and top - best <= limits.gain * span):
        return None
    before, after = float(middle[: -limits.stuck].max()), float(middle[-limits.stuck :].max())
    least = float(middle[-limits.stuck :].min())
    if after - max(min(before, after), least) <= max(limits.gain * span, 2.0 * noise):
        return "stuck", f"it gained {max(after - before, 0.0):.3g} in {limits.stuck} steps, from {before:.3g} on"
    return None
