"""Intervals agree with published tables, and cover what they promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from skill_stack.core.errors import DataError
from skill_stack.evaluation.interval import bootstrap, counts, success_interval


@pytest.mark.parametrize(
    ("successes", "episodes", "low", "high"),
    [  # R. G. Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 5 (Clopper-Pearson)
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_published_intervals(successes, episodes, low, high):
    assert success_interval(successes, episodes) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 60), st.integers(0, 60))
def test_intervals_enclose_the_rate_and_widen_with_confidence(a, b):
    successes, episodes = min(a, b), max(a, b)
    low, high = success_interval(successes, episodes)
    assert 0.0 <= low <= high <= 1.0
    if episodes:
        assert low <= successes / episodes <= high
        wider = success_interval(successes, episodes, 0.99)
        assert wider[0] <= low and high <= wider[1]


@pytest.mark.parametrize("episodes", [1, 5, 20, 100])
def test_the_true_rate_is_covered_as_often_as_promised(episodes):
    """Exactly, by summing over all outcomes: the chance of an interval that misses the rate."""
    intervals = np.array([success_interval(k, episodes) for k in range(episodes + 1)])
    for rate in np.linspace(0.005, 0.995, 100):
        covers = (intervals[:, 0] <= rate) & (rate <= intervals[:, 1])
        assert binom.pmf(np.arange(episodes + 1), episodes, rate)[covers].sum() >= 0.95 - 1e-9


@pytest.mark.slow
def test_simulated_measurements_are_covered():
    rng = np.random.default_rng(1)
    drawn = rng.binomial(100, 0.93, 2000)
    inside = [low <= 0.93 <= high for low, high in (success_interval(int(k), 100) for k in drawn)]
    assert 0.95 <= np.mean(inside) <= 0.985


def test_ninety_six_of_a_hundred_count():
    assert counts(96, 100)
    assert not counts(95, 100)
    assert not counts(99, 99), "too few episodes"
    assert success_interval(10, 10)[0] == pytest.approx(0.6915, abs=1e-4)
    assert success_interval(0, 0) == (0.0, 1.0)
    with pytest.raises(DataError, match="impossible"):
        success_interval(3, 2)


def test_the_bootstrap_holds_the_mean_of_what_varies_and_is_a_point_where_nothing_does():
    sample = np.random.default_rng(1).normal(2.0, 1.0, 100)
    low, high = bootstrap(np.mean, sample)
    assert low < sample.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * sample.std() / 10, rel=0.15)  # as the normal one, for a mean
    assert bootstrap(np.mean, np.full(5, 3.0)) == (3.0, 3.0)
