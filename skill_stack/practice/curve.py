"""Curve: whether a course of learning goes on, is stuck, or diverges, by tests of rank that know no scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from scipy.stats import kendalltau, mannwhitneyu

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import Share

Course = Literal["learning", "stuck", "diverged"]
CHANCE = 0.05
"""Chance of calling a course that stays as it is a rise."""
SURE = 1e-5
"""Chance of calling a course that stays as it is a fall: the best stretch of many is compared, again and again."""


class CurveLimits(DataModel):
    """From when on a curve is given up; ``settings.yaml`` explains the keys."""

    stuck: Annotated[int, Field(ge=2)]
    worse: Share
    smooth: Annotated[int, Field(ge=2)]


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


def rises(values: Sequence[float] | np.ndarray) -> bool:
    """Whether noisy values have a trend upwards (Mann, 1945; Kendall, 1975)."""
    return bool(kendalltau(np.arange(len(values)), values, alternative="greater").pvalue <= CHANCE)


def stuck(values: Sequence[float] | np.ndarray, limits: CurveLimits) -> str:
    """Why a course goes nowhere at its end, or an empty string.

    Args:
        values: What is to become larger, one for each step of learning.
        limits: From when on it is given up.
    """
    if len(values) < limits.stuck or rises(values[-limits.stuck :]):
        return ""
    return f"it has not risen in {limits.stuck} steps"


def judge_curve(values: Sequence[float], limits: CurveLimits) -> CurveVerdict:
    """How a course went, as it would have been judged while it went on.

    Args:
        values: What is to become larger, one for each step of learning, e.g. mean returns.
        limits: From when on it is given up.
    """
    verdicts = (_judged_now(values[:seen], limits) for seen in range(1, len(values) + 1))
    return next((one for one in verdicts if one.course != "learning"), CurveVerdict(course="learning", at=len(values)))


def _judged_now(values: Sequence[float], limits: CurveLimits) -> CurveVerdict:
    """How a course goes at its end.

    It has diverged when a value is not finite, or when it lost a share of all that it ever spanned and what came lately
    is surely lower than its best stretch (Mann and Whitney, 1947). It is stuck when it has no trend upwards.

    Args:
        values: What is to become larger, one for each step of learning.
        limits: From when on it is given up.
    """
    data, at = np.asarray(values, dtype=float), len(values)
    if not np.isfinite(data).all():
        wild = int(np.flatnonzero(~np.isfinite(data))[0]) + 1
        return CurveVerdict(course="diverged", reason=f"value {wild} is not a number", at=wild)
    stretches = data[at % limits.smooth :].reshape(-1, limits.smooth)
    lately = data[-2 * limits.smooth :]
    if len(stretches) > 3:
        middles = np.median(stretches, axis=1)
        best = int(middles[:-2].argmax())
        fell = float(middles[best] - np.median(lately))
        surely = mannwhitneyu(lately, stretches[best], alternative="less").pvalue <= SURE
        if fell > limits.worse * np.ptp(middles) and surely:
            reason = f"it fell from {middles[best]:.3g} to {np.median(lately):.3g} and did not come back"
            return CurveVerdict(course="diverged", reason=reason, at=at)
    reason = stuck(data, limits)
    return CurveVerdict(course="stuck" if reason else "learning", reason=reason, at=at)
