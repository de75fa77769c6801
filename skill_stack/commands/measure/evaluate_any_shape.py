"""``skill-stack eval any_shape``: grasps of drawn bodies of many shapes: handed to a hand, and lifted from a table."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill_stack.commands.common import print_json
from skill_stack.commands.measure.evaluate_drawn import needs_opencv
from skill_stack.commands.workers import measured_rows
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.evaluation.episode_log import Row, RowLog
from skill_stack.evaluation.measured import code_of, commit_here, seeds_text, version_from
from skill_stack.evaluation.scores.any_shape_suite import AnyShapeSuite, load_any_shape_suite
from skill_stack.evaluation.scores.drawn_figures import by_kind, share

if TYPE_CHECKING:
    from skill_stack.runtime.handling.lift_episode import LiftEpisodes

THROUGH = "any_shape"
"""Value of ``through`` in such a suite."""
LEAST, SLOWEST = 0.6, 10.0
"""Least share of grasps of a type that hold, and longest processor time of a plan, s."""
LIFTED = {"lift": 0.7, "heading": 0.7, "half": 0.8, "cloud": 0.6}
"""Tasks on a table, with the least share of episodes that succeed."""
MOVING = ("connector", "connector/grasping", "controllers", "hardware/mujoco", "runtime/handling", "runtime/line")
"""Parts of the stack that an episode depends on."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Runs every hand and grasp with every seed, seed by seed; 0 when enough grasps of every type held.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``task`` (``<robot>/<grasp>`` or one of :data:`LIFTED`), ``json``, ``workers`` and
            ``fresh``.
        found: Where robots and skills are, and where results are kept.

    Raises:
        UnknownName: There is no such task in the suite.
    """
    suite = load_any_shape_suite(file)
    names = [*(f"{robot}/{grasp}" for robot in suite.robots for grasp in suite.grasps), *LIFTED]
    if strange := [name for name in options.task if name not in names]:
        raise UnknownName("task", strange[0], names)
    chosen = [name for name in names if not options.task or name in options.task]
    if "cloud" in chosen:
        needs_opencv()
    handed, lifted = (seeds or suite.seeds, seeds or suite.lift.seeds)
    jobs = [(name, seed) for seed in handed for name in chosen if name not in LIFTED]
    jobs += [(name, seed) for name in chosen if name in LIFTED for seed in lifted]
    log = RowLog(found.writable_folder("eval") / f"{suite.name}.jsonl", options.fresh)
    version = _version(suite, found)
    rows = list(measured_rows(_episode, file, jobs, dict.fromkeys(names, version), log, options.workers).values())
    return _tell(suite.name, rows, options.json)


def _tell(name: str, rows: list[Row], as_json: bool) -> int:
    """Prints figures; 0 when enough grasps of every type held."""
    lifts = {task: lift_figures(of) for task in LIFTED if (of := [row for row in rows if row["task"] == task])}
    handed = [row for row in rows if row["task"] not in LIFTED]
    figures = any_shape_figures(handed)
    short = [row["task"] for row in figures["tasks"] if row["successes"] < LEAST * row["episodes"]]
    short += [task for task, one in lifts.items() if one["passed"]["share"] < LIFTED[task]]
    if as_json:
        print_json({"suite": name, **figures, **lifts, "commit": commit_here(), "misses": short, "rows": rows})
        return 1 if short or not rows else 0
    for task, one in lifts.items():
        passed = one["passed"]
        print("{} {count} of {of}, {interval[0]:.3f} to {interval[1]:.3f}".format(f"{task:40}", **passed))
    if handed:
        for row in figures["tasks"]:
            print(f"{row['task']:40} {row['successes']:4} of {row['episodes']:4}")
        held, seconds = figures["held"], figures["median_seconds"]
        print(f"{held['count']} of {held['of']} held; processor time of a plan, median: {seconds} s")
    return 1 if short or not rows else 0


def any_shape_figures(rows: Iterable[Row]) -> dict[str, Any]:
    """Figures of many episodes.

    Args:
        rows: Episodes as plain data, see :class:`skill_stack.runtime.handling.any_shape_episode.AnyShapeEpisode`.
    """
    rows = list(rows)
    planned = [row for row in rows if row["depth"] is not None]
    times = sorted(row["seconds"] for row in rows)
    return {
        "held": share(sum(row["passed"] for row in rows), len(rows)),
        "planned": share(len(planned), len(rows)),
        "held_of_planned": share(sum(row["passed"] for row in planned), len(planned)),
        "fast": share(sum(one <= SLOWEST for one in times), len(times)),
        "median_seconds": times[len(times) // 2] if times else None,
        "deepest": max((row["depth"] for row in planned if row["passed"]), default=None),
        "seeds": seeds_text(sorted({row["seed"] for row in rows})) if rows else "",
        "tasks": by_kind((f"{row['robot']}/{row['grasp']}", row["passed"]) for row in rows),
        "families": by_kind((row["mesh"].split(":")[1], row["passed"]) for row in rows),
    }


def _middle(values: Iterable[float | None]) -> float | None:
    """The median of what was measured."""
    known = sorted(one for one in values if one is not None)
    return known[len(known) // 2] if known else None


def lift_figures(rows: list[Row]) -> dict[str, Any]:
    """Figures of a task on a table.

    Args:
        rows: Its episodes as plain data, see :class:`skill_stack.runtime.handling.lift_episode.LiftEpisode`.
    """
    return {
        "passed": share(sum(row["passed"] for row in rows), len(rows)),
        "families": by_kind((row["mesh"].split(":")[1], row["passed"]) for row in rows),
        "lifted": share(sum(row["lifted"] is not None for row in rows), len(rows)),
        "turned": _middle(row.get("turned") for row in rows),
        "inside": _middle(row.get("inside") for row in rows),
        "seeds": seeds_text(sorted({row["seed"] for row in rows})),
        "reasons": {row["seed"]: row["reason"] for row in rows if not row["passed"]},
    }


@cache
def _robot(name: str) -> RobotSpec:
    """A robot, loaded once in a worker process."""
    found = Resources.from_environment(os.environ)
    return load_robot(found.robot(name), found)


@cache
def _skills(name: str) -> SkillLibrary:
    """The skills of a robot, the same."""
    return load_library(Resources.from_environment(os.environ), _robot(name))


@cache
def _lifts(file: Path) -> LiftEpisodes:
    """Episodes on a table, with their planner, the same."""
    from skill_stack.runtime.handling.lift_episode import LiftEpisodes

    suite = load_any_shape_suite(file)
    return LiftEpisodes(_robot(suite.lift.robot), _skills(suite.lift.robot), suite)


def _episode(file: Path, name: str, seed: int) -> Row:
    """One episode in a worker."""
    if name in LIFTED:
        return _lifts(file).run(name, seed).to_json()
    from skill_stack.runtime.handling.any_shape_episode import run_any_shape

    suite, (robot, _, grasp) = load_any_shape_suite(file), name.partition("/")
    return {"task": name, **run_any_shape(_robot(robot), _skills(suite.skills), suite, grasp, seed).to_json()}


def _version(suite: AnyShapeSuite, found: Resources) -> str:
    """Version of the measurement: the suite, the hands, their skills, and the code that grasps and judges."""
    named = (*found.skills(suite.skills), *found.skills(suite.lift.robot))
    skills = (path for skill in named for path in skill.glob("*") if "results" not in path.name)
    robots = (found.robot(name) / "robot.yaml" for name in (*suite.robots, suite.lift.robot))
    return version_from(suite.model_dump_json(), (*robots, *code_of(MOVING), *sorted(filter(Path.is_file, skills))))
