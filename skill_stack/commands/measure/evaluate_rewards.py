"""``skill-stack eval rewards``: motions that no skill has, planned by sampling in robots that differ from its model."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill_stack.commands.common import print_json
from skill_stack.commands.workers import Job, measured_rows
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.episode_log import Row, RowLog
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.measured import code_of, commit_here, version_from
from skill_stack.evaluation.reward_suite import MotionTask, RewardSuite, load_reward_suite
from skill_stack.planner.planner import Planner

if TYPE_CHECKING:
    from skill_stack.runtime.episodes.rewards.line_episode import LineMotions

THROUGH = "rewards"
"""Value of ``through`` in such a suite."""
MOVING = ("core/rewards", "motion/sampling", "hardware/mujoco", "runtime/episodes/rewards")
"""Parts of the stack that a motion depends on."""
LINE = ("motion/words", "connector", "controllers", "runtime/planned_motion", "runtime/line")
"""Further ones where it goes through the whole line."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Runs every motion with every seed that was not run before.

    Returns 0 when every task reached the suite's share, 1 when one did not.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``task``, ``json``, ``workers`` and ``fresh``.
        found: Where robots are, and where results are kept.

    Raises:
        UnknownName: There is no such task in the suite.
    """
    suite = load_reward_suite(file)
    tasks = [suite.task(name) for name in options.task] or list(suite.tasks)
    log = RowLog(found.writable_folder("eval") / f"{suite.name}.jsonl", options.fresh)
    versions = {task.name: version_of(suite, task, found) for task in tasks}
    numbers = seeds or suite.seeds
    jobs = [(task.name, seed) for task in tasks for seed in numbers]
    measured = measured_rows(_episode, file, jobs, versions, log, options.workers)
    rows = {job: Episode.from_json(row) for job, row in measured.items()}
    alone = {task.name: _alone(suite, task, numbers, found) for task in tasks}
    results = [_result(suite, task, rows) | {"library": alone[task.name]} for task in tasks]
    _tell(suite, results, options.json)
    return 0 if all(result["done"] for result in results) else 1


def _episode(file: Path, name: str, seed: int) -> Row:
    """One episode in a worker."""
    from skill_stack.runtime.episodes.rewards.reward_episode import run_reward_task

    suite, found = load_reward_suite(file), Resources.from_environment(os.environ)
    task = suite.task(name)
    if suite.worlds[task.robot].line:
        return _line_motions(task.robot).run(suite, task, seed).to_json()
    return run_reward_task(load_robot(found.robot(task.robot), found), suite, task, seed).to_json()


@cache
def _line_motions(name: str) -> LineMotions:
    """What the episodes of a robot share in one process."""
    from skill_stack.runtime.episodes.rewards.line_episode import LineMotions

    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot(name), found)
    return LineMotions(robot, load_library(found, robot))


def _alone(suite: RewardSuite, task: MotionTask, seeds: Sequence[int], found: Resources) -> dict[str, Any]:
    """What the robot's skills make of the same words in the same worlds."""
    from skill_stack.runtime.episodes.rewards.library_episode import run_library_task

    robot = load_robot(found.robot(task.robot), found)
    planner = _planner(robot, found)
    first = run_library_task(robot, planner, suite, task, seeds[0])
    if first.simulated_seconds == 0.0:  # words have no plan, whatever the world
        return {"successes": 0, "reason": first.reason}
    rest = [run_library_task(robot, planner, suite, task, seed) for seed in seeds[1:]]
    failures = [each.reason for each in (first, *rest) if not each.passed]
    return {"successes": len(seeds) - len(failures), "reason": failures[0] if failures else ""}


def _planner(robot: RobotSpec, found: Resources) -> Planner:
    """A planner without skills that plan their motion while they run."""
    library = load_library(found, robot)
    kept = {
        name: entry for name, entry in library.entries.items() if entry.spec is None or entry.spec.kind != "sampled"
    }
    return Planner(replace(library, entries=kept))


def version_of(suite: RewardSuite, task: MotionTask, found: Resources) -> str:
    """Version of a task's measurement: the task, its worlds, its robot, and the code that moves it."""
    parts = [suite.model_dump(mode="json", exclude={"tasks", "worlds"}), task.model_dump(mode="json")]
    parts.append(suite.worlds[task.robot].model_dump(mode="json"))
    more: tuple[Path, ...] = ()
    if suite.worlds[task.robot].line:  # then words, skills and the rest of the line move it too
        more = (*code_of(LINE), *sorted(path for skill in found.skills(task.robot) for path in skill.glob("*.*")))
    files = (found.robot(task.robot) / "robot.yaml", *code_of(MOVING), *more)
    return version_from(json.dumps(parts, sort_keys=True), files)


def _result(suite: RewardSuite, task: MotionTask, rows: Mapping[Job, Episode]) -> dict[str, Any]:
    """The figures of one task."""
    episodes = [episode for episode in rows.values() if episode.task == task.name]
    successes = sum(episode.passed for episode in episodes)
    times = sorted(episode.measured["at"] for episode in episodes if episode.passed)
    return {
        "task": task.name,
        "robot": task.robot,
        "words": task.words,
        "episodes": len(episodes),
        "successes": successes,
        "interval": [round(end, 4) for end in success_interval(successes, len(episodes))],
        "done": successes >= suite.enough * len(episodes),
        "median_seconds": round(times[len(times) // 2], 2) if times else None,
        "failures": [{"seed": each.seed, "reason": each.reason} for each in episodes if not each.passed],
    }


def _tell(suite: RewardSuite, results: list[dict[str, Any]], as_json: bool) -> None:
    """The counts of every task."""
    done = sum(result["done"] for result in results)
    if as_json:
        print_json({"suite": suite.name, "commit": commit_here(), "done": done, "tasks": results})
        return
    for result in results:
        low, high = result["interval"]
        mark = "done" if result["done"] else "falls short"
        after = "" if result["median_seconds"] is None else f"after {result['median_seconds']:.1f} s"
        print(
            f"{result['task']:18} {result['successes']:3} of {result['episodes']:3}  {low:.2f} to {high:.2f}  "
            f"{mark:12} {after:14} skills alone {result['library']['successes']:3}   {result['words']}"
        )
    print(f"{done} of {len(results)} motions done in at least {suite.enough:.0%} of their seeds")
