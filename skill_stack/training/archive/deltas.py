"""Low-rank changes of a network's layers by their singular directions: merged, mutated and bounded.

An adapter changes each layer's weight by a matrix of a given rank. Several are merged by their weighted sum, of which
the strongest singular directions are kept (model merging, as by Stoica et al. 2024, "Model merging with SVD to tie the
KnOTS"). A mutation changes singular values, turns directions, and puts new ones in the place of weak ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from skill_stack.core.errors import DataError
from skill_stack.training.adapters.adapted_layers import Layers, exported_adapters

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class LayerDelta:
    """Change of a layer's weight, ``left · diag(strengths) · right``.

    Attributes:
        left: Orthonormal columns, shape (outputs, rank).
        strengths: Singular values, none below 0, strongest first, shape (rank,).
        right: Orthonormal rows, shape (rank, inputs).
    """

    left: Array
    strengths: Array
    right: Array

    def matrix(self) -> Array:
        """The change, shape (outputs, inputs)."""
        return np.asarray((self.left * self.strengths) @ self.right)


Delta = tuple[LayerDelta, ...]
"""Change of each layer: an adapter at coefficient 1."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """How far a mutation goes.

    Attributes:
        strengths: Standard deviation of the logarithm of a singular value's factor.
        turn: How far a direction turns, about the tangent of the angle.
        fresh: Share of the bound up to which new directions are strong.
        layers: Chance with which a layer gets a new direction.
    """

    strengths: float = 0.5
    turn: float = 0.3
    fresh: float = 1.0
    layers: float = 1.0


def decomposed(up: Array, down: Array, rank: int) -> LayerDelta:
    """The strongest singular directions of ``up @ down``; shapes (outputs, n) and (n, inputs).

    Raises:
        DataError: The layer is too small for the rank.
    """
    if rank > min(up.shape[0], down.shape[1]):
        raise DataError(f"rank {rank} is more than a layer of {up.shape[0]} by {down.shape[1]} can have")
    if up.shape[1] < rank:  # room for directions that nothing uses yet
        more = rank - up.shape[1]
        up, down = np.pad(up, ((0, 0), (0, more))), np.pad(down, ((0, more), (0, 0)))
    (left, high), (right, low) = np.linalg.qr(up), np.linalg.qr(down.T)
    inner, strengths, outer = np.linalg.svd(high @ low.T)
    return LayerDelta((left @ inner)[:, :rank], strengths[:rank], (outer @ right.T)[:rank])


def merged(parents: Sequence[Delta], coefficients: Sequence[float], largest_sum: float) -> Delta:
    """The weighted sum of adapters, cut to the rank of the first.

    Args:
        parents: Adapters of the same layers.
        coefficients: Of each; where they add up to more than the limit, all are scaled down.
        largest_sum: The limit, that of coefficients in the control loop.
    """
    weights = np.asarray(coefficients) * min(1.0, largest_sum / max(float(np.sum(coefficients)), 1e-9))
    layers = []
    for parts in zip(*parents):
        up = np.concatenate([part.left * part.strengths * weight for part, weight in zip(parts, weights)], axis=1)
        layers.append(decomposed(up, np.concatenate([part.right for part in parts]), len(parts[0].strengths)))
    return tuple(layers)


def mutated(delta: Delta, bounds: Array, how: Mutation, rng: np.random.Generator) -> Delta:
    """The adapter with other singular values and directions; its rank stays, and no layer exceeds its bound.

    Args:
        delta: The adapter.
        bounds: Largest singular value of each layer, shape (layers,).
        how: How far.
        rng: Source of chance.
    """
    layers = []
    for part, bound in zip(delta, bounds):
        strengths = part.strengths * np.exp(how.strengths * rng.standard_normal(len(part.strengths)))
        left, right = (one + how.turn * _scattered(one, rng) for one in (part.left.T, part.right))
        if rng.random() < how.layers:
            place = int(strengths.argmin())
            left[place], right[place] = _scattered(left[:1], rng)[0], _scattered(right[:1], rng)[0]
            strengths[place] = bound * how.fresh * rng.random()
        layers.append(decomposed(left.T * strengths, right, len(strengths)))
    return bounded(tuple(layers), bounds)


def _scattered(rows: Array, rng: np.random.Generator) -> Array:
    """Random rows of about the length 1."""
    return np.asarray(rng.standard_normal(rows.shape) / rows.shape[1] ** 0.5)


def bounded(delta: Delta, bounds: Array) -> Delta:
    """The adapter with singular values of at most ``bounds``, shape (layers,)."""
    return tuple(
        LayerDelta(part.left, np.minimum(part.strengths, bound), part.right) for part, bound in zip(delta, bounds)
    )


def shipped(policy: Path, rank: int) -> list[Delta]:
    """The adapters of an exported policy, each at coefficient 1.

    Raises:
        DataError: It has none of this rank.
    """
    return [
        tuple(decomposed(up.double().numpy(), down.double().numpy(), rank) for up, down in pairs)
        for pairs in exported_adapters(policy, rank)
    ]


def nothing(base: Layers, rank: int) -> Delta:
    """The adapter that changes nothing."""
    shapes = [weight.shape for weight, _ in base]
    return tuple(decomposed(np.eye(rows, rank) * 0.0, np.eye(rank, columns), rank) for rows, columns in shapes)


def largest_strengths(adapters: Sequence[Delta], largest_sum: float) -> Array:
    """How strong each layer's change by a sum of adapters can become at all, shape (layers,).

    By the triangle inequality: the strongest singular value of all adapters times the largest sum of coefficients.
    """
    return largest_sum * np.array([max(part.strengths[0] for part in parts) for parts in zip(*adapters)])


def stacked(deltas: Sequence[Delta]) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Of each layer ``down``, shape (deltas, inputs, rank), and ``up``, shape (deltas, rank, outputs)."""
    pairs = []
    for parts in zip(*deltas):
        down = np.stack([part.right.T for part in parts])
        up = np.stack([(part.left * part.strengths).T for part in parts])
        pairs.append((torch.from_numpy(down.astype(np.float32)), torch.from_numpy(up.astype(np.float32))))
    return pairs


def acted(base: Layers, pairs: Sequence[tuple[torch.Tensor, torch.Tensor]], seen: torch.Tensor) -> torch.Tensor:
    """Outputs of the base with an adapter for each group of robots.

    Args:
        base: Weight and bias of each layer, ELU between.
        pairs: As :func:`stacked` has them, n adapters.
        seen: Observations, shape (n · robots, inputs); those of an adapter are next to each other.
    """
    rows = seen.reshape(len(pairs[0][0]), -1, seen.shape[1])
    for number, ((weight, bias), (down, up)) in enumerate(zip(base, pairs)):
        rows = torch.nn.functional.linear(rows, weight, bias) + torch.bmm(torch.bmm(rows, down), up)
        rows = rows if number == len(base) - 1 else torch.nn.functional.elu(rows)
    return rows.reshape(len(seen), -1)
