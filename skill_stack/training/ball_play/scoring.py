"""Learns to score: ``python -m skill_stack.training.ball_play.scoring go2 score_goal --out runs/score --install``.

The cross-entropy method (Rubinstein, 1999) looks for the numbers by which plays are chosen. Nothing counts but whether
the ball is in the goal by the truth, and how soon. What was found is compared with the rule that it began with, and
with kicks to the mouth alone.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from skill_stack.connector.balls.goal_play import NUMBERS, numbers_of
from skill_stack.core.arguments import command_line
from skill_stack.core.errors import DataError
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import commit_here
from skill_stack.runtime.line.ball_looks import EVERY
from skill_stack.training.ball_play.goal_worlds import GoalWorlds
from skill_stack.training.ball_play.settings import GoalSettings, load_score
from skill_stack.training.figures import write_figures
from skill_stack.training.skill_parser import named, skill_parser
from skill_stack.training.teacher_search import SearchSettings, improve
from skill_stack.training.timed_lines import timed_lines

Array = np.ndarray
MEASURED_FROM = 740_000
"""Seed of the robots that are measured."""
KICKS = {name: 100.0 * (name == "kick_mouth_always") for name in NUMBERS}
"""Numbers of a player who does nothing but kick to the middle of the mouth."""
DIGITS = "%.4g"
"""How numbers are written."""
Report = Callable[[str], None]
Worlds = Callable[[int, int, int], GoalWorlds]


class GoalTrial:
    """See :class:`skill_stack.training.teacher_search.NumbersTrial`; robots play for a goal."""

    good = "stayed upright"

    def __init__(self, worlds: GoalWorlds, settings: GoalSettings) -> None:
        """Begins with the rule.

        Args:
            worlds: The robots.
            settings: The rule, and how far candidates are from it.
        """
        self._worlds, self._seconds = worlds, settings.seconds
        self.mean = numbers_of(settings.begin)
        self.spread = settings.spread * np.maximum(np.abs(self.mean), 1.0)

    def tried(self, rows: Array, ticks: int) -> tuple[Array, Array]:
        """What is left of the time when the ball is in the goal, as a share; 0 where it never is."""
        after, upright = self._worlds.tried(rows, ticks * EVERY)
        return np.maximum(0.0, 1.0 - after / self._seconds), upright


def found(worlds: Worlds, settings: GoalSettings, report: Report) -> Array:
    """The numbers that the search ends with, or those of the rule where they do better.

    Args:
        worlds: Makes robots, by how many, how many starts, and a seed.
        settings: Settings of the search.
        report: Takes progress lines.
    """
    robots, seconds = settings.candidates * settings.starts, settings.seconds
    search = SearchSettings(settings.generations, settings.candidates, round(seconds / EVERY))
    trial = GoalTrial(worlds(robots, settings.starts, settings.seed), settings)
    learnt = improve(trial, robots, settings.seed, search, report)
    values = []
    for name, numbers in (("rule", trial.mean), ("learnt", learnt)):
        some = GoalTrial(worlds(settings.chosen_by, settings.chosen_by, settings.seed + 2000), settings)
        values.append(float(some.tried(_rows(numbers, settings.chosen_by), search.ticks)[0].mean()))
        report(f"to choose by, {name}: {values[-1]:.3f}")
    return learnt if values[1] > values[0] else trial.mean


def measured(
    worlds: Worlds, settings: GoalSettings, players: Mapping[str, Array], robots: int, seed: int, report: Report
) -> dict[str, Any]:
    """How often, and after what time, players score; all with the same robots, balls and goals."""
    out: dict[str, Any] = {"commit": commit_here(), "robots": robots, "robots_seed": seed, "players": {}}
    for name, numbers in players.items():
        after, upright = worlds(robots, robots, seed).tried(_rows(numbers, robots), settings.seconds)
        within = np.isfinite(after)
        count = int(within.sum())
        median = round(float(np.median(after[within])), 1) if count else None
        interval = list(success_interval(count, robots))
        out["players"][name] = {"scored": count, "interval": interval, "median_seconds": median,
                                "fell": int((~upright).sum())}  # fmt: skip
        report(f"{name}: {count} of {robots} within {settings.seconds:g} s, median {median} s")
    return out


def install(numbers: Array, folder: Path) -> None:
    """Writes numbers as the settings of a guided skill, which end its file.

    Raises:
        DataError: Its file has no such settings.
    """
    path = folder / "skill.yaml"
    text, count = re.subn(r"(?ms)^  settings:.*", "  settings:\n" + as_settings(numbers), path.read_text("utf-8"))
    if not count:
        raise DataError(f"{path}: there are no 'settings' of 'guided' at its end")
    path.write_text(text, encoding="utf-8")


def as_settings(numbers: Array) -> str:
    """Numbers as lines of a ``skill.yaml``."""
    return "".join(f"    {name}: {DIGITS % value}\n" for name, value in zip(NUMBERS, numbers.tolist(), strict=True))


def _rows(numbers: Array, robots: int) -> Array:
    return np.repeat(numbers[None], robots, axis=0)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = skill_parser(
        "ball_play.scoring", "Look for the numbers by which a robot chooses how to play a ball into a goal.",
        "go2 score_goal --out runs/score --install", "a skill with score.yaml beside it",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("runs/score"), help="numbers and figures (gone on from)")
    parser.add_argument("--seed", type=int, help="instead of that of score.yaml")
    parser.add_argument("--measure", type=int, default=200, metavar="N", help="robots by which it is measured")
    parser.add_argument("--first", type=int, default=MEASURED_FROM, help="seed of the robots that are measured")
    parser.add_argument("--install", action="store_true", help="also put numbers and figures into the skill's folder")
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when everything requested was done."""
    options, report = parse(arguments), timed_lines()
    if options.measure < 1:
        raise DataError(f"--measure {options.measure}: at least one robot measures")
    torch.set_num_threads(1)
    resources, robot, folder = named(options)
    settings = load_score(folder)
    settings = settings if options.seed is None else settings.model_copy(update={"seed": options.seed})
    options.out.mkdir(parents=True, exist_ok=True)

    def worlds(robots: int, starts: int, seed: int) -> GoalWorlds:
        return GoalWorlds(robot, settings, resources, robots, starts, seed)

    path = options.out / "numbers.txt"
    if not path.is_file():
        np.savetxt(path, found(worlds, settings, report), DIGITS)  # what is measured is what is installed
    learnt = np.loadtxt(path)
    players = {"kicks": numbers_of(KICKS), "rule": numbers_of(settings.begin), "learnt": learnt}
    figures = {"seed": settings.seed} | measured(worlds, settings, players, options.measure, options.first, report)
    write_figures(options.out, figures)
    if options.install:
        install(learnt, folder)
        write_figures(folder, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
