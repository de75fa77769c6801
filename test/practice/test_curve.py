"""Curves: what learns goes on, what is stuck or diverges ends with its reason, early."""

import math

import numpy as np
import pytest

from skill_stack.practice.curve import CurveLimits, judge_curve

LIMITS = CurveLimits(stuck=100, worse=0.3, smooth=10)
RNG = np.random.default_rng(3)
NOISE = RNG.normal(0.0, 0.3, 300)
RISE = 10.0 * (1.0 - np.exp(-np.arange(300) / 80.0))


def test_a_noisy_rise_goes_on():
    verdict = judge_curve(list(RISE[:110] + NOISE[:110]), LIMITS)
    assert verdict.course == "learning" and verdict.at == 110 and verdict.reason == ""


@pytest.mark.parametrize("flat", [list(NOISE), [1.0] * 100])
def test_a_flat_course_is_stuck_soon(flat):
    verdict = judge_curve(flat, LIMITS)
    assert verdict.course == "stuck" and verdict.at < 110 and "not risen in 100 steps" in verdict.reason


def test_a_rise_that_is_smaller_than_the_noise_is_seen():
    long = LIMITS.model_copy(update={"stuck": 200})
    assert judge_curve(list(NOISE[:200] + 0.004 * np.arange(200)), long).course == "learning"


def test_a_course_that_falls_back_diverged():
    falls = np.concatenate([RISE[:100], np.linspace(RISE[100], 0.0, 40)]) + NOISE[:140]
    verdict = judge_curve(list(falls), LIMITS)
    assert verdict.course == "diverged" and 100 < verdict.at < 140 and "fell from" in verdict.reason


@pytest.mark.parametrize("wild", [math.nan, math.inf])
def test_what_is_no_number_diverged_at_once(wild):
    verdict = judge_curve([1.0, 2.0, wild, 3.0], LIMITS)
    assert (verdict.course, verdict.at) == ("diverged", 3)


def test_one_bad_value_is_no_divergence():
    rise = list(RISE[:100] + NOISE[:100])
    rise[60] = -20.0
    assert judge_curve(rise, LIMITS).course == "learning"
