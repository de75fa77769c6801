"""A search for the parameters of a task's teacher: ``python -m skill_stack.training.teacher_search g1 walk``.

Cross-entropy method (Rubinstein, 1999): each candidate drives some of the task's robots for a while. A walk is scored
by survival time, tracking and reward, a gait of fingers by the reward of the task. With ``--starts 768`` the search is
for a posture of the fingers that moves what lies in the palm, and begins with the best of so many random ones; with
``--known 4`` it is for one in the first four principal components of the postures of the hand's other skills.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, Protocol

import numpy as np
import torch
import yaml

from skill_stack.core.arguments import Parser, command_line
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.motion.sampling.cross_entropy import CrossEntropy
from skill_stack.training.hands.finger_teacher import FingerTeacher
from skill_stack.training.hands.hand_environment import HandEnvironment
from skill_stack.training.hands.hand_task import FingerTeacherTask, HandTrainingTask, load_any_task
from skill_stack.training.hands.posture_prior import PosturePrior, fit, known_postures
from skill_stack.training.learners.gait_teacher import GaitTeacher
from skill_stack.training.physics.environment import WalkEnvironment
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.tasks.task import TrainingTask
from skill_stack.training.tasks.teacher_task import GAINS, TeacherGains, TeacherTask
from skill_stack.training.timed_lines import timed_lines

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
POSTURE_SPREAD, FARTHEST = 0.25, 1.6
"""Standard deviation at the beginning of a posture's joints, and how far random ones go from the task's pose, rad."""
FINGER_SPREAD = (0.15, 0.22, 0.22, 0.05, 0.05)
"""Standard deviation at the beginning of what is added to a finger's pose, and of sine and cosine of the clock and of
its double, rad; found wide enough for turning a cube."""


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Length and width of a search.

    Attributes:
        generations: How many.
        candidates: Sets of numbers per generation; the task's robots are divided among them.
        ticks: Control ticks for which each is tried.
        spread: Standard deviation of every number at the beginning, as a share of its size, and at least that of 0.1.
        starts: Random postures of the fingers to begin with, each tried by three hands; 0: a gait, from the task's.
    """

    generations: int = 15
    candidates: int = 64
    ticks: int = 300
    spread: float = 0.4
    starts: int = 0


class NumbersTrial(Protocol):
    """Tries sets of numbers.

    Attributes:
        mean: Numbers that the search begins with, shape (numbers,).
        spread: Their standard deviation at the beginning, same shape.
        good: What the second result of :meth:`tried` is called.
    """

    mean: Array
    spread: Array
    good: str

    def tried(self, rows: Array, ticks: int) -> tuple[Array, Array]:
        """Score, and whether it kept upright or kept its object, of each robot, shape (robots,) each.

        Args:
            rows: Numbers of each robot, shape (robots, numbers).
            ticks: For how many runs of the policy.
        """


class TeacherTrial(NumbersTrial, Protocol):
    """Tries sets of numbers of a teacher."""

    def teacher(self, numbers: Array) -> TeacherTask | FingerTeacherTask:
        """The teacher with other numbers, shape (numbers,)."""


class WalkTrial:
    """See :class:`TeacherTrial`; a walk by rules."""

    good = "upright"

    def __init__(self, robot: RobotSpec, task: TrainingTask, seed: int, settings: SearchSettings) -> None:
        """Builds the environment; raises DataError where the task has no teacher."""
        self._teacher = task.teacher or _no_teacher(task)
        # A teacher sees what is true: what an estimator would make of it is not looked at.
        self._environment = WalkEnvironment(robot, task.model_copy(update={"estimated": False}), seed)
        self.mean = np.array(list(self._teacher.gains.model_dump().values()))
        self.spread = settings.spread * np.maximum(np.abs(self.mean), 0.1)

    def tried(self, rows: Array, ticks: int) -> tuple[Array, Array]:
        """See :class:`TeacherTrial`."""
        environment = self._environment
        environment.restart()
        teacher = GaitTeacher(environment, self._teacher, rows)
        upright = np.ones(environment.num_envs, dtype=bool)
        reward, counted, off = np.zeros(len(upright)), np.zeros(len(upright)), np.zeros((len(upright), 3))
        settled = round(SETTLED * environment.robot.control_rate)
        for tick in range(ticks):
            told = environment.commands.command[:, :3].copy()
            _, got, done, _ = environment.step(teacher())
            upright &= ~done.numpy()
            reward += got.numpy() * upright
            if tick >= settled:
                counted += upright
                off += (environment.base_motion() - told) * upright[:, None]
        lost = np.where(counted > settled, np.abs(off / np.maximum(counted, 1.0)[:, None]) @ [1.0, 1.0, 0.3], LOST)
        lived = counted / max(1, ticks - settled)
        return 2.0 * lived + reward * environment.robot.control_rate / (ticks * 5.0) - 2.0 * lost, upright

    def teacher(self, numbers: Array) -> TeacherTask:
        """See :class:`TeacherTrial`."""
        gains = TeacherGains(**dict(zip(GAINS, np.round(numbers, 4).tolist())))
        return self._teacher.model_copy(update={"gains": gains})


class FingerTrial:
    """See :class:`TeacherTrial`; a gait or a posture of fingers, scored by the reward of the task."""

    good = "keep the object"

    def __init__(
        self, robot: RobotSpec, task: HandTrainingTask, seed: int, posture: bool = False,
        prior: PosturePrior | None = None,
    ) -> None:  # fmt: skip
        """Builds the environment.

        Args:
            robot: The hand.
            task: The task.
            seed: Seed of the worlds.
            posture: Whether a posture is searched, the first number of each joint's five; else a gait.
            prior: A posture is searched in the numbers of this; None: in all joints.

        Raises:
            DataError: The task has no teacher.
        """
        self._teacher = task.teacher or _no_teacher(task)
        self._environment = HandEnvironment(robot, task, seed)
        self._joints = robot.joint_names
        gait = np.array([self._teacher.joints.get(name, (0.0,) * 5) for name in self._joints])
        spread = (POSTURE_SPREAD,) if posture else FINGER_SPREAD
        self.mean = gait[:, : len(spread)].ravel()
        self.spread = np.tile(spread, len(self._joints))
        pose = robot.pose(task.pose)
        low, high = robot.column("lower") - pose, robot.column("upper") - pose
        self._least, self._most = np.maximum(low, -FARTHEST), np.minimum(high, FARTHEST)
        self._prior, self._pose = prior, pose
        if prior is not None:
            self.mean, self.spread = np.zeros(len(prior.spread)), prior.spread

    def tried(self, rows: Array, ticks: int) -> tuple[Array, Array]:
        """See :class:`TeacherTrial`."""
        environment = self._environment
        environment.restart()
        teacher = FingerTeacher(environment, self._teacher, self._gaits(rows))
        kept, reward = np.ones(len(rows), bool), np.zeros(len(rows))
        for _ in range(ticks):
            _, got, done, _ = environment.step(teacher())
            reward += got.numpy() * kept  # of the tick in which an object is lost too: that is its penalty
            kept &= ~done.numpy()
        return reward, kept

    def share(self, numbers: Array) -> float:
        """The share of hands that do the task by the same numbers, shape (numbers,), at the end of an episode."""
        events, hands = self._environment.task.events, self._environment.num_envs
        ticks = round(events.episode * self._environment.task.rate) - 1
        _, kept = self.tried(np.tile(numbers, (hands, 1)), ticks)
        return float((kept & self._environment.well).mean())

    def begin_with_best(self, starts: int, ticks: int, seed: int, report: Callable[[str], None]) -> None:
        """Takes the best of random postures as the mean to begin with; each is tried by three hands at the same time.

        Args:
            starts: How many.
            ticks: For how many runs of the policy.
            seed: Seed of the postures.
            report: Takes one line in the end.
        """
        rng, many = np.random.default_rng(seed), self._environment.num_envs
        drawn = rng.uniform(self._least, self._most, (max(1, starts * 3 // many) * (many // 3), len(self._joints)))
        scores: list[Array] = []
        for batch in np.split(drawn, len(drawn) // (many // 3)):
            rows = np.concatenate([np.repeat(batch, 3, axis=0), np.repeat(batch[-1:], many % 3, axis=0)])
            scores += [self.tried(rows, ticks)[0][: 3 * len(batch)].reshape(-1, 3).mean(axis=1)]
        score = np.concatenate(scores)
        self.mean = drawn[score.argmax()]
        report(f"best of {len(drawn)} random postures {score.max():.3f}, median {np.median(score):.3f}")

    def teacher(self, numbers: Array) -> FingerTeacherTask:
        """See :class:`TeacherTrial`."""
        rows = np.round(self._gaits(numbers[None])[0], 3).tolist()
        return self._teacher.model_copy(update={"joints": dict(zip(self._joints, map(tuple, rows)))})

    def _gaits(self, rows: Array) -> Array:
        """Numbers as gaits, shape (n, joints, 5)."""
        rows = rows if self._prior is None else self._prior.postures(rows) - self._pose
        told = rows.reshape(len(rows), len(self._joints), -1)
        return np.pad(told, ((0, 0), (0, 0), (0, 5 - told.shape[2])))


def _no_teacher(task: TrainingTask | HandTrainingTask) -> NoReturn:
    raise DataError(f"{task.robot}/{task.skill}: train.yaml has no 'teacher' whose numbers could be searched")


def search(
    robot: RobotSpec,
    task: TrainingTask | HandTrainingTask,
    seed: int,
    settings: SearchSettings,
    report: Callable[[str], None],
    prior: PosturePrior | None = None,
) -> TeacherTask | FingerTeacherTask:
    """Searches; returns the mean of the last generation.

    Args:
        robot: The robot.
        task: The task; its teacher is where the search begins.
        seed: Seed of worlds and candidates.
        settings: Settings of the search.
        report: Takes one line per generation.
        prior: Numbers in which a posture of a hand is searched; None: in all joints.

    Raises:
        DataError: The task has no teacher, or fewer robots than there are candidates.
    """
    trial: TeacherTrial
    if isinstance(task, HandTrainingTask):
        trial = FingerTrial(robot, task, seed, settings.starts > 0, prior)
        if settings.starts:
            trial.begin_with_best(settings.starts, settings.ticks, seed, report)
    elif settings.starts or prior is not None:
        raise DataError(f"{task.robot}/{task.skill}: random and known postures (--starts, --known) are those of hands")
    else:
        trial = WalkTrial(robot, task, seed, settings)
    return trial.teacher(improve(trial, task.ppo.robots, seed, settings, report))


def improve(
    trial: NumbersTrial, robots: int, seed: int, settings: SearchSettings, report: Callable[[str], None],
    enough: Callable[[Array], bool] = lambda mean: False,
) -> Array:  # fmt: skip
    """The mean of the last generation, shape (numbers,).

    Args:
        trial: Tries the numbers.
        robots: How many robots it has.
        seed: Seed of the candidates.
        settings: Settings of the search.
        report: Takes one line per generation.
        enough: Whether the mean of a generation ends the search.

    Raises:
        DataError: There are fewer robots than candidates.
    """
    if robots < settings.candidates:
        raise DataError(f"{robots} robots are too few for {settings.candidates} candidates")
    rng, mean, spread = np.random.default_rng(seed), trial.mean, trial.spread
    entropy = CrossEntropy(max(2, round(ELITE * settings.candidates)), KEPT, KEPT, LEAST)
    each = robots // settings.candidates
    for generation in range(settings.generations):
        drawn = entropy.drawn(mean, spread, settings.candidates, rng)
        rows = np.repeat(drawn, each, axis=0)
        rows = np.concatenate([rows, np.repeat(rows[-1:], robots - len(rows), axis=0)])
        results = trial.tried(rows, settings.ticks)
        score, upright = (one[: each * len(drawn)].reshape(len(drawn), each).mean(axis=1) for one in results)
        best = entropy.best(score)
        mean, spread = entropy.moved(mean, spread, drawn[best])
        report(
            f"generation {generation + 1:3d} of {settings.generations}  best {score[best[0]]:.3f}  "
            f"median {np.median(score):.3f}  "
            f"{upright[best].mean():.0%} of the best {trial.good}, "
            f"{upright.mean():.0%} of all"
        )
        if enough(mean):
            break
    return mean


def search_parser(
    name: str, description: str, example: str, skill: str, settings: SearchSettings, seconds: int
) -> Parser:
    """A parser that takes a robot, one of its skills, and how long and wide a search for it is.

    Args:
        name: Of the module under ``skill_stack.training``.
        description: What it does.
        example: Arguments that work.
        skill: Which skills it is for.
        settings: What is not named.
        seconds: What a generation takes, s.
    """
    parser = skill_parser(name, description, example, skill)
    long, wide, ticks = settings.generations, settings.candidates, settings.ticks
    parser.add_argument(
        "--generations", type=int, default=long, help=f"(default: {long}; each takes some {seconds} s)"
    )
    parser.add_argument("--candidates", type=int, default=wide, help=f"per generation (default: {wide})")
    parser.add_argument(
        "--ticks", type=int, default=ticks, help=f"runs of the policy that each is tried (default: {ticks})"
    )
    parser.add_argument("--seed", type=int, default=1)
    return parser


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = search_parser(
        "teacher_search",
        "Search for the numbers by which a task's teacher moves; prints them as YAML for train.yaml.",
        "g1 walk --generations 15",
        "a skill whose train.yaml has a teacher",
        SearchSettings(),
        15,
    )
    posture = parser.add_mutually_exclusive_group()
    text = "search a posture of a hand, from the best of so many random ones"
    posture.add_argument("--starts", type=int, default=0, help=text)
    text = "search a posture in so many principal components of those of the hand's other skills"
    posture.add_argument("--known", type=int, default=0, metavar="N", help=text)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    settings = SearchSettings(options.generations, options.candidates, options.ticks, starts=options.starts)
    prior = fit(known_postures(robot, resources, (options.skill,)), options.known) if options.known else None
    found = search(robot, load_any_task(folder), options.seed, settings, timed_lines(), prior)
    print(yaml.safe_dump({"teacher": found.model_dump(mode="json")}, sort_keys=False, default_flow_style=None), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
