"""Whether a clip is recognised from how a robot moved: linear discriminants of what was seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray

SETTLED = 2.0
"""Time of a clip that is left out, as the person before is still seen in it, s."""
SHRINK = 0.1
"""Share of the identity in the covariance of what is seen (Friedman 1989)."""


def described(motion: Array, rate: float) -> Array:
    """A piece of a motion in numbers: mean and spread of all that is seen, and how fast it changes.

    Args:
        motion: Shape (ticks, seen).
        rate: Ticks per second, Hz.
    """
    change = np.abs(np.diff(motion, axis=0)).mean(axis=0) * rate
    return np.concatenate([motion.mean(axis=0), motion.std(axis=0), change])


def pieces(motion: Array, names: Sequence[str], each: float, rate: float) -> list[tuple[str, Array]]:
    """The clips of a stream with what was seen in them; one that the run did not reach the end of is left out."""
    found = []
    for number, name in enumerate(names):
        begin, end = round((number * each + SETTLED) * rate), round((number + 1) * each * rate)
        if end <= len(motion) + round(0.1 * rate):
            found.append((name, described(motion[begin:end], rate)))
    return found


@dataclass(frozen=True, slots=True)
class ClipRecogniser:
    """Linear discriminant analysis with one covariance.

    Attributes:
        names: The clips.
        scale: Mean and standard deviation of the descriptions.
        means: Of each clip, scaled, shape (clips, numbers).
        inverse: Of the covariance within clips, shape (numbers, numbers).
    """

    names: tuple[str, ...]
    scale: tuple[Array, Array]
    means: Array
    inverse: Array

    @classmethod
    def fit(cls, known: Sequence[tuple[str, Array]]) -> ClipRecogniser:
        """Fits it to descriptions with their clips, two or more of each."""
        labels, values = np.array([name for name, _ in known]), np.array([value for _, value in known])
        scale = values.mean(axis=0), values.std(axis=0) + 1e-9
        values = (values - scale[0]) / scale[1]
        names = tuple(sorted(set(labels.tolist())))
        means = np.array([values[labels == name].mean(axis=0) for name in names])
        within = values - means[[names.index(name) for name in labels]]
        covariance = within.T @ within / len(values)
        size = np.trace(covariance) / len(covariance)
        return cls(
            names, scale, means, np.linalg.inv((1 - SHRINK) * covariance + SHRINK * size * np.eye(len(covariance)))
        )

    def name(self, value: Array) -> str:
        """The clip that a description is nearest to."""
        away = (value - self.scale[0]) / self.scale[1] - self.means
        return self.names[int(np.einsum("ij,jk,ik->i", away, self.inverse, away).argmin())]
