"""Settings of the learner in a training task."""

from __future__ import annotations

from skill_stack.core.data_file import DataModel


class PpoTask(DataModel):
    """Settings of PPO; see rsl_rl for their meaning.

    Attributes:
        largest_std: Limit of the exploration's standard deviation; None for none. The entropy bonus widens it where the
            rewards depend little on single actions, and then the noise hides contact patterns.
        patience: Iterations without a trend upwards after which a run that does not do its task ends as stuck; 0 never.
    """

    robots: int = 512
    steps: int = 24
    hidden: tuple[int, ...] = (128, 128, 64)
    epochs: int = 4
    mini_batches: int = 4
    learning_rate: float = 1e-3
    desired_kl: float = 0.015
    gamma: float = 0.99
    lam: float = 0.95
    entropy: float = 0.004
    initial_std: float = 0.7
    largest_std: float | None = None
    patience: int = 200
