"""Blind trials: their number from the power, blocks in random order, letters that say nothing."""

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.evaluation.blind import BlindOrder, blocks_needed, mcnemar_power
from skill_stack.evaluation.paired import mcnemar_exact


def test_the_power_is_that_of_the_manual_of_gpower():
    # G*Power 3.1 manual, McNemar test: odds ratio 0.25, 40 % discordant, 50 pairs, one-sided 0.05: 0.839343. The other
    # tail of the two-sided test at 0.10 adds next to nothing.
    assert mcnemar_power(50, 0.32, 0.08, 0.10) == pytest.approx(0.839343, abs=5e-5)


def test_the_power_is_what_simulated_trials_find():
    rng, found = np.random.default_rng(4), 0
    for _ in range(4000):
        won, lost, _ = rng.multinomial(40, (0.25, 0.05, 0.70))
        found += mcnemar_exact(lost, won) <= 0.05
    assert mcnemar_power(40, 0.25, 0.05) == pytest.approx(found / 4000, abs=0.03)


def test_equal_variants_are_called_different_at_most_as_often_as_the_level_says():
    assert all(mcnemar_power(blocks, 0.2, 0.2) <= 0.05 for blocks in (1, 5, 6, 17, 60, 200))


def test_the_number_of_blocks_is_the_first_with_that_power():
    blocks = blocks_needed(0.2, 0.3, 0.8)
    assert mcnemar_power(blocks, 0.25, 0.05) >= 0.8 > mcnemar_power(blocks - 1, 0.25, 0.05)
    assert blocks_needed(0.2, 0.3, 0.8, 0.05 / 3) > blocks


@pytest.mark.parametrize(
    "wrong", [(0.3, 0.2, 0.8), (0.0, 0.2, 0.8), (0.2, 1.2, 0.8), (0.2, 0.3, 1.0), (0.001, 0.9, 0.8)]
)
def test_numbers_that_contradict_each_other_are_refused(wrong):
    with pytest.raises(DataError):
        blocks_needed(*wrong)


def test_every_block_has_every_letter_once_in_changing_order():
    drawn = BlindOrder.draw(("new", "old", "older"), range(10, 40), "suite", 1)
    blocks = [drawn.trials[at : at + 3] for at in range(0, 90, 3)]
    assert [{seed for seed, _ in block} for block in blocks] == [{seed} for seed in range(10, 40)]
    assert all(sorted(letter for _, letter in block) == ["A", "B", "C"] for block in blocks)
    assert len({tuple(letter for _, letter in block) for block in blocks}) > 3


def test_letters_depend_on_the_order_alone_and_not_on_how_the_variants_are_listed():
    one, same = (BlindOrder.draw(names, (1,), "suite", 5) for names in (("new", "old"), ("old", "new")))
    assert one == same
    many = [BlindOrder.draw(("new", "old"), (1,), "suite", order) for order in range(40)]
    assert {drawn.variants["A"] for drawn in many} == {"new", "old"}
    assert len({drawn.seal for drawn in many}) == 40


@pytest.mark.parametrize("names", [("new",), ("new", "new"), tuple(map(str, range(27)))])
def test_what_cannot_be_told_apart_is_refused(names):
    with pytest.raises(DataError):
        BlindOrder.draw(names, (1,), "suite", 1)
