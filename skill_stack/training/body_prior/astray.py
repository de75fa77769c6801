"""LatentsAstray: robots led by latents that no intent has, so that the decoder is safe in all of the latent."""

from __future__ import annotations

import numpy as np
import torch

from skill_stack.training.body_prior.networks import BodyLatent
from skill_stack.training.body_prior.settings import BodyPriorSettings
from skill_stack.training.body_prior.teachers import Intents

BANK = 4096
"""Intents among which the nearest is looked for."""
ANYWHERE, BETWEEN = 0.25, 0.25
"""Shares of latents from anywhere, and from between two intents; the others are drawn from the prior."""
FADES = 0.1, 0.7
"""Range of the time in which a latent is gone over to, s."""


class LatentsAstray:
    """Gives some robots latents, and has them taught what is the nearest to that.

    What lies between the intents of a latent is nobody's intent: nothing says what a robot should do there, and one
    that was never there falls. The intent whose latent is the nearest says it.
    """

    def __init__(
        self, settings: BodyPriorSettings, networks: BodyLatent, which: np.ndarray, count: int, rng: np.random.Generator
    ) -> None:
        """Leads nobody yet.

        Args:
            settings: For how long.
            networks: Encoder and prior; not changed while robots are led.
            which: Robots that are led.
            count: All robots.
            rng: Source of chance.
        """
        self._which, self._rng, self._held, self._networks = which, rng, settings.drawn_for, networks
        self._now = torch.full((count, settings.size), torch.nan)
        self._aim, self._left, self._fade = torch.zeros(len(which), settings.size), np.zeros(len(which)), 1.0
        self._bank = Intents(settings, BANK, rng)
        with torch.inference_mode():
            self._places = networks.latent(torch.from_numpy(self._bank.coded())).clone()
        self._now[which] = self._places[: len(which)] if len(which) else self._now[which]

    def advance(self, seen: torch.Tensor, intents: Intents, seconds: float) -> torch.Tensor:
        """Latents of this tick, not a number for who is not led, shape (robots, size).

        Args:
            seen: What the prior sees, of all robots.
            intents: Those of led robots are set to what is nearest to their latents.
            seconds: Length of a tick, s.
        """
        if not len(self._which):
            return self._now.clone()
        over = np.flatnonzero(self._left <= 0)
        if len(over):
            self._aim[over] = self._draw(seen[self._which[over]])
            self._left[over] = self._rng.uniform(*self._held, len(over))
            self._fade = float(self._rng.uniform(*FADES))
        self._left -= seconds
        now = self._now[self._which]
        now = now + (self._aim - now) * min(1.0, seconds / self._fade)
        self._now[self._which] = now
        intents.take(self._which, self._bank, torch.cdist(now, self._places).argmin(dim=1).numpy())
        return self._now.clone()

    def _draw(self, seen: torch.Tensor) -> torch.Tensor:
        """New latents for some robots."""
        count, size = len(seen), self._aim.shape[1]
        with torch.inference_mode():
            drawn = self._networks.drawn(seen, torch.randn(count, size)).clone()
        kind = torch.from_numpy(self._rng.random(count))[:, None]
        first, second = (self._places[torch.randint(BANK, (count,))] for _ in range(2))
        between = torch.lerp(first, second, torch.rand(count, 1))
        drawn = torch.where(kind < ANYWHERE + BETWEEN, between, drawn)
        return torch.where(kind < ANYWHERE, 2.0 * torch.rand(count, size) - 1.0, drawn)
