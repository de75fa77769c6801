"""GaitAutoencoder: two numbers for one period of the feet, one for how high and one for how far they swing.

After Gaitor (Mitchell et al. 2024, arXiv:2405.19452): foot trajectories in, a plane in which gaits lie, a planner in
it. Here each axis has a decoder of its own, and the sum of the two is the trajectory: what one axis says cannot move
what the other one stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import torch
from torch import nn

from skill_stack.core.errors import DataError
from skill_stack.training.gait_latent.strides import Strides
from skill_stack.training.learners.divergence import descend

Array = np.ndarray
Tensor = torch.Tensor

AXES = 2
WIDTH = 0.05
"""Spread of the noise on a latent of unit variance that decoders learn with: what is near looks alike."""
EDGE = 0.03
"""Share of the periods beyond each end of the region, which is -1 to 1 along each axis."""
FEWEST = 200
"""Periods that are needed."""
BATCH = 256


class GaitAutoencoder(nn.Module):
    """From paths of the feet to the plane and back; SI units outside, unit variance inside.

    Attributes:
        mean: Mean path, m, shape (path,).
        spread: Root mean square deviation of a path's numbers, m: one for all, so that what moves more counts more.
        middle: Latent of the region's middle, before it is scaled, shape (2,).
        extent: Half width of the region, likewise.
        heads: What each axis says: value at 0 and slope of swing height and length, m, shape (2, 2).
    """

    mean: Tensor
    spread: Tensor
    middle: Tensor
    extent: Tensor
    heads: Tensor

    def __init__(self, paths: Array, measured: Array, hidden: int) -> None:
        """Scales, and draws weights.

        Args:
            paths: Paths, m, shape (periods, path).
            measured: Swing height and length, m, shape (periods, 2).
            hidden: Units of each hidden layer.
        """
        super().__init__()
        size = paths.shape[1]
        flat = torch.tensor(paths, dtype=torch.float32)
        said = torch.tensor(measured, dtype=torch.float32)
        self.register_buffer("mean", flat.mean(0))
        self.register_buffer("spread", (flat - flat.mean(0)).square().mean().sqrt())
        self.register_buffer("heads", torch.stack([said.mean(0), said.std(0)], dim=1))
        self.register_buffer("middle", torch.zeros(AXES))
        self.register_buffer("extent", torch.ones(AXES))
        self.encoder = nn.Sequential(nn.Linear(size, hidden), nn.Tanh(), nn.Linear(hidden, AXES))
        self.decoders = nn.ModuleList(
            nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, size)) for _ in range(AXES)
        )

    def encode(self, paths: Tensor) -> Tensor:
        """Paths, m, shape (periods, path), as points of the plane, shape (periods, 2)."""
        return (self._raw(paths) - self.middle) / self.extent

    def decode(self, points: Tensor) -> Tensor:
        """Points of the plane as paths, m: the sum of what each axis adds."""
        return self._path(points * self.extent + self.middle)

    def says(self, points: Tensor) -> Tensor:
        """Swing height and length of points, m, shape (points, 2); each by its own axis."""
        return self.heads[:, 0] + self.heads[:, 1] * (points * self.extent + self.middle)

    def _raw(self, paths: Tensor) -> Tensor:
        return cast(Tensor, self.encoder((paths - self.mean) / self.spread))

    def _path(self, raw: Tensor) -> Tensor:
        added = sum(decoder(raw[:, axis : axis + 1]) for axis, decoder in enumerate(self.decoders))
        return self.mean + self.spread * cast(Tensor, added)


def flat_paths(strides: Strides) -> Array:
    """Paths as rows, shape (periods, feet · samples · 3)."""
    return strides.paths.reshape(len(strides.paths), -1)


def learn_autoencoder(
    strides: Strides, hidden: int, epochs: int, rate: float, seed: int, report: Callable[[str], None] = lambda _: None
) -> GaitAutoencoder:
    """Learns the plane from periods of the feet.

    Args:
        strides: Periods.
        hidden: Units of each hidden layer.
        epochs: Passes over the periods.
        rate: Learning rate of Adam.
        seed: Seed of weights, noise and order.
        report: Takes progress lines.

    Raises:
        DataError: Too few periods, values that are not finite, or feet that do not differ.
        TrainingDiverged: The loss is no number any more.
    """
    paths, measured = flat_paths(strides), np.stack([strides.height, strides.length], axis=1)
    if not (np.isfinite(paths).all() and np.isfinite(measured).all()):
        raise DataError("a period of the feet holds a value that is not finite")
    if len(paths) < FEWEST or measured.std(axis=0).min(initial=1.0) < 1e-3:
        raise DataError(
            f"{len(paths)} periods whose swings differ by {np.round(measured.std(axis=0) * 1e3, 1).tolist()} mm; "
            f"{FEWEST} or more that differ by 1 mm are needed: more rounds or robots, wider ranges"
        )
    torch.manual_seed(seed)
    network = GaitAutoencoder(paths, measured, hidden)
    seen = torch.tensor(paths, dtype=torch.float32)
    wanted = (torch.tensor(measured, dtype=torch.float32) - network.heads[:, 0]) / network.heads[:, 1]
    optimiser = torch.optim.Adam(network.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    for epoch in range(epochs):
        for mine in torch.randperm(len(seen)).split(BATCH):
            raw = network._raw(seen[mine])
            back = network._path(raw + WIDTH * torch.randn_like(raw))
            lost = (back - seen[mine]).div(network.spread).square().mean()
            loss = lost + (raw - wanted[mine]).square().mean()
            descend(optimiser, loss, f"plane of the gait, epoch {epoch + 1} of {epochs}")
        schedule.step()
        if (epoch + 1) % max(1, epochs // 5) == 0:
            report(f"epoch {epoch + 1} of {epochs}: paths {lost.detach().sqrt() * network.spread * 1e3:.1f} mm off")
    with torch.no_grad():
        low, high = torch.quantile(network._raw(seen), torch.tensor([EDGE, 1 - EDGE]), dim=0)
        network.middle.copy_((low + high) / 2)
        network.extent.copy_((high - low) / 2)
    return network.eval()
