"""Divergence: a run of learning whose loss or weights are no numbers ends with the reason."""

from __future__ import annotations

import math

import torch
from torch import nn

from skill_stack.core.errors import SkillStackError


class TrainingDiverged(SkillStackError):
    """Loss or weights of a learner are no numbers; the message names what is kept."""


def finite(*networks: nn.Module) -> bool:
    """Whether all weights of networks are numbers."""
    return all(bool(torch.isfinite(values).all()) for network in networks for values in network.parameters())


def descend(optimiser: torch.optim.Optimizer, loss: torch.Tensor, where: str, clip: float = math.inf) -> None:
    """One step down a loss; weights stay as they are where it is no number.

    Args:
        optimiser: Of the weights.
        loss: What is made small, shape ().
        where: What learns, and what is kept of it, for the message.
        clip: Largest norm of the gradient; a longer one is made as long.

    Raises:
        TrainingDiverged: Loss or gradient is no number.
    """
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    weights = [one for group in optimiser.param_groups for one in group["params"]]
    norm, value = float(nn.utils.clip_grad_norm_(weights, clip)), float(loss.detach())
    if not (math.isfinite(value) and math.isfinite(norm)):
        raise TrainingDiverged(
            f"{where}: diverged: its loss is {value:.3g} and the gradient's norm {norm:.3g}; look for values that are "
            "no numbers in what it learns from, or try a smaller learning rate or another seed"
        )
    optimiser.step()
