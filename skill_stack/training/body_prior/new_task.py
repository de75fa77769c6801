"""A task that no teacher knows: to be at a place and look somewhere; learnt through the latent or from nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rsl_rl.algorithms import PPO
from tensordict import TensorDict

from skill_stack.core.data_file import load_model
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import headings_of, wrap_angle
from skill_stack.training.body_prior.networks import BodyLatent, with_latent
from skill_stack.training.body_prior.teachers import GOALS
from skill_stack.training.learners.learner import TrainingProgress, make_learner
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.physics.training_environment import TrainingEnvironment
from skill_stack.training.tasks.task import TrainingTask
from skill_stack.training.train import go_on

Array = np.ndarray
Report = Callable[[str], None]

FILE = "new_task.yaml"
SECONDS = 6.0
"""Time in which a place is to be reached, s."""
AWAY, TURN = (1.0, 2.5), math.pi / 2
"""Range of a place's distance, m, in any direction, and largest change of heading, rad."""
CLOSE, AIMED = 0.25, 0.35
"""Largest distance, m, and error of heading, rad, at the end of that time that is a success."""
JUDGED = 96
"""Robots that are judged, each with one place."""
ENOUGH = (0.5, 0.8)
"""Shares of places reached whose steps are counted; the last one ends a training."""


class PlaceWorlds(WalkEnvironment):
    """Robots whose goal values say where a place is: ahead and to the left, m, and the turn to its heading, rad.

    Attributes:
        reached: Whether each place whose time is over was reached, in the order in which that was so.
    """

    def _allocate(self) -> None:
        super()._allocate()
        self._place, self._since = np.zeros((self.num_envs, 3)), np.zeros(self.num_envs)
        self.reached: list[bool] = []

    def _reset(self, which: Array) -> None:
        began = (self._since[which] > 0) & (self.episode_length_buf.numpy()[which] < self.max_episode_length)
        self.reached += [False] * int(began.sum())  # who fell is nowhere
        super()._reset(which)
        self._aim(which)

    def _aim(self, which: Array) -> None:
        """New places for some robots."""
        rng, count, pose = self._rng, len(which), self._pose()[which]
        along, away = rng.uniform(-math.pi, math.pi, count), rng.uniform(*AWAY, count)
        offset = np.stack([np.cos(along), np.sin(along)], axis=1) * away[:, None]
        turn = rng.uniform(-TURN, TURN, count)
        self._place[which] = np.column_stack([pose[:, :2] + offset, pose[:, 2] + turn])
        self._since[which] = 0.0

    def _pose(self) -> Array:
        """True place in the plane, m, and heading, rad, shape (robots, 3)."""
        qpos = self._physics.qpos
        return np.column_stack([qpos[:, :2], headings_of(qpos[:, 3:7])])

    @property
    def places(self) -> Mapping[str, slice]:
        """Where each observation term is."""
        return self._builder.slices

    def _from_here(self) -> Array:
        pose = self._pose()
        away, heading = self._place[:, :2] - pose[:, :2], pose[:, 2]
        c, s = np.cos(heading), np.sin(heading)
        turn = wrap_angle(self._place[:, 2] - heading)
        return np.column_stack([c * away[:, 0] + s * away[:, 1], c * away[:, 1] - s * away[:, 0], turn])

    def _take_commands(self) -> None:
        self._since += self._dt
        over = np.flatnonzero(self._since > SECONDS)
        if len(over):
            left = self._from_here()[over]
            near = (np.linalg.norm(left[:, :2], axis=1) <= CLOSE) & (np.abs(left[:, 2]) <= AIMED)
            self.reached += near.tolist()
            self._aim(over)
        self.commands.command[:], self.commands.moving[:] = self._from_here(), True
        super()._take_commands()

    def tracking(self, summary: dict[str, float]) -> float:
        """See :class:`skill_stack.training.physics.training_environment.TrainingEnvironment`."""
        return float(np.mean(self.reached[-self.num_envs :])) if self.reached else 0.0


class ThroughLatent(TrainingEnvironment):
    """The same worlds, acted in by the numbers of a latent before their bound.

    Attributes:
        worlds: The worlds.
    """

    def __init__(self, worlds: PlaceWorlds, networks: BodyLatent) -> None:
        """Takes over the worlds.

        Args:
            worlds: Robots; their observation is the decoder's but for the goal values.
            networks: The decoder among them.
        """
        self.worlds, self._networks, self.num_actions = worlds, networks.eval(), networks.size
        self._place = worlds.places[GOALS]
        for name in ("cfg", "device", "task", "num_envs", "contract", "statistics", "max_episode_length"):
            setattr(self, name, getattr(worlds, name))
        self.level = 1.0

    @property
    def episode_length_buf(self) -> torch.Tensor:  # type: ignore[override]
        """Ticks of each robot's episode so far."""
        return self.worlds.episode_length_buf

    def get_observations(self) -> TensorDict:
        """Those of the worlds."""
        return self.worlds.get_observations()

    def step(self, actions: torch.Tensor) -> tuple[TensorDict, torch.Tensor, torch.Tensor, dict[str, Any]]:
        """One control tick."""
        seen = self.worlds.get_observations()["actor"]
        with torch.inference_mode():
            told = self._networks.decoder(with_latent(seen, self._place, torch.tanh(actions)))
        return self.worlds.step(told)

    def tracking(self, summary: dict[str, float]) -> float:
        """That of the worlds."""
        return self.worlds.tracking(summary)


def load_new_task(folder: Path) -> TrainingTask:
    """Reads the task beside a latent's skill.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(TrainingTask, folder / FILE)


def learn_task(
    robot: RobotSpec,
    task: TrainingTask,
    seed: int,
    minutes: float,
    folder: Path,
    report: Report,
    through: Callable[[PlaceWorlds], TrainingEnvironment] = lambda worlds: worlds,
) -> dict[str, Any]:
    """Learns the task until enough places are reached, or the time is over.

    Args:
        robot: The robot.
        task: The task.
        seed: Seed of robots, places and networks; who judges has others.
        minutes: Longest wall time.
        folder: Where checkpoints go.
        report: Takes progress lines.
        through: What the learner acts through; joints by default.

    Returns:
        Steps at which each share of :data:`ENOUGH` was reached (None: never), and the curve: steps and share.
    """
    torch.manual_seed(seed)
    environment, judges = (through(PlaceWorlds(robot, one, number)) for one, number in (
        (task, seed), (_quiet(task), 10_000 + seed)
    ))  # fmt: skip
    learner, progress, curve = make_learner(environment), TrainingProgress(level=1.0, seed=seed), list[list[float]]()

    def judge(_: list[float]) -> str:
        share = judged(judges, learner)
        curve.append([progress.steps, round(share, 3)])
        report(f"{progress.steps / 1e6:.2f} M steps: {share:.0%} of the places reached")
        return f"{share:.0%} reached" if share >= ENOUGH[-1] else ""

    go_on(environment, learner, progress, folder, minutes, report, given_up=judge)
    steps = {str(share): next((at for at, found in curve if found >= share), None) for share in ENOUGH}
    return {"seed": seed, "steps": steps, "cpu_seconds": round(progress.cpu_seconds), "curve": curve}


def _quiet(task: TrainingTask) -> TrainingTask:
    """The same for those who judge: few robots, that begin together."""
    ppo = task.ppo.model_copy(update={"robots": JUDGED})
    return task.model_copy(update={"ppo": ppo, "events": task.events.model_copy(update={"episode": SECONDS + 1.0})})


def judged(judges: TrainingEnvironment, learner: PPO) -> float:
    """Share of places that the learner reaches without exploring."""
    worlds = judges.worlds if isinstance(judges, ThroughLatent) else judges
    assert isinstance(worlds, PlaceWorlds)
    worlds.restart()
    worlds.reached.clear()
    with torch.inference_mode():
        for _ in range(round(SECONDS / worlds._dt) + 2):
            judges.step(learner.actor(judges.get_observations()))
    worlds.statistics.clear()
    return float(np.mean(worlds.reached))
