"""Paired tests agree with published examples and keep their level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from skill_stack.core.errors import DataError
from skill_stack.evaluation.paired import Pairs, mcnemar_exact, mcnemar_mid_p, pairs_of


@pytest.mark.parametrize(
    ("lost", "won", "exact", "mid_p"),
    [  # M. W. Fagerland, S. Lydersen, P. Laake, BMC Med. Res. Methodol. 13 (2013) 91, examples of Bentur and of Cavo
        (1, 7, 0.070, 0.039),
        (6, 16, 0.052, 0.035),
    ],
)
def test_published_examples(lost, won, exact, mid_p):
    assert mcnemar_exact(lost, won) == pytest.approx(exact, abs=5e-4)
    assert mcnemar_mid_p(lost, won) == pytest.approx(mid_p, abs=5e-4)


@given(st.integers(0, 40), st.integers(0, 40))
def test_both_are_chances_and_do_not_care_which_is_which(lost, won):
    for test in (mcnemar_exact, mcnemar_mid_p):
        assert 0.0 <= test(lost, won) <= 1.0
        assert test(lost, won) == pytest.approx(test(won, lost))
    assert mcnemar_mid_p(lost, won) <= mcnemar_exact(lost, won)


@pytest.mark.parametrize("discordant", [5, 10, 25, 60])
def test_equal_versions_are_called_different_as_rarely_as_promised(discordant):
    """Exactly, by summing over all outcomes."""
    won = np.arange(discordant + 1)
    chances = binom.pmf(won, discordant, 0.5)
    exact = np.array([mcnemar_exact(discordant - k, k) for k in won.tolist()])
    mid_p = np.array([mcnemar_mid_p(discordant - k, k) for k in won.tolist()])
    assert chances[exact <= 0.05].sum() <= 0.05
    assert chances[mid_p <= 0.05].sum() <= 0.065  # mid-p may go over a little, as its authors say


def test_pairs_are_those_in_common():
    first = {("a", 1): True, ("a", 2): True, ("a", 3): False, ("a", 4): False, ("b", 1): True}
    second = {("a", 1): True, ("a", 2): False, ("a", 3): True, ("a", 4): False, ("c", 1): True}
    assert pairs_of(first, second) == Pairs(both=1, neither=1, lost=1, won=1)
    assert Pairs(lost=1, won=3, both=4).difference == pytest.approx(0.25)
    assert Pairs().difference == 0.0
    with pytest.raises(DataError, match="in common"):
        pairs_of({("a", 1): True}, {("b", 1): True})
