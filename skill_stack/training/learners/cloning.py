"""Behaviour cloning: a network learns what a teacher does, from examples alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError
from skill_stack.training.learners.divergence import descend

Array = np.ndarray

HELD_BACK = 0.1
"""Share of the examples that are not learnt from but measured on."""


class CloneSettings(DataModel):
    """How a network is fitted.

    Attributes:
        hidden: Widths of the hidden layers.
        epochs: Passes over the examples.
        batch: Examples per step.
        learning_rate: Of Adam at the start; it falls to zero along half a cosine.
    """

    hidden: tuple[int, ...] = (64, 64)
    epochs: int = 60
    batch: int = 256
    learning_rate: float = 3e-3


@dataclass(frozen=True, slots=True)
class CloneResult:
    """Result of a fit.

    Attributes:
        network: The student: linear layers with ELU between.
        error: Root mean square error on examples that it has not seen, per output, shape (outputs,).
        largest: Largest error among them.
    """

    network: nn.Sequential
    error: Array
    largest: float


def make_network(inputs: int, hidden: tuple[int, ...], outputs: int) -> nn.Sequential:
    """Linear layers with ELU between, as the exporter expects them."""
    sizes = [inputs, *hidden, outputs]
    layers: list[nn.Module] = []
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.Linear(before, after), nn.ELU()]
    return nn.Sequential(*layers[:-1])


def clone(
    inputs: Array,
    outputs: Array,
    settings: CloneSettings,
    seed: int,
    network: nn.Sequential | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> CloneResult:
    """Fits a network to examples by least squares.

    Args:
        inputs: What the student sees, already scaled, shape (examples, inputs).
        outputs: What the teacher does there, shape (examples, outputs).
        settings: How it is fitted.
        seed: Seed of weights and order.
        network: A student to go on with; None restarts.
        report: Takes progress lines.

    Raises:
        DataError: Fewer examples than two batches, or values that are not finite.
        TrainingDiverged: The loss is no number any more.
    """
    if len(inputs) != len(outputs) or len(inputs) < 2 * settings.batch:
        counts = f"{len(inputs)} inputs and {len(outputs)} outputs"
        raise DataError(f"cloning: {counts}; as many of each, and {2 * settings.batch} or more, are needed")
    if not (np.isfinite(inputs).all() and np.isfinite(outputs).all()):
        raise DataError("cloning: an example holds a value that is not finite")
    torch.set_num_threads(1)  # threads that wait for each other cost more than they do here
    torch.manual_seed(seed)
    order = np.random.default_rng(seed).permutation(len(inputs))
    x, y = (torch.tensor(np.asarray(values)[order], dtype=torch.float32) for values in (inputs, outputs))
    kept = len(x) - max(1, round(HELD_BACK * len(x)))
    network = network or make_network(x.shape[1], settings.hidden, y.shape[1])
    optimiser = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.epochs)
    for epoch in range(settings.epochs):
        total = _epoch(network, optimiser, x[:kept], y[:kept], settings.batch)
        schedule.step()
        if (epoch + 1) % max(1, settings.epochs // 10) == 0:
            report(f"epoch {epoch + 1:4d} of {settings.epochs}  rms error {total**0.5:.5f}")
    with torch.inference_mode():
        off = (network(x[kept:]) - y[kept:]).numpy()
    return CloneResult(network, np.sqrt(np.square(off).mean(axis=0)), float(np.abs(off).max()))


def _epoch(
    network: nn.Sequential, optimiser: torch.optim.Optimizer, x: torch.Tensor, y: torch.Tensor, batch: int
) -> float:
    """One pass in random order; returns the mean squared error."""
    total, places = 0.0, torch.randperm(len(x))
    for start in range(0, len(x), batch):
        mine = places[start : start + batch]
        loss = nn.functional.mse_loss(network(x[mine]), y[mine])
        descend(optimiser, loss, "cloning")
        total += float(loss.detach()) * len(mine)
    return total / len(x)
