"""A search for the parameters of a task's teacher: ``python -m skill_stack.training.teacher_search g1 walk``.

Cross-entropy method (Rubinstein, 1999): each candidate walks some of the task's robots for a while, scored by survival
time, tracking and reward.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import yaml

from skill_stack.core.arguments import Parser
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.motion.sampling.cross_entropy import CrossEntropy
from skill_stack.training.learners.gait_teacher import GaitTeacher
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.tasks.task import TrainingTask, load_task
from skill_stack.training.tasks.teacher_task import GAINS, TeacherGains, TeacherTask

Array = np.ndarray

ELITE = 0.125
"""Share of the candidates that the next generation is made of."""
KEPT = 0.3
"""How much of the mean before stays, and a little more of the spread."""
LEAST = 0.003
"""Least spread of a number, so that the search does not die out."""
SETTLED = 1.0
"""Time after which velocities count, s."""
LOST = 0.5
"""Velocity error assigned to a robot that falls before that, m/s."""


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Length and width of a search.

    Attributes:
        generations: How many.
        candidates: Sets of numbers per generation; the task's robots are divided among them.
        ticks: Control ticks for which each is tried.
        spread: Standard deviation of every number at the beginning, as a share of its size, and at least that of 0.1.
    """

    generations: int = 15
    candidates: int = 64
    ticks: int = 300
    spread: float = 0.4


class TeacherSearch:
    """Tries teachers in the environment of a task."""

    def __init__(self, robot: RobotSpec, task: TrainingTask, seed: int, settings: SearchSettings) -> None:
        """Builds the environment.

        Args:
            robot: The robot.
            task: The task; its teacher is where the search begins.
            seed: Seed of worlds and candidates.
            settings: Settings of the search.

        Raises:
            DataError: The task has no teacher, or fewer robots than there are candidates.
        """
        if task.teacher is None:
            raise DataError(f"{task.robot}/{task.skill}: train.yaml has no 'teacher' whose numbers could be searched")
        if task.ppo.robots < settings.candidates:
            raise DataError(f"{task.ppo.robots} robots are too few for {settings.candidates} candidates")
        self._teacher: TeacherTask = task.teacher
        self._settings = settings
        self._rng = np.random.default_rng(seed)
        # A teacher sees what is true: what an estimator would make of it is not looked at.
        self._environment = WalkEnvironment(robot, task.model_copy(update={"estimated": False}), seed)
        self._robots = task.ppo.robots // settings.candidates

    def run(self, report: Callable[[str], None]) -> TeacherTask:
        """Searches; returns the mean of the last generation.

        Args:
            report: Takes one line per generation.
        """
        settings, rng = self._settings, self._rng
        mean = np.array(list(self._teacher.gains.model_dump().values()))
        spread = settings.spread * np.maximum(np.abs(mean), 0.1)
        entropy = CrossEntropy(max(2, round(ELITE * settings.candidates)), KEPT, KEPT, LEAST)
        for generation in range(settings.generations):
            drawn = entropy.drawn(mean, spread, settings.candidates, rng)
            score, upright = self._try(drawn)
            best = entropy.best(score)
            mean, spread = entropy.moved(mean, spread, drawn[best])
            report(
                f"generation {generation + 1:3d} of {settings.generations}  best {score[best[0]]:.3f}  "
                f"median {np.median(score):.3f}  "
                f"{upright[best].mean():.0%} of the best upright, {upright.mean():.0%} of all"
            )
        gains = TeacherGains(**dict(zip(GAINS, np.round(mean, 4).tolist())))
        return self._teacher.model_copy(update={"gains": gains})

    def _try(self, drawn: Array) -> tuple[Array, Array]:
        """Score and share of robots that are still upright, by candidate, each of shape (candidates,)."""
        environment, settings = self._environment, self._settings
        rows = np.repeat(drawn, self._robots, axis=0)
        count = len(rows)
        environment.restart()
        spare = np.repeat(rows[-1:], environment.num_envs - count, axis=0)
        teacher = GaitTeacher(environment, self._teacher, np.concatenate([rows, spare]))
        upright = np.ones(environment.num_envs, dtype=bool)
        reward, ticks, off = np.zeros(len(upright)), np.zeros(len(upright)), np.zeros((len(upright), 3))
        settled = round(SETTLED * environment.robot.control_rate)
        for tick in range(settings.ticks):
            told = environment.commands.command[:, :3].copy()
            _, got, done, _ = environment.step(teacher())
            upright &= ~done.numpy()
            reward += got.numpy() * upright
            if tick >= settled:
                ticks += upright
                off += (_velocity(environment) - told) * upright[:, None]
        lost = np.where(ticks > settled, np.abs(off / np.maximum(ticks, 1.0)[:, None]) @ [1.0, 1.0, 0.3], LOST)
        lived = ticks / max(1, settings.ticks - settled)
        score = 2.0 * lived + reward * environment.robot.control_rate / (settings.ticks * 5.0) - 2.0 * lost
        shape = (len(drawn), self._robots)
        return score[:count].reshape(shape).mean(axis=1), upright[:count].reshape(shape).mean(axis=1)


def _velocity(environment: WalkEnvironment) -> Array:
    """True vx, vy and yaw rate, shape (robots, 3)."""
    state = environment.state
    return np.concatenate([state.base_velocity[:, :2], state.angular_velocity[:, 2:]], axis=1)


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = Parser(
        description="Search for the numbers by which a task's teacher walks; prints them as YAML for train.yaml.",
        epilog="example: python -m skill_stack.training.teacher_search g1 walk --generations 15",
    )
    parser.add_argument("robot")
    parser.add_argument("skill")
    parser.add_argument("--generations", type=int, default=15, help="(default: 15; each takes some 15 s)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    resources = Resources.from_environment(os.environ)
    torch.set_num_threads(1)
    try:
        robot = load_robot(resources.robot(options.robot))
        task = load_task(resources.find(f"models/{options.robot}/{options.skill}", "skill"))
        settings = SearchSettings(generations=options.generations)
        found = TeacherSearch(robot, task, options.seed, settings).run(lambda text: print(text, flush=True))
    except SkillStackError as error:
        print(error, file=sys.stderr)
        return 1
    print(yaml.safe_dump({"teacher": found.model_dump(mode="json")}, sort_keys=False, default_flow_style=None), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
