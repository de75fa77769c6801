"""GaussianModel: a network that predicts a mean and a spread for every value, learnt by likelihood."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from skill_stack.core.errors import DataError
from skill_stack.training.learners.cloning import CloneSettings, make_network

Array = np.ndarray
INPUT, MEAN, LOG_SPREAD = "seen", "mean", "log_spread"
"""Names of the input and the outputs in the file."""
OPSET = 17
TOLERANCE = 1e-4
"""Largest difference between torch and ONNX, in units of each value's spread; float32 rounding of a few layers."""
_LEAST, _MOST = -5.0, 2.0  # of the logarithm of a spread, relative to the spread of all examples
_SMALLEST = 1e-3  # least spread of a column, so that one that never changes divides nothing by zero


class GaussianModel(nn.Module):
    """Independent normal distributions of some values, given what is seen.

    Attributes:
        shift, scale: Mean and spread of what is seen, shape (inputs,).
        centre, spread: Mean and spread of what is predicted, shape (outputs,).
        layers: The layers; their last one gives means and logarithms of spreads.
    """

    shift: torch.Tensor
    scale: torch.Tensor
    centre: torch.Tensor
    spread: torch.Tensor

    def __init__(self, seen: Array, wanted: Array, hidden: tuple[int, ...]) -> None:
        """Takes its units from examples.

        Args:
            seen: Shape (rows, inputs).
            wanted: Shape (rows, outputs).
            hidden: Units of each hidden layer.
        """
        super().__init__()
        for name, values in (("shift", seen.mean(0)), ("scale", seen.std(0) + _SMALLEST),
                             ("centre", wanted.mean(0)), ("spread", wanted.std(0) + _SMALLEST)):  # fmt: skip
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))
        self.layers = make_network(seen.shape[1], hidden, 2 * wanted.shape[1])

    def forward(self, seen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Means and logarithms of spreads, in the units of what is predicted, shape (rows, outputs) each."""
        mean, log_spread = self._scaled(seen)
        return self.centre + self.spread * mean, log_spread + torch.log(self.spread)

    def loss(self, seen: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """Negative log-likelihood of one value, nat, in units of the examples' spread."""
        mean, log_spread = self._scaled(seen)
        off = ((wanted - self.centre) / self.spread - mean) * torch.exp(-log_spread)
        return (log_spread + 0.5 * off**2).mean() + 0.5 * math.log(2 * math.pi)

    def _scaled(self, seen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mean, log_spread = self.layers((seen - self.shift) / self.scale).chunk(2, dim=-1)
        return mean, torch.clamp(log_spread, _LEAST, _MOST)


@dataclass(frozen=True, slots=True)
class Fit:
    """A model with its likelihoods.

    Attributes:
        model: The model after its best epoch, judged on the held-out rows.
        loss: Negative log-likelihood of one held-out value, nat.
        chance: The same of one normal distribution per value that sees nothing.
    """

    model: GaussianModel
    loss: float
    chance: float


def fit(
    training: tuple[Array, Array], judging: tuple[Array, Array], settings: CloneSettings, seed: int,
    report: Callable[[str], None],
) -> Fit:  # fmt: skip
    """Learns a model.

    Args:
        training: What is seen and what is predicted, shapes (rows, ...).
        judging: The same of other episodes.
        settings: Layers, epochs, batches and rate.
        seed: Of first weights and order of rows.
        report: Takes progress lines.

    Raises:
        DataError: A value is not finite, or there are fewer rows than a batch.
    """
    if len(training[0]) < settings.batch or not all(np.isfinite(rows).all() for rows in (*training, *judging)):
        raise DataError(f"{len(training[0])} rows to learn from; {settings.batch} are needed, all of them finite")
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # threads that wait for each other cost more than they do here
    model = GaussianModel(*training, settings.hidden)
    seen, wanted, other_seen, other_wanted = (torch.tensor(a, dtype=torch.float32) for a in (*training, *judging))
    optimiser = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.epochs)
    best, kept = math.inf, model.state_dict()
    for epoch in range(settings.epochs):
        for chosen in torch.randperm(len(seen)).split(settings.batch):
            optimiser.zero_grad()
            model.loss(seen[chosen], wanted[chosen]).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        schedule.step()
        with torch.inference_mode():
            loss = float(model.loss(other_seen, other_wanted))
        if loss < best:
            best, kept = loss, {name: value.clone() for name, value in model.state_dict().items()}
        if (epoch + 1) % max(1, settings.epochs // 10) == 0:
            report(f"epoch {epoch + 1} of {settings.epochs}: {loss:.3f} nat on other episodes")
    model.load_state_dict(kept)
    off = (judging[1] - training[1].mean(0)) / (training[1].std(0) + _SMALLEST)
    return Fit(model, best, float(0.5 * np.mean(off**2) + 0.5 * math.log(2 * math.pi)))


def export(model: GaussianModel, path: Path) -> str:
    """Writes the model with the outputs :data:`MEAN` and :data:`LOG_SPREAD`, and gives the SHA-256 of the file.

    Raises:
        DataError: The file disagrees with torch.
    """
    example = torch.zeros(1, len(model.shift))
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model, (example,), str(path), input_names=[INPUT], output_names=[MEAN, LOG_SPREAD], opset_version=OPSET,
        dynamic_axes={name: {0: "rows"} for name in (INPUT, MEAN, LOG_SPREAD)}, dynamo=False,
    )  # fmt: skip
    onnx.checker.check_model(onnx.load(path), full_check=True)
    rows = model.shift + model.scale * torch.randn(8, len(model.shift), generator=torch.Generator().manual_seed(0))
    found = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {INPUT: rows.numpy()})
    with torch.inference_mode():
        mean, log_spread = (part.numpy() for part in model(rows))
    off = max(np.abs((found[0] - mean) / model.spread.numpy()).max(), np.abs(found[1] - log_spread).max())
    if not off <= TOLERANCE:
        raise DataError(f"{path}: ONNX and torch differ by {off:g} spreads, allowed is {TOLERANCE:g}")
    return hashlib.sha256(path.read_bytes()).hexdigest()
