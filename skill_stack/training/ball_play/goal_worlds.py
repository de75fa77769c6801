"""GoalWorlds: robots of the training with a ball and a goal each, which play by the installed network."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from skill_stack.connector.balls.goal_play import DECIDES, choose, place_told
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.spatial.mouths import Mouths
from skill_stack.runtime.line.ball_looks import EVERY
from skill_stack.training.ball_play.frames import player_network
from skill_stack.training.ball_play.learn import playing
from skill_stack.training.ball_play.settings import GoalSettings, load_play
from skill_stack.training.ball_play.worlds import NEVER, BallWorlds, unit

Array = np.ndarray


class GoalWorlds(BallWorlds):
    """Robots that differ; every group of as many as there are starts begins alike."""

    def __init__(
        self, robot: RobotSpec, settings: GoalSettings, resources: Resources, robots: int, starts: int, seed: int
    ) -> None:
        """Builds robots, balls and the player.

        Args:
            robot: The robot.
            settings: Starts, and which skill plays.
            resources: Where its skills are.
            robots: How many.
            starts: How many differing starts there are.
            seed: Seed of everything that is random here.
        """
        self._goals, self._starts = settings, starts
        folder = resources.find(f"models/{robot.name}/{settings.base}", "skill")
        play = load_play(folder)
        self._player = playing(installed_player(folder / "policy.onnx", play.clone.hidden, play.frames))
        self._order = np.random.default_rng((seed, 2))
        super().__init__(robot, play, resources, robots, seed, astray=True)

    def _allocate(self) -> None:
        count = self.num_envs
        self._middle, self._into, self._aim, self._was = np.zeros((4, count, 2))
        self.scored = np.full(count, np.inf)
        self._draw()
        super()._allocate()

    def _draw(self) -> None:
        """Starts: where ball and goal lie, how fast the ball rolls, and how the goal is turned."""
        rng, some, shape = self._order, self._goals, self._starts
        angles = rng.uniform(-math.pi, math.pi, (2, shape))
        away, beyond = rng.uniform(*some.away, shape), rng.uniform(*some.goal, shape)
        turns = angles[1] + rng.uniform(-some.turned, some.turned, shape)
        speed = np.where(rng.random(shape) < some.rolling, rng.uniform(0.0, some.rolls, shape), 0.0)
        self._start = angles, away, beyond, turns, speed

    def _reset(self, which: Array) -> None:
        super()._reset(which)
        rows = which % self._starts
        angles, away, beyond, turns, speed = self._start
        self._put_balls(which, away[rows, None] * unit(angles[0, rows]), speed[rows])
        self._middle[which] = self.ball()[which] + beyond[rows, None] * unit(angles[1, rows])
        self._into[which] = unit(turns[rows])
        self._switch[which], self._was[which], self.scored[which] = NEVER, self.ball()[which], np.inf

    def _told_goal(self) -> Array:
        return place_told(self.label, self._track.place, self._aim)

    def mouths(self) -> Mouths:
        """The goal of every robot."""
        return Mouths(self._middle, self._into)

    def tried(self, rows: Array, seconds: float) -> tuple[Array, Array]:
        """Has every robot play once.

        Args:
            rows: Numbers of each, shape (robots, numbers).
            seconds: How long, s.

        Returns:
            Time after which each ball was in its goal by the truth, s, infinite where it was not or the robot fell;
            and which robots did not fall; shape (robots,) each.
        """
        self._draw()
        self.begin()
        for tick in range(round(seconds / EVERY)):
            if tick % round(DECIDES / EVERY) == 0:
                ball, rolls = self._track.place, self._track.velocity
                self.label[:], self._aim[:] = choose(rows, ball, rolls, self.base(), self.mouths())
            self.play(self._player(self.told()))
            now = self.ball()
            entered = self.mouths().entered(self._was, now) & ~self.fell
            self.scored, self._was = np.minimum(self.scored, np.where(entered, self.now, np.inf)), now
        return self.scored.copy(), ~self.fell


def installed_player(path: Path, hidden: tuple[int, ...], frames: bool) -> nn.Sequential:
    """The layers of an exported network that plays, from what it is told to velocities.

    Args:
        path: The file that :func:`skill_stack.training.ball_play.export.export_play` wrote.
        hidden: Sizes of its layers.
        frames: Whether it sees what it is told in all frames.
    """
    model = onnx.load(str(path))
    held = {one.name: torch.from_numpy(onnx.numpy_helper.to_array(one).copy()) for one in model.graph.initializer}
    network = player_network(hidden, frames).eval()
    for number, layer in enumerate(one for one in network if isinstance(one, nn.Linear)):
        layer.weight.data, layer.bias.data = held[f"play_w{number}"], held[f"play_b{number}"]
    return network
