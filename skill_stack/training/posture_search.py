"""A search for the key-frames of a posture skill: ``python -m skill_stack.training.posture_search go2 get_up --plain``.

The cross-entropy method (Rubinstein, 1999) looks for joint positions of poses and for durations. A candidate is tried
as the evaluation runs the skill's task of ``config/scenarios/ROBOT.yaml``, in worlds of other seeds. It is scored by
what the task demands at the end and by how soon it was there. With ``--plain`` nothing but the number of key-frames
and their gains is known at first. What was found after each generation is in ``--out``, from which the same command
goes on.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from skill_stack.core.arguments import command_line
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill import PosturePart
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.record import JUDGED, SETTLING
from skill_stack.evaluation.suite import load_suite
from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes
from skill_stack.training.keyframe_numbers import KeyframeNumbers, PostureSearchSettings, load_settings
from skill_stack.training.skill_parser import named
from skill_stack.training.teacher_search import SearchSettings, improve, search_parser
from skill_stack.training.timed_lines import timed_lines

Array = np.ndarray

FIRST_SEED = 3_000_000
"""Seeds of worlds from here on are for searching; suites judge by small ones."""
SEARCHES = 100_000
"""Seeds of worlds from one seed of a search to the next."""
SPREAD = {True: (0.25, 0.25), False: (0.03, 0.1)}
"""Standard deviation at first where nothing is known, and where something is: of a joint as a share of its range, and
of a duration, s."""
NEARER = 0.3
"""Factor on that standard deviation around the best of some random numbers: a mean of several good ones is none."""
PATIENCE = 10
"""Worlds that are looked at for each that tells something."""
TIME = 0.5
"""What the whole time costs; each demand costs the logarithm of 1 and how far it is off, as a share of its limit."""


class PostureTrial:
    """See :class:`skill_stack.training.teacher_search.NumbersTrial`; numbers of key-frames.

    Attributes:
        numbers: What they are.
    """

    good = "did it"

    def __init__(
        self, robot: RobotSpec, resources: Resources, skill: str, settings: PostureSearchSettings, seed: int,
        each: int, plain: bool,
    ) -> None:  # fmt: skip
        """Finds the task and begins with the skill's numbers, or with none that are known.

        Args:
            robot: The robot.
            resources: Where its skills and scenarios are.
            skill: The posture skill.
            settings: What is searched.
            seed: Of the search.
            each: Worlds in which a candidate is tried; all candidates of a generation in the same ones.
            plain: Begin with nothing that is known.

        Raises:
            DataError: The skill has no key-frames or no task.
            UnknownName: There is no such skill, or one of its poses is not there.
        """
        suite = load_suite(resources.find(f"config/scenarios/{robot.name}.yaml", "suite"))
        self.numbers = KeyframeNumbers(robot, load_library(resources, robot), skill, settings)
        task = next((task for task in suite.tasks if task.skill == skill), None)
        if task is None:
            raise DataError(f"config/scenarios/{robot.name}.yaml has no task for '{skill}' by which to judge")
        self._task = task.model_copy(update={"seconds": None})  # who is done is judged at once
        self._episodes = ScenarioEpisodes(resources, suite.model_copy(update={"tasks": (task,)}), time.perf_counter)
        self._rate, self._each, self._next = robot.control_rate, each, FIRST_SEED + seed * SEARCHES
        self._plain = self.numbers.plain()
        self.mean = self._plain if plain else self.numbers.of(self.numbers.posture, {})
        share, seconds = SPREAD[plain]
        span = self.numbers.upper - self.numbers.lower
        self.spread = np.where(self.numbers.is_joint, share * span, seconds)

    def tried(self, rows: Array, ticks: int) -> tuple[Array, Array]:
        """See ``NumbersTrial``; every generation has worlds of its own."""
        seconds = ticks / self._rate
        seeds = self._worlds(seconds)
        found = [self._played(row, seeds[place % self._each], seconds) for place, row in enumerate(rows)]
        return np.array([score for score, _ in found]), np.array([passed for _, passed in found])

    def begin_with_best(self, starts: int, ticks: int, seed: int) -> str:
        """Begins with the best of so many random sets of numbers, nearer around it; says how good it is.

        Args:
            starts: How many.
            ticks: For how long each is tried.
            seed: Of the numbers.
        """
        rng = np.random.default_rng([seed, starts])
        drawn = self.mean + self.spread * rng.standard_normal((starts, len(self.mean)))
        drawn = np.clip(drawn, self.numbers.lower, self.numbers.upper)
        score, passed = self.tried(np.repeat(drawn, self._each, axis=0), ticks)
        score = score.reshape(starts, self._each).mean(axis=1)
        self.mean, self.spread = drawn[score.argmax()], NEARER * self.spread
        return f"best of {starts} random {score.max():.3f}, median {np.median(score):.3f}, {passed.mean():.0%} did it"

    def _worlds(self, seconds: float) -> list[int]:
        """Seeds of the next worlds; those in which numbers that know nothing pass tell nothing."""
        found, last = list[int](), self._next + PATIENCE * self._each
        while len(found) < self._each:
            if self._next >= last:
                raise DataError(f"'{self._task.name}' is done by numbers that know nothing: there is nothing to find")
            if not self._played(self._plain, self._next, seconds)[1]:
                found.append(self._next)
            self._next += 1
        return found

    def _played(self, numbers: Array, seed: int, seconds: float) -> tuple[float, bool]:
        """Score of one episode, and whether it passed."""
        posture = self.numbers.bare(*self.numbers.applied(numbers))
        episodes = self._episodes.changed(self._task, posture=posture, timeout=seconds)
        episode, line = episodes.play(self._task, seed)
        watched = line.watched or []
        took = line.now - watched[0].task_time - SETTLING - JUDGED if watched else seconds
        costs = [math.log1p(demand.lacking(episode.measured)) for demand in self._task.success]
        return -sum(costs) - TIME * min(took / seconds, 1.0), episode.passed

    def told(self, numbers: Array) -> dict[str, Any]:
        """Numbers as ``robot.yaml`` and ``skill.yaml`` have them."""
        posture, poses = self.numbers.applied(numbers)
        plain = posture.model_dump(mode="json", exclude_defaults=True)
        return {**({"poses": poses} if poses else {}), "posture": plain}


def go_on(trial: PostureTrial, path: Path) -> None:
    """Begins a search with what is in a file that an earlier one wrote.

    Raises:
        DataError: The file is something else.
    """
    data = read_yaml(path)
    try:
        posture, poses = PosturePart.model_validate(data["posture"]), dict(data.get("poses", {}))
        trial.mean = trial.numbers.of(posture, poses)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is not what a search for '{trial.numbers.skill}' wrote: {error}") from error


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = search_parser(
        "posture_search",
        "Search for the key-frames of a posture skill; prints them as YAML for robot.yaml and skill.yaml.",
        "go2 get_up --plain --out runs/get_up.yaml",
        "a posture skill with a task in config/scenarios/ROBOT.yaml",
        SearchSettings(12, 32, 400),
        200,
    )
    parser.add_argument("--each", type=int, default=12, help="worlds in which each is tried (default: 12)")
    text = "begin with nothing known, in place of the skill's numbers"
    parser.add_argument("--plain", action="store_true", help=text)
    text = "begin with the best of so many random sets of numbers"
    parser.add_argument("--starts", type=int, default=0, metavar="N", help=text)
    parser.add_argument("--out", type=Path, help="what was found after each generation (gone on from)")
    options = parser.parse_args(arguments)
    if min(options.each, options.candidates, options.ticks) < 1:
        raise DataError("--each, --candidates and --ticks: at least 1")
    resources, robot, folder = named(options)
    trial = PostureTrial(
        robot, resources, options.skill, load_settings(folder), options.seed, options.each, options.plain
    )
    report, out = timed_lines(), options.out
    if out is not None and out.is_file():
        go_on(trial, out)
        report(f"goes on from {out}")
    elif options.starts:
        report(trial.begin_with_best(options.starts, options.ticks, options.seed))

    def kept(mean: Array) -> bool:
        """Writes the mean of a generation; none ends the search."""
        if out is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(_text(trial.told(mean)), encoding="utf-8")
        return False

    settings = SearchSettings(options.generations, options.candidates, options.ticks)
    found = improve(trial, options.candidates * options.each, options.seed, settings, report, kept)
    print(_text(trial.told(found)), end="")
    return 0


def _text(found: dict[str, Any]) -> str:
    return yaml.safe_dump(found, sort_keys=False, default_flow_style=None, width=120)


if __name__ == "__main__":
    sys.exit(main())
