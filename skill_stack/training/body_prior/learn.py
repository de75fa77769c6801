"""Distils a robot's skills into a latent, by dataset aggregation over all of them at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.body_prior.astray import LatentsAstray
from skill_stack.training.body_prior.networks import BodyLatent, with_latent
from skill_stack.training.body_prior.settings import BodyPriorSettings
from skill_stack.training.body_prior.teachers import Intents, Teachers
from skill_stack.training.body_prior.worlds import LatentWorlds
from skill_stack.training.learners.divergence import descend
from skill_stack.training.tasks.task import TrainingTask

CLIP = 1.0
"""Largest norm of a gradient."""
Report = Callable[[str], None]
Rows = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]
"""Scaled observations, coded intents, given latents and what teachers would have done."""


class Distillation:
    """Robots, their intents, teachers and the networks that learn from them.

    Attributes:
        networks: What is learnt.
    """

    def __init__(
        self, robot: RobotSpec, task: TrainingTask, settings: BodyPriorSettings, resources: Resources, seed: int
    ) -> None:
        """Builds all of it.

        Args:
            robot: The robot.
            task: The task of the decoder; its goal values are the latent.
            settings: How.
            resources: Where the teachers are.
            seed: Seed of robots, intents and networks.
        """
        torch.manual_seed(seed)
        self._settings, self.worlds = settings, LatentWorlds(robot, task, seed)
        self._rng = np.random.default_rng(seed + 1)
        count = self.worlds.num_envs
        self._teachers = Teachers(robot, resources, settings.behaviours)
        self.intents = Intents(settings, count, self._rng)
        self.pick = self.worlds.picked(settings.seen)
        size, coded = self.worlds.contract.observation_size, self.intents.coded().shape[1]
        self.networks = BodyLatent(size, self.worlds.num_actions, coded, len(self.pick), settings)
        self._kept: list[Rows] = []

    def learn(self, report: Report, folder: Path) -> BodyLatent:
        """All rounds; a checkpoint after each.

        Args:
            report: Takes progress lines.
            folder: Where ``last.pt`` goes.

        Raises:
            TrainingDiverged: The loss is no number any more; the round before is in ``last.pt``.
        """
        settings, networks, last = self._settings, self.networks, folder / "last.pt"
        folder.mkdir(parents=True, exist_ok=True)
        optimiser, every = torch.optim.Adam(networks.parameters(), lr=settings.rate), settings.rounds + settings.settled
        for number in range(every):
            if number == settings.rounds:
                networks.encoder.requires_grad_(False)
            lead = max(0.0, 1.0 - number / max(1, settings.rounds // 3))
            falls = self._act(lead, settings.strayed if number >= settings.rounds else 0.0)
            for group in optimiser.param_groups:
                group["lr"] = settings.rate * (0.1 + 0.45 * (1 + math.cos(math.pi * number / every)))
            passes = settings.last_passes if number + 1 == every else settings.passes
            kept = f"{last} holds round {number}" if number else "nothing is kept"
            error, apart = self._fit(optimiser, passes, f"round {number + 1} of {every}, {kept}")
            torch.save(networks.state_dict(), last)
            report(
                f"round {number + 1} of {every}: teachers lead {lead:.0%}, {falls:.2f} falls/min, "
                f"error {error:.3f}, {apart:.2f} nats from the prior"
            )
        return networks

    def _act(self, lead: float, strayed: float) -> float:
        """A round of ticks; falls a minute.

        Args:
            lead: Share of the robots that teachers lead; others are led by what was learnt.
            strayed: Share that is led astray.
        """
        worlds, settings, networks, rng = self.worlds, self._settings, self.networks, self._rng
        count, falls, rows = worlds.num_envs, 0, list[Rows]()
        led = torch.from_numpy(rng.random(count) < lead)[:, None]
        astray = LatentsAstray(settings, networks, np.flatnonzero(rng.random(count) < strayed), count, rng)
        for _ in range(settings.ticks):
            seen = worlds.get_observations()["actor"].clone()
            given = astray.advance(seen[:, self.pick], self.intents, worlds.tick)
            told = self._teachers.answer(worlds.parts(), worlds.phase, self.intents, worlds.speed > settings.fast)
            coded, right = torch.from_numpy(self.intents.coded()), torch.from_numpy(told.astype(np.float32))
            with torch.inference_mode():
                latent = torch.where(torch.isnan(given), networks.latent(coded), given)
                own = networks.decoder(with_latent(seen, worlds.place, latent))
            rows.append((seen, coded, given, right))
            _, _, done, extras = worlds.step(torch.where(led, right, own))
            falls += int((done & (extras["time_outs"] == 0)).sum())
            self.intents.advance(worlds.tick)
        self._keep(rows)
        return falls / (count * settings.ticks * worlds.tick / 60.0)

    def _keep(self, rows: list[Rows]) -> None:
        """Adds a round, and forgets the oldest ones beyond what is kept."""
        self._kept.append(tuple(torch.cat(one) for one in zip(*rows)))  # type: ignore[arg-type]
        while len(self._kept) > 1 and sum(len(one[0]) for one in self._kept) > self._settings.kept:
            del self._kept[0]

    def _fit(self, optimiser: torch.optim.Optimizer, passes: int, where: str) -> tuple[float, float]:
        """Passes over what was seen; mean error of an action, and divergence in nats, of the last pass."""
        seen, coded, given, told = (torch.cat(one) for one in zip(*self._kept))
        sums = np.zeros(3)
        for _ in range(passes):
            sums[:] = 0.0
            for mine in torch.randperm(len(told)).split(self._settings.batch):
                rows = seen[mine], self.worlds.place, self.pick, coded[mine], given[mine], told[mine]
                loss, error, apart = self.networks.loss(*rows)
                descend(optimiser, loss, where, CLIP)
                sums += np.array([1.0, float(error.detach()), float(apart.detach())]) * len(mine)
        return math.sqrt(sums[1] / sums[0]), sums[2] / sums[0]
