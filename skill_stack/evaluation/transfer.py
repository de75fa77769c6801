"""Forgetting and transfer of a learner to which tasks are added one after the other.

From the matrix R with R[i, j], the performance on task j after stage i, and b[j], that before the first stage:

- Lopez-Paz and Ranzato, "Gradient Episodic Memory for Continual Learning", NIPS 2017, section 2: average accuracy,
  backward transfer and forward transfer;
- Díaz-Rodríguez, Lomonaco, Filliat and Maltoni, "Don't forget, there is more than forgetting", 2018, section 3: the
  same over all stages instead of the last one alone, remembering, and positive backward transfer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Transfer:
    """Figures of one learner, in the unit of its performance.

    Attributes:
        average: Mean performance on all tasks after the last stage.
        backward: Mean change on earlier tasks from the stage of each to the last one; negative is forgetting.
        forward: Mean gain on tasks before their own stage, against no learning at all.
        average_stages: Mean performance over all stages, on the tasks that were had by then.
        backward_stages: Mean change on earlier tasks over all stages.
        forward_stages: Mean performance on tasks before their own stage; no baseline is taken off.
    """

    average: float
    backward: float
    forward: float
    average_stages: float
    backward_stages: float
    forward_stages: float

    @property
    def remembering(self) -> float:
        """1 without forgetting; for performances between 0 and 1."""
        return 1.0 - abs(min(self.backward_stages, 0.0))

    @property
    def gained_backward(self) -> float:
        """Positive part of the backward transfer over all stages."""
        return max(self.backward_stages, 0.0)


def transfer(performance: Array, untrained: Array) -> Transfer:
    """Figures of forgetting and transfer.

    Args:
        performance: R, shape (tasks, tasks): after which stage, on which task.
        untrained: b, performance on each task before the first stage, shape (tasks,).

    Raises:
        DataError: The shapes do not belong together, there are fewer than two tasks, or a value is not finite.
    """
    matrix, before = np.asarray(performance, dtype=float), np.asarray(untrained, dtype=float)
    count = len(before)
    if count < 2 or matrix.shape != (count, count) or before.ndim != 1:
        raise DataError(f"performance {matrix.shape} and untrained {before.shape} do not have the same 2 or more tasks")
    if not (np.isfinite(matrix).all() and np.isfinite(before).all()):
        raise DataError("a performance is not a finite number")
    own = np.diag(matrix)
    earlier, later = np.tril_indices(count, -1), np.triu_indices(count, 1)
    return Transfer(
        average=float(matrix[-1].mean()),
        backward=float((matrix[-1] - own)[:-1].mean()),
        forward=float((np.diag(matrix, 1) - before[1:]).mean()),
        average_stages=float(matrix[np.tril_indices(count)].mean()),
        backward_stages=float((matrix - own)[earlier].mean()),
        forward_stages=float(matrix[later].mean()),
    )
