"""Forgetting and transfer, against a learner whose values are known in closed form."""

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.evaluation.transfer import transfer

TASKS = 5
GAIN, DECAY, SPILL, START = 0.6, 0.9, 0.3, 0.2
"""A learner gains ``GAIN`` in its stage, keeps the share ``DECAY`` of that per later stage, and has ``SPILL`` of it in
the stage before."""


def synthetic():
    matrix = np.full((TASKS, TASKS), START)
    for stage in range(TASKS):
        for task in range(TASKS):
            if task <= stage:
                matrix[stage, task] += GAIN * DECAY ** (stage - task)
            elif task == stage + 1:
                matrix[stage, task] += GAIN * SPILL
    return matrix, np.full(TASKS, START)


def test_figures_of_a_synthetic_learner_are_exact():
    found = transfer(*synthetic())
    ages = np.arange(TASKS)
    assert found.average == pytest.approx(START + GAIN * (1 - DECAY**TASKS) / (1 - DECAY) / TASKS, abs=1e-6)
    forgotten = GAIN * ((DECAY - DECAY**TASKS) / (1 - DECAY) / (TASKS - 1) - 1)
    assert found.backward == pytest.approx(forgotten, abs=1e-6)
    assert found.forward == pytest.approx(GAIN * SPILL, abs=1e-6)
    pairs = TASKS * (TASKS - 1) / 2
    aged = sum((TASKS - age) * GAIN * (DECAY**age - 1) for age in ages[1:])
    assert found.backward_stages == pytest.approx(aged / pairs, abs=1e-6)
    assert found.remembering == pytest.approx(1 + aged / pairs, abs=1e-6)
    assert found.gained_backward == 0.0
    assert found.forward_stages == pytest.approx(START + (TASKS - 1) * GAIN * SPILL / pairs, abs=1e-6)
    had = sum((TASKS - age) * DECAY**age for age in ages)
    assert found.average_stages == pytest.approx(START + GAIN * had / (pairs + TASKS), abs=1e-6)


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
