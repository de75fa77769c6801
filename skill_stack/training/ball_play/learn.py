"""Learning: a network copies demonstrations, and those of where it leads itself; how often it recovers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from skill_stack.connector.balls.ball_play import LABELS
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.runtime.line.ball_looks import EVERY
from skill_stack.training.ball_play.demonstrations import Moments, Player, demonstrate
from skill_stack.training.ball_play.frames import player_network
from skill_stack.training.ball_play.settings import BallPlaySettings
from skill_stack.training.ball_play.worlds import BallWorlds
from skill_stack.training.learners.cloning import clone

Array = np.ndarray
Report = Callable[[str], None]


def playing(network: nn.Module) -> Player:
    """A network as a player."""

    def play(told: Array) -> Array:
        with torch.inference_mode():
            return np.asarray(network(torch.from_numpy(told.astype(np.float32))).numpy(), float)

    return play


def copied(
    robot: RobotSpec, settings: BallPlaySettings, resources: Resources, astray: bool, report: Report
) -> tuple[nn.Sequential, Moments]:
    """A network that copies demonstrations, and what it learnt from.

    Args:
        robot: The robot.
        settings: Everything about them.
        resources: Where its skills are.
        astray: Whether demonstrations begin off the reference, change labels, and go where the network leads.
        report: Takes progress lines.
    """
    some, network, rng = settings.demonstrations, None, np.random.default_rng((settings.seed, int(astray)))
    worlds = BallWorlds(robot, settings, resources, some.robots, settings.seed, astray)
    found: Moments | None = None
    for number in range(some.rounds):
        player = None if network is None or not astray else playing(network)
        more = demonstrate(worlds, some, settings.seconds, rng, astray, player)
        found = more if found is None else found.joined(more)
        if astray or number == some.rounds - 1:
            both = found.mirrored()
            torch.manual_seed(settings.seed)
            fresh = player_network(settings.clone.hidden, settings.frames)
            result = clone(both.told, both.velocity, settings.clone, settings.seed, fresh)
            network = result.network.eval()
            report(f"{len(found.told)} moments, error {np.round(result.error, 3).tolist()}")
    assert network is not None and found is not None
    return network, found


@dataclass(frozen=True, slots=True)
class Recovery:
    """Episodes of one player.

    Attributes:
        robots: How many played with each label in the end.
        done: How many of them had done what they were told.
        fell: How many fell.
    """

    robots: dict[str, int]
    done: dict[str, int]
    fell: int

    @property
    def share(self) -> float:
        """Share of all that had done it."""
        return sum(self.done.values()) / sum(self.robots.values())


def recovered(worlds: BallWorlds, player: Player, seconds: float) -> Recovery:
    """Has every robot play once.

    Args:
        worlds: The robots; they begin anew.
        player: Who plays.
        seconds: How long, s.
    """
    worlds.begin()
    for _ in range(round(seconds / EVERY)):
        worlds.play(player(worlds.told()))
    done = worlds.done()
    counts = [{name: int(which[worlds.label == number].sum()) for number, name in enumerate(LABELS)}
              for which in (np.ones_like(done), done)]  # fmt: skip
    return Recovery(counts[0], counts[1], int(worlds.fell.sum()))
