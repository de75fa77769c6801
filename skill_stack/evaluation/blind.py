"""Blind trials: variants under letters, in blocks of random order, as many as the power asks for.

Source of the design: randomised complete blocks, R. A. Fisher, The Design of Experiments (1935); here a block is one
world, in which every variant runs once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.evaluation.sequential import ALPHA

MOST_BLOCKS = 2048
"""Largest number of blocks that is looked for."""


def mcnemar_power(blocks: int, won: float, lost: float, alpha: float = ALPHA) -> float:
    """Unconditional power of McNemar's exact two-sided test.

    Source: J. M. Lachin, Statistics in Medicine 11 (1992) 1239: the binomial test on the discordant pairs, averaged
    over their number.

    Args:
        blocks: Pairs.
        won: Probability that a pair passes with the second alone.
        lost: Probability that it passes with the first alone.
        alpha: Level of the test.

    Raises:
        DataError: These are no probabilities of different outcomes.
    """
    from scipy.stats import binom

    if not (won >= 0.0 and lost >= 0.0 and 0.0 < won + lost <= 1.0):
        raise DataError(f"{won:g} and {lost:g} are not the shares of two different outcomes")
    counts = np.arange(blocks + 1)
    limit = binom.ppf(alpha / 2, counts, 0.5).astype(int)  # the largest tail that is still rejected, or one more
    limit = np.where(binom.cdf(limit, counts, 0.5) <= alpha / 2, limit, limit - 1)
    share = won / (won + lost)
    rejected = binom.cdf(limit, counts, share) + binom.sf(counts - limit - 1, counts, share)
    return float((binom.pmf(counts, blocks, won + lost) * np.where(limit >= 0, rejected, 0.0)).sum())


def blocks_needed(difference: float, discordant: float, power: float, alpha: float = ALPHA) -> int:
    """Smallest number of blocks with which the test has a power.

    Args:
        difference: Difference of success rates that is to be found.
        discordant: Share of worlds in which the two differ; at least the difference.
        power: Chance of finding it.
        alpha: Level of the test.

    Raises:
        DataError: The numbers contradict each other, or more than :data:`MOST_BLOCKS` would be needed.
    """
    if not 0.0 < difference <= discordant <= 1.0:
        raise DataError(f"a difference of {difference:g} needs worlds that differ in a share of {difference:g} to 1")
    if not alpha < power < 1.0:
        raise DataError(f"a power of {power:g} is not between {alpha:g} and 1")
    won, lost = (discordant + difference) / 2, (discordant - difference) / 2
    enough = 1
    while mcnemar_power(enough, won, lost, alpha) < power:
        enough *= 2
        if enough > MOST_BLOCKS:
            raise DataError(f"more than {MOST_BLOCKS} worlds would be needed to find a difference of {difference:g}")
    candidates = range(enough // 2 + 1, enough + 1)
    return next(blocks for blocks in candidates if mcnemar_power(blocks, won, lost, alpha) >= power)


@dataclass(frozen=True, slots=True)
class BlindOrder:
    """Which variant goes by which letter, and the order of all trials.

    Attributes:
        variants: Names of the variants by letter; to be told at the end alone.
        trials: Seed of the world and letter, in order.
        seal: Hash of the letters' meaning, told at the beginning: it shows that they were not exchanged later.
    """

    variants: dict[str, str]
    trials: tuple[tuple[int, str], ...]
    seal: str

    @classmethod
    def draw(cls, variants: Sequence[str], seeds: Sequence[int], name: str, order: int) -> BlindOrder:
        """Draws letters and order.

        Args:
            variants: At least two names.
            seeds: Worlds, a block each.
            name: What is tried; another one has other letters.
            order: Seed of the order.

        Raises:
            DataError: There are fewer than two variants, or more than there are letters, or one is there twice.
        """
        if not 2 <= len(variants) <= len(ascii_uppercase) or len(set(variants)) < len(variants):
            raise DataError(f"a blind trial needs 2 to {len(ascii_uppercase)} different variants")
        text = "\n".join((name, str(order), *sorted(variants)))
        rng = np.random.default_rng(np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype=np.uint32))
        meant = [str(one) for one in rng.permutation(sorted(variants))]
        letters = dict(zip(ascii_uppercase, meant))
        trials = [(seed, str(letter)) for seed in seeds for letter in rng.permutation(list(letters))]
        seal = hashlib.sha256("\n".join((text, *meant)).encode()).hexdigest()[:16]
        return cls(letters, tuple(trials), seal)
