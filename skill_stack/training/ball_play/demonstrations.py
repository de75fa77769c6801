"""Demonstrations of rules that play a ball: thinned, with errors; on a reference, or led astray and stitched."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from skill_stack.connector.balls.ball_play import TOLD
from skill_stack.runtime.line.ball_looks import EVERY
from skill_stack.training.ball_play.rules import play
from skill_stack.training.ball_play.settings import DemonstrationSettings
from skill_stack.training.ball_play.worlds import BallWorlds

Array = np.ndarray
Player = Callable[[Array], Array]
"""Velocities for what players are told: shape (n, values) to (n, 3)."""

_ASIDE = np.array([-1.0 if name.endswith(("aside", "vy")) else 1.0 for name in TOLD])
_TURNED = np.array([1.0, -1.0, -1.0])


class Moments(NamedTuple):
    """What was kept of demonstrations.

    Attributes:
        told: What the player was told, shape (n, values).
        velocity: vx, vy, m/s, and wz, rad/s, that the rules would give, with an error, shape (n, 3).
    """

    told: Array
    velocity: Array

    def joined(self, other: Moments) -> Moments:
        """Both."""
        return Moments(*(np.concatenate(pair) for pair in zip(self, other)))

    def mirrored(self) -> Moments:
        """These, and the same in the mirror: left and right are alike."""
        return self.joined(Moments(self.told * _ASIDE, self.velocity * _TURNED))


def demonstrate(
    worlds: BallWorlds, settings: DemonstrationSettings, seconds: float, rng: np.random.Generator, astray: bool,
    player: Player | None = None,
) -> Moments:  # fmt: skip
    """Moments of one episode of every robot.

    Args:
        worlds: The robots; they begin anew.
        settings: What is kept, and how robots are led astray.
        seconds: How long, s.
        rng: Source of chance.
        astray: Whether additions lead them astray.
        player: Drives every second robot; the rules drive the others, or all, and say what is right everywhere.
    """
    worlds.begin()
    added, left = np.zeros((worlds.num_envs, 3)), np.zeros(worlds.num_envs)
    seen, said = [], []
    for _ in range(round(seconds / EVERY)):
        told = worlds.told()
        right = play(told)
        keeps = rng.random(len(told)) < 1.0 / settings.thin
        seen.append(told[keeps])
        said.append(right[keeps] + rng.normal(0.0, settings.error, (int(keeps.sum()), 3)))
        driven = right.copy()
        if player is not None:
            driven[::2] = player(told[::2])
        if astray:
            left -= EVERY
            over = left <= 0.0
            strays = rng.random((int(over.sum()), 1)) < 0.5
            added[over] = rng.normal(0.0, settings.kick, (int(over.sum()), 3)) * strays
            left[over] = settings.kick_seconds * rng.uniform(0.5, 1.5, int(over.sum()))
            driven += added
        worlds.play(driven)
    return Moments(np.concatenate(seen), np.concatenate(said))
