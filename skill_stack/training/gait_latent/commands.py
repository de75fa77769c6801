"""The command map: which goal values make a network walk as a point of the plane says."""

from __future__ import annotations

import numpy as np
import torch

from skill_stack.training.gait_latent.autoencoder import GaitAutoencoder, flat_paths
from skill_stack.training.gait_latent.strides import Strides
from skill_stack.training.learners.cloning import CloneSettings, clone

Array = np.ndarray

GRID = 60
"""Commands along each axis at which the map is inverted."""
SETTINGS = CloneSettings(hidden=(16, 16), epochs=80)


def _terms(commands: Array) -> Array:
    """Terms up to the third degree of two commands that are scaled to -1 to 1, shape (n, 10)."""
    a, b = commands.T
    return np.stack([a**i * b**j for i in range(4) for j in range(4 - i)], axis=1)


def command_map(
    autoencoder: GaitAutoencoder, strides: Strides, commands: Array, ranges: Array, seed: int
) -> torch.nn.Sequential:
    """Learns which commands lead to a point of the plane.

    Where commands lead is fitted first, since they are known without an error and where robots get scatters; that is
    inverted then.

    Args:
        autoencoder: The plane.
        strides: Periods.
        commands: The two goal values in force in each, shape (periods, 2).
        ranges: Least and greatest of each, shape (2, 2).
        seed: Seed of the network.

    Returns:
        From points to the two commands, each scaled to -1 to 1 over its range.
    """
    middle, half = ranges.mean(axis=1), np.ptp(ranges, axis=1) / 2
    with torch.no_grad():
        points = autoencoder.encode(torch.tensor(flat_paths(strides), dtype=torch.float32)).numpy()
    fitted = np.linalg.lstsq(_terms((commands - middle) / half), points, rcond=None)[0]
    one = np.linspace(-1.0, 1.0, GRID)
    every = np.stack(np.meshgrid(one, one), axis=-1).reshape(-1, 2)
    return clone(_terms(every) @ fitted, every, SETTINGS, seed).network
