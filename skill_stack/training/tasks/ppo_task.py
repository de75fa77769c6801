"""Settings of the learner in a training task."""

from __future__ import annotations

from pydantic import Field, model_validator

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


class GrowingDiscount(DataModel):
    """A discount that looks ahead farther and farther, since near rewards are learnt soonest.

    What it lacks to 1 falls by the same factor each time (François-Lavet, Fonteneau and Ernst 2015, How to discount
    deep reinforcement learning).

    Attributes:
        start: The discount at first.
        iterations: After how many of them it is that of the task.
    """

    start: float = Field(gt=0.0, lt=1.0)
    iterations: int = Field(gt=0)


class PpoTask(DataModel):
    """Settings of PPO; see rsl_rl for their meaning.

    Attributes:
        largest_std: Limit of the exploration's standard deviation; None for none. The entropy bonus widens it where the
            rewards depend little on single actions, and then the noise hides contact patterns.
        patience: Iterations without a trend upwards after which a run that does not do its task ends as stuck; 0 never.
        imitation: How it learns from its own successes, for sparse rewards; None: not at all.
        growing: How ``gamma`` is reached; None: it is that from the beginning. What is replayed has ``gamma`` always.
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
    growing: GrowingDiscount | None = None
    critics: dict[str, Positive] = {}

    @model_validator(mode="after")
    def _grows(self) -> PpoTask:
        if self.growing is not None and not self.growing.start < self.gamma < 1.0:
            raise ValueError(f"growing.start: {self.growing.start:g} does not grow to gamma, {self.gamma:g}, below 1")
        return self

    def discount(self, iteration: int) -> float:
        """The discount in an iteration, of which there were as many before."""
        if self.growing is None:
            return self.gamma
        share = min(1.0, iteration / self.growing.iterations)
        return 1.0 - (1.0 - self.growing.start) ** (1.0 - share) * (1.0 - self.gamma) ** share
