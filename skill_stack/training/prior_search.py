"""A search for the prior of a task: ``python -m skill_stack.training.prior_search g1 walk --generations 15``.

Cross-entropy method (Rubinstein, 1999) over every number of the task's prior but those of its goal values: each
candidate drives some of the task's robots for a while with no network at all, and what they are rewarded counts. A
humanoid that balances a little by itself learns in a tenth of the time.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import yaml

from skill_stack.core.errors import SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robot import RobotSpec, load_robot
from skill_stack.training.environment import WalkEnvironment
from skill_stack.training.prior import ActionPrior, PriorTask
from skill_stack.training.task import TrainingTask, load_task

Array = np.ndarray

ELITE = 0.25
"""Share of the candidates that the next generation is made of."""
KEPT = 0.2
"""How much of the mean before stays."""
LEAST = 0.05
"""Least spread of a number, in actions per unit, so that the search does not die out."""


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How long and how widely it looks.

    Attributes:
        generations: How many.
        candidates: Priors per generation; the task's robots are divided among them.
        ticks: Control ticks for which each is tried.
        spread: Standard deviation of every number at the beginning, as a share of its size.
    """

    generations: int = 15
    candidates: int = 32
    ticks: int = 200
    spread: float = 0.3


class PriorSearch:
    """Tries priors in the environment of a task."""

    def __init__(self, robot: RobotSpec, task: TrainingTask, seed: int, settings: SearchSettings) -> None:
        """Builds the environment.

        Args:
            robot: The robot.
            task: The task; its prior is where the search begins.
            seed: Seed of worlds and candidates.
            settings: How it looks.
        """
        self._task, self._settings = task, settings
        self._rng = np.random.default_rng(seed)
        self._environment = WalkEnvironment(robot, task, seed)
        self._robot = self._environment.robot
        self._robots = task.ppo.robots // settings.candidates

    def run(self, report: Callable[[str], None]) -> PriorTask:
        """Searches; returns the mean of the last generation.

        Args:
            report: Takes one line per generation.
        """
        settings, rng = self._settings, self._rng
        mean = numbers_of(self._task.prior)
        spread = settings.spread * np.abs(mean) + LEAST
        for generation in range(settings.generations):
            drawn = mean + spread * rng.standard_normal((settings.candidates, len(mean)))
            drawn[0] = mean
            score = self._try(drawn)
            best = np.argsort(-score)[: max(2, round(ELITE * settings.candidates))]
            mean = KEPT * mean + (1.0 - KEPT) * drawn[best].mean(axis=0)
            spread = drawn[best].std(axis=0) + LEAST
            report(f"generation {generation + 1:3d}  best {score[best[0]]:.3f}  median {np.median(score):.3f} per tick")
        return with_numbers(self._task.prior, mean)

    def _try(self, drawn: Array) -> Array:
        """Mean reward per tick of every candidate, shape (candidates,)."""
        priors = [
            self._task.model_copy(update={"prior": with_numbers(self._task.prior, one)}).action_prior(self._robot)
            for one in drawn
        ]
        environment, count = self._environment, self._robots * len(drawn)
        environment.use_prior(_Several(priors, self._robots, environment.num_envs))
        environment.restart()
        nothing = torch.zeros((environment.num_envs, environment.num_actions))
        total = np.zeros(environment.num_envs)
        for _ in range(self._settings.ticks):
            total += environment.step(nothing)[1].numpy()
        return np.asarray(total[:count].reshape(len(drawn), -1).mean(axis=1) / self._settings.ticks)


class _Several:
    """Another prior for every few robots; the last one also for those that are left over."""

    def __init__(self, priors: list[ActionPrior], robots: int, batch: int) -> None:
        self._pick, self._bend = priors[0].pick, priors[0].bend
        add = np.repeat(np.stack([prior.add for prior in priors]), robots, axis=0)
        self._add = np.concatenate([add, np.repeat(add[-1:], batch - len(add), axis=0)])

    def __call__(self, observation: Array) -> Array:
        hinges = np.clip(self._bend - observation @ self._pick, 0.0, None)
        return np.asarray(np.einsum("nh,nha->na", hinges, self._add))


def numbers_of(prior: PriorTask) -> Array:
    """What is searched, in a fixed order: steps, feedback, offsets."""
    groups = [prior.step, *(one.add for one in prior.feedback), prior.offset]
    return np.array([value for group in groups for value in group.values()])


def with_numbers(prior: PriorTask, values: Array) -> PriorTask:
    """The same prior with other numbers."""
    left = iter(values.tolist())

    def filled(group: dict[str, float]) -> dict[str, float]:
        return {name: round(next(left), 3) for name in group}

    changes: dict[str, Any] = {"step": filled(prior.step)}
    changes["feedback"] = tuple(one.model_copy(update={"add": filled(one.add)}) for one in prior.feedback)
    changes["offset"] = filled(prior.offset)
    return prior.model_copy(update=changes)


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        description="Search for a prior by which a robot does a little of its task before anything is learnt.",
        epilog="example: python -m skill_stack.training.prior_search g1 walk --generations 15",
    )
    parser.add_argument("robot")
    parser.add_argument("skill")
    parser.add_argument("--generations", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    resources = Resources.from_environment(os.environ)
    torch.set_num_threads(1)
    try:
        robot = load_robot(resources.robot(options.robot))
        task = load_task(resources.find(f"models/{options.robot}/{options.skill}", "skill"))
        settings = SearchSettings(generations=options.generations)
        found = PriorSearch(robot, task, options.seed, settings).run(lambda text: print(text, flush=True))
    except SkillStackError as error:
        print(error, file=sys.stderr)
        return 1
    print(yaml.safe_dump({"prior": found.model_dump(mode="json")}, sort_keys=False, default_flow_style=None), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
