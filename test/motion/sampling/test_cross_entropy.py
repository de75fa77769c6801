"""The search by generations: it begins with what it has, finds what is best, and is what its two users had before."""

import numpy as np
import pytest

from skill_stack.motion.sampling.cross_entropy import CrossEntropy


def generation(entropy, mean, spread, rng, goal, count=40):
    tried = entropy.drawn(mean, spread, count, rng)
    best = entropy.best(-((tried - goal) ** 2).sum(axis=tuple(range(1, tried.ndim))))
    return entropy.moved(mean, spread, tried[best])


@pytest.mark.parametrize("ranked", [False, True])
def test_it_finds_what_is_best(ranked) -> None:
    entropy, rng = CrossEntropy(6, 0.2, 0.6, 0.001, ranked), np.random.default_rng(1)
    goal, mean, spread = np.array([[0.3, -1.0], [0.7, 2.0]]), np.zeros((2, 2)), np.ones((2, 2))
    for _ in range(60):
        mean, spread = generation(entropy, mean, spread, rng, goal)
    assert np.abs(mean - goal).max() < 0.02
    assert (spread >= 0.001).all()


def test_the_mean_itself_is_tried_too() -> None:
    drawn = CrossEntropy(2, 0.2, 0.6, 0.01).drawn(np.array([1.0, 2.0]), np.ones(2), 5, np.random.default_rng(0))
    assert drawn.shape == (5, 2) and (drawn[0] == [1.0, 2.0]).all() and (drawn[1:] != [1.0, 2.0]).all()


def test_the_best_come_first() -> None:
    assert CrossEntropy(2, 0.2, 0.6, 0.01).best(np.array([0.1, 3.0, -1.0, 2.0])).tolist() == [1, 3]


def test_alike_or_by_rank() -> None:
    best, zero = np.array([[1.0], [0.0], [0.0]]), np.zeros(1)
    alike, width = CrossEntropy(3, 0.0, 0.0, 0.0).moved(zero, zero, best)
    ranked, _ = CrossEntropy(3, 0.0, 0.0, 0.0, ranked=True).moved(zero, zero, best)
    assert alike[0] == pytest.approx(1 / 3) and width[0] == pytest.approx(best.std())
    assert ranked[0] > 0.5


def test_no_spread_falls_below_the_least() -> None:
    _, spread = CrossEntropy(2, 0.3, 0.3, 0.05).moved(np.zeros(2), np.full(2, 0.01), np.ones((2, 2)))
    assert (spread == 0.05).all()
