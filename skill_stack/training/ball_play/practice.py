"""Practice: PPO goes on from a copy, with starts off every reference and labels that switch; nobody is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rsl_rl.algorithms import PPO
from tensordict import TensorDict
from torch import nn

from skill_stack.connector.balls.ball_play import LABELS, TOLD
from skill_stack.runtime.line.ball_looks import EVERY
from skill_stack.training.ball_play.settings import BallPlaySettings, BallPracticeSettings
from skill_stack.training.ball_play.worlds import DRIBBLE, KICK, NEAR, STOP, BallWorlds
from skill_stack.training.learners.head_start import begin_as
from skill_stack.training.learners.learner import TrainingProgress, make_learner
from skill_stack.training.learners.statistics import TrainingStatistics
from skill_stack.training.physics.training_environment import TrainingEnvironment
from skill_stack.training.train import go_on

Array = np.ndarray
Report = Callable[[str], None]

TERMS = ("near", "rolls", "behind", "closer", "there", "slow", "smooth", "fall")
BEHIND, FARTHEST = 0.65, 2.5
"""Distance behind a ball from which it is pushed, and from which on coming nearer to that place counts no more, m."""
FAST = 0.5  # m/s


class BallPractice(TrainingEnvironment):
    """Robots with a ball each; actions are velocities, m/s and rad/s, ten times a second.

    Attributes:
        worlds: The robots.
    """

    def __init__(self, worlds: BallWorlds, settings: BallPracticeSettings) -> None:
        """Takes the robots, which begin together.

        Args:
            worlds: The robots.
            settings: Rewards and the learner.
        """
        self.worlds, self.task, self._weights = worlds, settings, np.array([settings.rewards[one] for one in TERMS])
        self.num_envs, self.num_actions, self.device, self.level = worlds.num_envs, 3, "cpu", 1.0
        self.cfg: dict[str, Any] = {}
        self.max_episode_length = 1_000_000  # the robots' own end
        self.episode_length_buf = torch.zeros(self.num_envs, dtype=torch.long)
        self.statistics = TrainingStatistics(TERMS)
        worlds.begin()
        worlds.spread(settings.seconds)
        self._last = np.zeros((self.num_envs, 3))
        self._note()

    def _note(self) -> None:
        """What progress counts from."""
        self._was = self._behind(), self._to_go()

    def _behind(self) -> Array:
        """Distance of each base from where it plays its ball, m, at most :data:`FARTHEST`."""
        worlds = self.worlds
        aim = np.where((worlds.label == STOP)[:, None], worlds.ball(), worlds.ball() - BEHIND * worlds.wanted())
        away = np.linalg.norm(aim - worlds.base(), axis=1)
        return np.minimum(np.where(worlds.label == STOP, np.maximum(away - BEHIND, 0.0), away), FARTHEST)

    def _to_go(self) -> Array:
        """Distance of each ball from its place, m; of no meaning but for kicks."""
        return np.linalg.norm(self.worlds.ball() - self.worlds.place(), axis=1)

    def get_observations(self) -> TensorDict:
        """What a player is told; the critic knows what is true of the ball, too."""
        told, worlds = self.worlds.told(), self.worlds
        true = np.concatenate([worlds.local(worlds.ball()), worlds.local(worlds.rolls(), place=False)], axis=1)
        labels = np.eye(len(LABELS))[worlds.label]
        rows = {"actor": told, "critic": np.concatenate([told, true, labels], axis=1)}
        return TensorDict({name: torch.from_numpy(one.astype(np.float32)) for name, one in rows.items()},
                          batch_size=[self.num_envs])  # fmt: skip

    def step(self, actions: torch.Tensor) -> tuple[TensorDict, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """One decision of every robot; see ``rsl_rl.env.VecEnv.step``."""
        worlds, chosen = self.worlds, actions.detach().numpy().astype(float)
        label = worlds.label.copy()
        worlds.play(chosen)
        changed = (worlds.label != label) | worlds.renewed
        fallen = worlds.fell.copy()
        parts = self._terms(chosen, label, changed, fallen) * self._weights
        self._last = np.where(worlds.renewed[:, None], 0.0, chosen)
        anew = worlds.renewed.copy()
        arrived = worlds.kicked & ~changed
        if arrived.any():
            worlds.change(np.flatnonzero(arrived))
        # A label ends what counts for it: else balls are kept near, and not kicked, for the sake of the next one.
        done = changed | arrived
        worlds.fell[:] = False
        self._note()
        self.statistics.add(EVERY, {"gap_m": worlds.gaps().mean()}, parts.mean(axis=0), fallen)
        self.episode_length_buf += 1
        rewards = torch.from_numpy(parts.sum(axis=1).astype(np.float32))
        late = torch.from_numpy((anew & ~fallen).astype(np.float32))
        return self.get_observations(), rewards, torch.from_numpy(done), {"time_outs": late}

    def _terms(self, chosen: Array, label: Array, changed: Array, fallen: Array) -> Array:
        """Reward terms of a decision, not weighted, shape (robots, terms)."""
        worlds, stays = self.worlds, ~changed
        gaps, speed = worlds.gaps(), np.linalg.norm(worlds.rolls(), axis=1)
        near = gaps <= NEAR
        along = np.clip((worlds.rolls() * worlds.wanted()).sum(1) / FAST, -1.0, 1.0)
        dribbles, kicks, stops = (label == one for one in (DRIBBLE, KICK, STOP))
        return np.stack([
            near * (dribbles | stops) * stays, along * near * dribbles * stays, (self._was[0] - self._behind()) * stays,
            (self._was[1] - self._to_go()) * kicks * stays, 1.0 * (worlds.kicked & kicks & stays),
            -np.minimum(speed, 1.0) * stops * stays, -np.square(chosen - self._last).sum(1) * stays, -1.0 * fallen,
        ], axis=1)  # fmt: skip

    def tracking(self, summary: dict[str, float]) -> float:
        """Share of what nearness could give."""
        return float(min(1.0, max(0.0, summary["near"] / self._weights[0])))


def practise(
    worlds: BallWorlds, settings: BallPlaySettings, copy: nn.Sequential, minutes: float, cpu_seconds: float,
    folder: Path, report: Report,
) -> tuple[nn.Sequential, TrainingProgress]:  # fmt: skip
    """Goes on from a copy.

    Args:
        worlds: The robots.
        settings: Everything about them.
        copy: The network that is gone on from; its layers are those of the learner.
        minutes: Longest wall time.
        cpu_seconds: Longest processor time, s.
        folder: Where checkpoints go.
        report: Takes progress lines.

    Returns:
        The network as it acts without exploring, and what it cost.
    """
    torch.manual_seed(settings.seed)
    environment = BallPractice(worlds, settings.practice)
    learner, progress = make_learner(environment), TrainingProgress(level=1.0, seed=settings.seed)
    begin_as(learner, environment, copy, report)
    go_on(environment, learner, progress, folder, minutes, report, cpu_seconds)
    return player_of(learner), progress


def player_of(learner: PPO) -> nn.Sequential:
    """The layers of a learner's actor."""
    layers: list[nn.Module] = []
    for one in learner.actor.modules():
        if isinstance(one, nn.Linear):
            layers += [one, nn.ELU()]
    assert isinstance(layers[0], nn.Linear) and layers[0].in_features == len(TOLD)
    return nn.Sequential(*layers[:-1]).eval()
