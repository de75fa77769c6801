"""Networks of a body's latent: encoder of intents, decoder to actions, and prior of what a moving body may do next.

A conditional variational autoencoder whose prior is learnt too (Sohn, Lee and Yan 2015; for bodies Won, Gopinath and
Hodgins 2022, and Luo et al. 2024, arXiv:2310.04582). The encoder sees what is to be done and nothing of the body: a
latent that also carries feedback is no command that anybody can hold for a while.
"""

from __future__ import annotations

import torch
from torch import nn

from skill_stack.training.body_prior.settings import BodyPriorSettings
from skill_stack.training.learners.cloning import make_network

Tensor = torch.Tensor
NARROWEST = 0.02
"""Least deviation of encoder and prior, before the bound."""


class Bell(nn.Module):
    """A normal distribution of numbers by what is seen; the latent is the tangent of a draw, thus within -1 to 1."""

    def __init__(self, inputs: int, hidden: tuple[int, ...], size: int, widest: float) -> None:
        """Makes the layers.

        Args:
            inputs: Values that are seen.
            hidden: Units of the hidden layers.
            size: Numbers of the latent.
            widest: Largest deviation.
        """
        super().__init__()
        self.layers, self.widest = make_network(inputs, hidden, 2 * size), widest

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and deviation before the bound, each of shape (batch, size)."""
        mean, width = self.layers(seen).chunk(2, dim=-1)
        return mean, NARROWEST + (self.widest - NARROWEST) * torch.sigmoid(width)


class BodyLatent(nn.Module):
    """Encoder, decoder and prior.

    Attributes:
        decoder: From the scaled observation, with the latent in the place of goal values, to actions.
        encoder: From coded intents.
        prior: From the scaled terms that it sees.
        size: Numbers of the latent.
    """

    def __init__(self, observation: int, actions: int, intent: int, seen: int, settings: BodyPriorSettings) -> None:
        """Makes the networks; sizes are numbers of values."""
        super().__init__()
        self.decoder = make_network(observation, settings.hidden, actions)
        self.encoder = Bell(intent, settings.small, settings.size, settings.widest)
        self.prior = Bell(seen, settings.small, settings.size, settings.widest)
        self._settings, self.size = settings, settings.size

    def latent(self, intents: Tensor) -> Tensor:
        """The latent in the middle of what an intent may be, -1 to 1."""
        return torch.tanh(self.encoder(intents)[0])

    def drawn(self, seen: Tensor, noise: Tensor) -> Tensor:
        """A latent by the prior, -1 to 1; ``noise`` is a standard normal draw."""
        mean, width = self.prior(seen)
        return torch.tanh(mean + width * noise)

    def loss(
        self, observation: Tensor, place: slice, pick: Tensor, intents: Tensor, given: Tensor, told: Tensor
    ) -> tuple[Tensor, ...]:
        """What is made small.

        Args:
            observation: Scaled observations, shape (batch, observation).
            place: Where in them the latent goes.
            pick: Which of them the prior sees.
            intents: Coded intents, shape (batch, intent).
            given: Latents by which robots were led astray, not a number for all others, shape (batch, size).
            told: Actions of the teachers, shape (batch, actions).

        Returns:
            The loss, the mean square error of an action and the divergence from the prior, nats.
        """
        own = torch.isnan(given[:, 0])
        mean, width = self.encoder(intents)
        drawn = torch.tanh(mean + width * torch.randn_like(mean))
        latent = torch.where(own[:, None], drawn, given)
        error = (self.decoder(with_latent(observation, place, latent)) - told).square().sum(dim=1)
        middle, spread = self.prior(observation[:, pick])
        off = (width.square() + (mean - middle).square()) / (2 * spread.square())
        apart = ((torch.log(spread / width) + off - 0.5).sum(dim=1) * own).sum() / own.sum().clamp(min=1)
        cost = error.mean() / (2 * self._settings.deviation**2) + self._settings.weight * apart
        return cost, error.mean() / told.shape[1], apart


def with_latent(observation: Tensor, place: slice, latent: Tensor) -> Tensor:
    """Observations with a latent in the place of goal values."""
    return torch.cat([observation[:, : place.start], latent, observation[:, place.stop :]], dim=1)
