"""Synthetic learners whose forgetting and transfer are known in closed form, against the figures of their matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skill_stack.benchmarks.seed_counts import SeedCounts
from skill_stack.core.resources import Resources
from skill_stack.evaluation.transfer import Transfer, transfer

Array = np.ndarray
EXACT = 1e-6
"""Largest error of a figure that counts as exact."""
FIGURES = tuple(Transfer.__dataclass_fields__)
TASKS = (2, 12)
"""Range of the number of tasks."""


@dataclass(frozen=True, slots=True)
class SyntheticLearner:
    """A learner of tasks that are added one after the other.

    Attributes:
        tasks: How many.
        start: Performance before the first stage.
        gain: What a stage adds on its own task.
        decay: Share of that which each later stage leaves, not 1; above 1 it goes on to get better.
        spill: Share of the gain that the next task has one stage early.
    """

    tasks: int
    start: float
    gain: float
    decay: float
    spill: float

    @classmethod
    def draw(cls, seed: int) -> SyntheticLearner:
        """The learner of a seed."""
        rng = np.random.default_rng([95, seed])
        tasks = int(rng.integers(TASKS[0], TASKS[1] + 1))
        ranges = ((0.0, 0.4), (0.1, 0.6), (0.5, 1.1), (-0.3, 1.0))
        start, gain, decay, spill = (float(rng.uniform(*ends)) for ends in ranges)
        return cls(tasks, start, gain, decay, spill)

    def matrix(self) -> tuple[Array, Array]:
        """Performance after every stage on every task, and before the first, as :func:`transfer` takes them."""
        age = np.arange(self.tasks)[:, None] - np.arange(self.tasks)[None, :]
        had = np.where(age >= 0, self.decay ** np.maximum(age, 0), np.where(age == -1, self.spill, 0.0))
        return self.start + self.gain * had, np.full(self.tasks, self.start)

    def known(self) -> Transfer:
        """The figures in closed form: sums of geometric series."""
        count, decay = self.tasks, self.decay
        pairs = count * (count - 1) / 2
        kept = (1 - decay**count) / (1 - decay)  # after the last stage, over all tasks
        stages = (count - decay * kept) / (1 - decay)  # the same over all stages
        return Transfer(
            average=self.start + self.gain * kept / count,
            backward=self.gain * ((kept - 1) / (count - 1) - 1),
            forward=self.gain * self.spill,
            average_stages=self.start + self.gain * stages / (pairs + count),
            backward_stages=self.gain * (stages - count - pairs) / pairs,
            forward_stages=self.start + self.gain * self.spill * (count - 1) / pairs,
        )


class TransferFigures:
    """Figures of synthetic learners, each against its closed form."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads nothing.

        Args:
            resources: Not needed.
            robot: The same: a learner has no body.
        """

    def score(self, seed: int) -> SeedCounts:
        """Whether each figure of the learner of a seed is exact, and the largest error."""
        learner = SyntheticLearner.draw(seed)
        found, known = transfer(*learner.matrix()), learner.known()
        errors = {name: abs(getattr(found, name) - getattr(known, name)) for name in FIGURES}
        return SeedCounts(
            seed, {"exact": {name: error <= EXACT for name, error in errors.items()}},
            {"largest error": max(errors.values())},
        )  # fmt: skip


def transfer_misses(figures: Mapping[str, Any]) -> list[str]:
    """The figures that are not exact."""
    wrong = figures["exact"]["of"] - figures["exact"]["count"]
    return [f"{wrong} figures differ from their closed form by more than {EXACT:g}"] if wrong else []
