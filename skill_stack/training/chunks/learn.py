"""Learning: a network that predicts the demonstrator's commands from the observation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from skill_stack.training.chunks.settings import LearnSettings
from skill_stack.training.chunks.walks import DemonstratedWalk
from skill_stack.training.learners.cloning import make_network
from skill_stack.training.learners.divergence import descend

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Rows:
    """Examples.

    Attributes:
        seen: Observations, shape (rows, features).
        wanted: Target actions and progress of the next steps, shape (rows, steps · (goal values + 1)).
        weight: How much each counts, shape (rows,).
    """

    seen: Array
    wanted: Array
    weight: Array


def rows_of(
    recordings: list[DemonstratedWalk], steps: int, scale: Array, planned: int = 0, takeover: float = 1.0
) -> Rows:
    """Examples of some walks; after the end of a walk its last command goes on.

    A network that observes ``planned`` steps of pending commands repeats them in its answer, and continues with the
    demonstrator's commands. So the arrival time of the answer makes no difference within these steps.

    Args:
        recordings: The walks.
        steps: Actions of an answer.
        scale: What an action of 1 means for each goal value.
        planned: Actions to come that it sees.
        takeover: How much a row counts in which a person had taken over. One that led to that counts nothing, as in
            Liu et al., Robot Learning on the Job, RSS 2023.
    """
    seen, wanted, weight = [], [], []
    for one in recordings:
        rows, last = np.arange(-planned, len(one.seen)), len(one.seen) - 1
        places = rows[:, None] + np.arange(steps)
        still = (places < 0)[..., None]  # until the first answer comes the robot stands
        inside = np.clip(places, 0, last)
        ahead = np.where(still, 0.0, one.done[inside])[:, :planned]
        actions = np.where(still, 0.0, one.told[inside])
        actions[:, :planned] = ahead
        seen.append(np.concatenate([one.seen[np.maximum(rows, 0)], ahead.reshape(len(rows), -1)], axis=1))
        wanted.append(np.concatenate([(actions / scale).reshape(len(rows), -1), one.progress[inside]], axis=1))
        driver = one.driver[np.maximum(rows, 0)]
        weight.append(np.select([driver > 0, driver < 0], [takeover, 0.0], 1.0))
    return Rows(np.concatenate(seen), np.concatenate(wanted), np.concatenate(weight))


class ChunkNetwork(nn.Module):
    """Normalises its input, then a few layers.

    Attributes:
        mean: Mean of what is seen, shape (features,).
        spread: Its spread.
        layers: The layers, with ELU between.
    """

    mean: torch.Tensor
    spread: torch.Tensor

    def __init__(self, seen: Array, outputs: int, hidden: tuple[int, ...]) -> None:
        """Takes the spread of the examples.

        Args:
            seen: Observations, shape (rows, features).
            outputs: Values of an answer.
            hidden: Units of each hidden layer.
        """
        super().__init__()
        self.register_buffer("mean", torch.tensor(seen.mean(axis=0), dtype=torch.float32))
        self.register_buffer("spread", torch.tensor(seen.std(axis=0) + 1e-3, dtype=torch.float32))
        self.layers = make_network(seen.shape[1], hidden, outputs)

    def forward(self, seen: torch.Tensor) -> torch.Tensor:
        """Actions and progress, shape (rows, outputs)."""
        return self.layers((seen - self.mean) / self.spread)


def learn(
    training: Rows, held_out: Rows, settings: LearnSettings, seed: int, report: Callable[[str], None]
) -> tuple[ChunkNetwork, dict[str, float]]:
    """Trains a network.

    Args:
        training: Examples to learn from.
        held_out: Examples of other walks, to judge by.
        settings: How it learns.
        seed: Of first weights and order of rows.
        report: Takes progress lines.

    Returns:
        The network, and its mean absolute errors.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    network = ChunkNetwork(training.seen, training.wanted.shape[1], settings.hidden)
    optimiser = torch.optim.Adam(network.parameters(), lr=settings.rate)
    steps = -(-len(training.seen) // settings.batch)
    total = settings.epochs * steps
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, total, settings.rate / 100)
    seen, wanted, weight = (
        torch.tensor(array, dtype=torch.float32) for array in (training.seen, training.wanted, training.weight)
    )
    squared = settings.loss == "squared"
    loss_of = nn.MSELoss(reduction="none") if squared else nn.SmoothL1Loss(beta=0.1, reduction="none")
    for epoch in range(settings.epochs):
        for chosen in torch.randperm(len(seen)).split(settings.batch):
            loss = (weight[chosen] * loss_of(network(seen[chosen]), wanted[chosen]).mean(dim=1)).mean()
            descend(optimiser, loss, f"epoch {epoch + 1} of {settings.epochs}")
            schedule.step()
        if (epoch + 1) % 10 == 0 or epoch + 1 == settings.epochs:
            report(f"epoch {epoch + 1} of {settings.epochs}: error {_error(network, held_out):.4f} on other walks")
    return network, {"error": _error(network, training), "error_held_out": _error(network, held_out)}


def _error(network: ChunkNetwork, rows: Rows) -> float:
    with torch.inference_mode():
        answer = network(torch.tensor(rows.seen, dtype=torch.float32)).numpy()
    return float(np.abs(answer - rows.wanted).mean())
