"""``skill-stack eval`` of a hand: gestures, grasps, holding and release, each with pushes or pulls."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from skill_stack.commands.common import note, print_json
from skill_stack.commands.workers import measured_rows
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.grasp import GraspBook
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import SkillLibrary, load_library
from skill_stack.core.skills.skill_results import write_results
from skill_stack.evaluation.episode_log import Row, RowLog
from skill_stack.evaluation.hand_suite import IN_PALM, OPEN, HandSuite, load_hand_suite
from skill_stack.evaluation.interval import CONFIDENCE, counts, success_interval
from skill_stack.evaluation.measured import commit_here, seeds_text, spread_of
from skill_stack.runtime.episodes.scenario_version import skills_behind, version_name

THROUGH = "hand"
"""Value of ``through`` in such a suite."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Runs every skill with every seed; 0 when all passed.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``task``, ``json``, ``workers``, ``fresh`` and ``into``.
        found: Where robots and skills are.

    Raises:
        UnknownName: There is no such skill in the suite.
    """
    suite = load_hand_suite(file)
    wanted = _wanted(suite, options.task)
    numbers = seeds or tuple(range(suite.seeds[0], suite.seeds[1] + 1))
    log = RowLog(found.writable_folder("eval") / f"{suite.name}.jsonl", options.fresh)
    now = HandVersions(suite, found)
    versions = {name: now.version_of(name) for name in wanted}
    jobs = [(name, seed) for name in wanted for seed in numbers]
    rows = measured_rows(_episode, file, jobs, versions, log, options.workers)
    results = {name: _result(suite, name, [rows[name, seed] for seed in numbers], versions[name]) for name in wanted}
    if options.into is not None:
        for name, result in results.items():
            note(f"wrote {write_results(_folder(options.into, name, suite), result)}")
    _tell(suite, results, options.json)
    return 0 if all(result["successes"] == result["episodes"] for result in results.values()) else 1


def _wanted(suite: HandSuite, asked: list[str]) -> list[str]:
    """The requested skills, or all, in the suite's order."""
    names = [task.skill for task in suite.tasks]
    for name in asked:
        if name not in names:
            raise UnknownName("skill", name, names)
    return [name for name in names if not asked or name in asked]


_LOADED: dict[tuple[Path, str], Any] = {}  # of a worker process


def _episode(file: Path, name: str, seed: int) -> Row:
    """One episode in a worker."""
    from skill_stack.core.skills.skill_library import load_library
    from skill_stack.runtime.episodes.hand_episode import run_hand_task

    suite = load_hand_suite(file)
    task = suite.task(name)
    key = (file, suite.robot_of(task))
    if key not in _LOADED:
        found = Resources.from_environment(os.environ)
        robot = load_robot(found.robot(key[1]), found)
        _LOADED[key] = (robot, load_library(found, robot))
    robot, library = _LOADED[key]
    return run_hand_task(robot, library, suite, task, seed).to_json()


def _folder(into: Path, skill: str, suite: HandSuite) -> Path:
    """Folder of a skill: among the named ones, else among those of the suite's robot."""
    return into / skill if (into / skill).is_dir() else into.parent / suite.robot / skill


def _result(suite: HandSuite, name: str, rows: list[Row], version: str) -> dict[str, Any]:
    """What is written beside a skill."""
    successes, task = sum(row["passed"] for row in rows), suite.task(name)
    return {
        "suite": suite.name,
        "task": name,
        "episodes": len(rows),
        "successes": successes,
        "interval": [round(end, 4) for end in success_interval(successes, len(rows))],
        "confidence": CONFIDENCE,
        "counts": counts(successes, len(rows)),
        "success": list(suite.success[task.kind]),
        "conditions": suite.worlds(task),
        "body": suite.robot_of(task),
        "seeds": seeds_text([row["seed"] for row in rows]),
        "version": version,
        "commit": commit_here(),
        "figures": spread_of([row["measured"] for row in rows]),
        "failures": [{"seed": row["seed"], "reason": row["reason"]} for row in rows if not row["passed"]],
    }


def _tell(suite: HandSuite, results: dict[str, dict[str, Any]], as_json: bool) -> None:
    """The counts of every grasp."""
    if as_json:
        episodes, successes = (sum(result[key] for result in results.values()) for key in ("episodes", "successes"))
        interval = list(success_interval(successes, episodes))
        tasks = list(results.values())
        print_json(
            {"suite": suite.name, "episodes": episodes, "successes": successes, "interval": interval, "tasks": tasks}
        )
        return
    for name, result in results.items():
        low, high = result["interval"]
        mark = "counts" if result["counts"] else "falls short"
        print(f"{name:24} {result['successes']:4} of {result['episodes']:4}  {low:.3f} to {high:.3f}  {mark}")


class HandVersions:
    """Versions of a suite's measurements; each robot and its skills are read once.

    Args:
        suite: The suite.
        found: Where robots and skills are.
    """

    def __init__(self, suite: HandSuite, found: Resources) -> None:
        self._suite, self._found = suite, found
        self._robots: dict[str, tuple[list[Any], list[GraspBook], SkillLibrary]] = {}

    def version_of(self, name: str) -> str:
        """Version of a skill: suite, robots and the skills that it runs, without other tasks and grasps."""
        task = self._suite.task(name)
        robots, grasps, library = self._robot(self._suite.robot_of(task))
        others = {each for each in library.entries if not each.startswith("grasp_")}
        mine: Any = {"pads": True, "bodies": True, "templates": {task.grasp}}
        said = {
            "suite": self._suite.model_dump(mode="json", exclude={"tasks", "hand"}, exclude_defaults=True),
            "task": task.model_dump(mode="json", exclude_defaults=True),
            "robots": robots,
            "grasps": [book.model_dump(mode="json", include=mine) for book in grasps if task.grasp],
            "skills": skills_behind(library, {name, OPEN, *task.before} if task.kind in IN_PALM else {name, *others}),
        }
        return version_name(said)

    def _robot(self, name: str) -> tuple[list[Any], list[GraspBook], SkillLibrary]:
        """What is said of a robot and of those that it is made of, their grasps, and its skills."""
        if name not in self._robots:
            robot = load_robot(self._found.robot(name), self._found)
            members = (robot, *robot.mounted.values())
            files = [file for member in members for file in sorted(self._found.robot(member.name).glob("*.yaml"))]
            said = [read_yaml(file) for file in files if file.name != "grasps.yaml"]
            grasps = [member.grasps for member in members if member.grasps is not None]
            self._robots[name] = said, grasps, load_library(self._found, robot)
        return self._robots[name]
