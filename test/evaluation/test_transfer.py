"""Forgetting and transfer, against a learner whose values are known in closed form."""

from dataclasses import asdict

import numpy as np
import pytest

from skill_stack.benchmarks.connecting.synthetic_learner import SyntheticLearner
from skill_stack.core.errors import DataError
from skill_stack.evaluation.transfer import transfer


def test_figures_of_a_synthetic_learner_are_exact():
    learner = SyntheticLearner(5, 0.2, 0.6, 0.9, 0.3)
    found, known = transfer(*learner.matrix()), learner.known()
    assert asdict(found) == pytest.approx(asdict(known), abs=1e-6)
    forgotten = sum((5 - age) * 0.6 * (0.9**age - 1) for age in range(1, 5)) / 10
    assert known.backward_stages == pytest.approx(forgotten) and known.forward == pytest.approx(0.18)
    assert found.remembering == pytest.approx(1 + forgotten) and found.gained_backward == 0.0


def test_a_learner_that_gets_better_at_what_it_had_forgets_nothing():
    matrix = np.array([[0.5, 0.1], [0.75, 0.9]])
    found = transfer(matrix, np.array([0.0, 0.25]))
    assert (found.backward, found.forward) == pytest.approx((0.25, -0.15), abs=1e-6)
    assert (found.remembering, found.gained_backward) == pytest.approx((1.0, 0.25), abs=1e-6)


@pytest.mark.parametrize(
    ("matrix", "before"),
    [
        (np.ones((1, 1)), np.ones(1)),
        (np.ones((2, 3)), np.ones(2)),
        (np.ones((2, 2)), np.ones((2, 2))),
        (np.array([[1.0, np.nan], [1.0, 1.0]]), np.ones(2)),
    ],
)
def test_what_is_no_matrix_of_tasks_is_refused(matrix, before):
    with pytest.raises(DataError):
        transfer(matrix, before)
