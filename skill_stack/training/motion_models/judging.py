"""How good a model of motion is, on episodes that it did not learn from."""

from __future__ import annotations

import numpy as np
import torch

from skill_stack.training.motion_models.examples import MotionExamples
from skill_stack.training.motion_models.gaussian_model import GaussianModel

Array = np.ndarray
AHEAD = 10
"""Rows that are predicted from the prediction before."""


def rollout_error(model: GaussianModel, some: list[MotionExamples], ahead: int = AHEAD) -> tuple[float, float]:
    """Error after some rows of predicting from what was predicted, with the actions as they were.

    Args:
        model: Of the kind ``dynamics``.
        some: Episodes that it did not learn from.
        ahead: How many rows.

    Returns:
        Root mean square in units of each column's spread: of the model, and of predicting that nothing changes.
    """
    spread = np.concatenate([one.state for one in some]).std(0) + 1e-3
    off: list[Array] = []
    still: list[Array] = []
    for one in some:
        if (starts := len(one.state) - ahead) < 1:
            continue
        state = one.state[:starts]
        for number in range(ahead):
            seen = np.concatenate([state, one.action[number : number + starts]], axis=1)
            with torch.inference_mode():
                state = state + model(torch.tensor(seen, dtype=torch.float32))[0].numpy()
        off.append((state - one.state[ahead:]) / spread)
        still.append((one.state[:starts] - one.state[ahead:]) / spread)
    return _rms(off), _rms(still)


def unlikely(model: GaussianModel, seen: Array, wanted: Array) -> Array:
    """Negative log-likelihood of each row, nat per value, shape (rows,)."""
    with torch.inference_mode():
        mean, log_spread = (part.numpy() for part in model(torch.tensor(seen, dtype=torch.float32)))
    return (log_spread + 0.5 * ((wanted - mean) / np.exp(log_spread)) ** 2 + 0.5 * np.log(2 * np.pi)).mean(axis=1)


def _rms(parts: list[Array]) -> float:
    return float(np.sqrt(np.mean(np.concatenate(parts) ** 2))) if parts else float("nan")
