"""BlendNetwork: a small network from named numbers to actions, in a file beside the skill that it blends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError

Array = np.ndarray
LIMIT = 5.0
"""Largest number that the network sees, and largest action that it gives."""


@dataclass(frozen=True, slots=True)
class BlendNetwork:
    """Layers with ELU in between.

    Attributes:
        method: What its actions mean, see :mod:`skill_stack.connector.whole_body.learnt_mixer`.
        inputs: Names of the numbers that it sees, in their order.
        layers: Weights, shape (out, in), and biases, shape (out,), of each layer.
    """

    method: str
    inputs: tuple[str, ...]
    layers: tuple[tuple[Array, Array], ...]

    def act(self, numbers: Array) -> Array:
        """Actions.

        Args:
            numbers: In the order of the inputs, shape (inputs,).
        """
        value = np.clip(numbers, -LIMIT, LIMIT)
        for place, (weights, bias) in enumerate(self.layers):
            value = weights @ value + bias
            if place + 1 < len(self.layers):
                value = np.where(value > 0.0, value, np.expm1(np.minimum(value, 0.0)))
        return np.asarray(np.clip(value, -LIMIT, LIMIT))

    def save(self, path: Path) -> None:
        """Writes the file."""
        arrays: dict[str, Any] = {f"{kind}{place}": one.astype(np.float32) for place, layer in enumerate(self.layers)
                  for kind, one in zip("wb", layer)}  # fmt: skip
        np.savez_compressed(path, method=np.array(self.method), inputs=np.array(self.inputs), **arrays)


def load_network(path: Path) -> BlendNetwork:
    """Reads a file.

    Raises:
        DataError: It is missing, or no network of that form.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            count = sum(name.startswith("w") for name in data.files)
            layers = tuple((data[f"w{n}"].astype(float), data[f"b{n}"].astype(float)) for n in range(count))
            network = BlendNetwork(str(data["method"]), tuple(str(one) for one in data["inputs"]), layers)
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{path}: is no network of a blend: {error}") from error
    sizes = [len(network.inputs), *(len(bias) for _, bias in layers)]
    fits = all(one.shape == (out, into) for (one, _), into, out in zip(layers, sizes, sizes[1:]))
    if not layers or not fits or not all(np.isfinite(one).all() for layer in layers for one in layer):
        raise DataError(f"{path}: is no network of a blend: its layers do not fit, or are not finite")
    return network


def observed(inputs: Sequence[str], numbers: Mapping[str, float]) -> Array:
    """What a network sees: numbers by name, 0 for what nobody says."""
    return np.array([numbers.get(name, 0.0) for name in inputs])
