"""Settings of the learner in a training task."""

from __future__ import annotations

from pydantic import Field

from skill_stack.core.data_file import DataModel
from skill_stack.core.quantity import NonNegative, Positive


class SelfImitationTask(DataModel):
    """How a learner learns from its own successes; for rewards that are above zero in a success alone.

    Attributes:
        iterations: After how many of them nothing of it is left; it falls along a line until then.
        weight: Of the replayed ticks at the start, beside 1 of PPO; 0 keeps the schedule of the entropy alone.
        entropy: Entropy bonus at the start, which falls likewise.
        value: Weight of the critic's part. This, `priority` and `batches` are those of the paper.
        priority: Power of the amount by which a tick was better than expected, for how often it is replayed.
        batches: Updates by replayed ticks in an iteration.
        batch: Ticks of each.
        capacity: Ticks that are kept; the newest episodes stay.
    """

    iterations: int = Field(gt=0)
    weight: NonNegative = 1.0
    entropy: NonNegative = 0.01
    value: NonNegative = 0.1
    priority: NonNegative = 0.6
    batches: int = Field(default=4, ge=0)
    batch: int = Field(default=512, gt=0)
    capacity: int = Field(default=40_000, gt=0)


class PpoTask(DataModel):
    """Settings of PPO; see rsl_rl for their meaning.

    Attributes:
        largest_std: Limit of the exploration's standard deviation; None for none. The entropy bonus widens it where the
            rewards depend little on single actions, and then the noise hides contact patterns.
        patience: Iterations without a trend upwards after which a run that does not do its task ends as stuck; 0 never.
        imitation: How it learns from its own successes, for sparse rewards; None: not at all.
        critics: Groups of rewards with a critic each, and the weight of each group's advantages; none: one critic of
            the whole reward. Terms that name no group, and falls, belong to the first.
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
    imitation: SelfImitationTask | None = None
    critics: dict[str, Positive] = {}
