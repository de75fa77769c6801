"""The sequential test keeps its level however often one looks, and finds what is there."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom

from skill_stack.evaluation.paired import mcnemar_exact
from skill_stack.evaluation.sequential import SequentialTest, log_wealth

LONGEST = 400


@given(st.integers(0, 12), st.integers(0, 12), st.sampled_from([0.5, 1.0, 2.0]))
def test_the_wealth_is_the_mean_likelihood_ratio(lost, won, prior):
    beta = math.gamma(prior) ** 2 / math.gamma(2 * prior)

    def ratio(p):
        return (2 * p) ** lost * (2 * (1 - p)) ** won * (p * (1 - p)) ** (prior - 1) / beta

    assert math.exp(log_wealth(lost, won, prior)) == pytest.approx(quad(ratio, 0, 1)[0], rel=1e-5)


@pytest.mark.parametrize("tosses", [1, 7, 30])
def test_the_wealth_of_a_fair_coin_stays_one_on_average(tosses):
    won = np.arange(tosses + 1)
    wealth = np.exp([log_wealth(tosses - k, k) for k in won.tolist()])
    assert (binom.pmf(won, tosses, 0.5) * wealth).sum() == pytest.approx(1.0)


def ever(rng, share, looks):
    """Whether the test ever decides, and whether McNemar's test at every look would have, on discordant pairs."""
    test, naive = SequentialTest(), False
    for number, won in enumerate(rng.random(looks) < share):
        test.add(first=not won, second=bool(won))
        naive = naive or (number >= 5 and mcnemar_exact(test.lost, test.won) <= 0.05)
    return test.verdict != "undecided", naive


@pytest.mark.slow
def test_peeking_after_every_pair_keeps_the_level_where_a_fixed_test_would_not():
    """Exactly for the sequential test: the chance to have decided by any of many looks, carried along pair by pair."""
    alive = {0: 1.0}
    decided = 0.0
    for tosses in range(1, LONGEST + 1):
        after: dict[int, float] = {}
        for won, chance in alive.items():
            for more in (0, 1):
                after[won + more] = after.get(won + more, 0.0) + chance / 2
        for won in list(after):
            if log_wealth(tosses - won, won) >= math.log(20):
                decided += after.pop(won)
        alive = after
    assert decided <= 0.05
    rng = np.random.default_rng(3)
    runs = [ever(rng, 0.5, 60) for _ in range(150)]
    assert np.mean([sequential for sequential, _ in runs]) <= 0.05
    assert np.mean([naive for _, naive in runs]) > 0.1, "looking again and again spoils an ordinary test"


def test_a_better_version_is_found_and_named():
    rng = np.random.default_rng(4)
    assert np.mean([ever(rng, 0.85, 60)[0] for _ in range(60)]) > 0.9
    better, worse = SequentialTest(), SequentialTest()
    for _ in range(10):
        better.add(first=False, second=True)
        worse.add(first=True, second=False)
    assert (better.verdict, worse.verdict) == ("better", "worse")
    assert better.p_value == pytest.approx(math.exp(-log_wealth(0, 10)))
    for _ in range(30):
        better.add(first=True, second=False)
    assert better.verdict == "better", "what was decided stays"


def test_pairs_that_agree_say_nothing():
    test = SequentialTest()
    for _ in range(50):
        test.add(first=True, second=True)
        test.add(first=False, second=False)
    assert (test.evidence, test.p_value, test.verdict) == (1.0, 1.0, "undecided")
