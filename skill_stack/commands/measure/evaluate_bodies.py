"""``skill-stack eval bodies``: whole-body tasks by blended primitives, by switched ones, and from scratch."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill_stack.commands.common import note, print_json
from skill_stack.commands.workers import measured_rows
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.skills.skill_results import write_results
from skill_stack.evaluation.bodies.body_scenes import body_scene
from skill_stack.evaluation.bodies.body_suite import (
    MEASURED,
    BodySuite,
    body_figures,
    job_name,
    load_body_suite,
    skill_results,
)
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.episode_log import Row, RowLog
from skill_stack.evaluation.measured import code_of, commit_here, version_from

if TYPE_CHECKING:
    from skill_stack.runtime.bodies.body_episodes import BodyEpisodes

THROUGH = "bodies"
"""Value of ``through`` in such a suite."""
MOVING = ("connector", "controllers", "hardware/mujoco", "runtime/bodies", "runtime/line", "evaluation/bodies")
"""Parts of the stack that an episode depends on."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Runs every task by every method with every seed that was not run before.

    Returns 0 when enough tasks are done often enough by the first method, 1 when not.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``task`` (a task, or ``task/method``), ``json``, ``workers``, ``fresh`` and
            ``into``.
        found: Where robots are, and where results are kept.

    Raises:
        UnknownName: There is no such task in the suite.
    """
    suite = load_body_suite(file)
    jobs = _jobs(suite, options.task)
    log = RowLog(found.writable_folder("eval") / f"{suite.name}.jsonl", options.fresh)
    versions = {job: _version(suite, job.split("/")[1], found) for job in jobs}
    numbers = seeds or suite.seeds
    wanted = [(job, seed) for job in jobs for seed in numbers]
    rows = measured_rows(_episode, file, wanted, versions, log, options.workers)
    episodes = {key: Episode.from_json(row) for key, row in rows.items()}
    results = {job: body_figures([one for (name, _), one in episodes.items() if name == job]) for job in jobs}
    good = _good(suite, results)
    if options.into is not None:
        _save(options.into, suite, episodes, versions)
    if options.json:
        print_json({"suite": suite.name, "commit": commit_here(), "seeds": [min(numbers), max(numbers)],
                    "tasks_done": good, "results": results})  # fmt: skip
    else:
        _tell(suite, results, good)
    return 0 if len(good) >= suite.least else 1


def _jobs(suite: BodySuite, chosen: list[str]) -> list[str]:
    """Names of tasks by methods that are to be run."""
    every = {job_name(task, method): task for task in suite.tasks for method in suite.methods}
    for name in chosen:
        if name not in every and name not in suite.tasks:
            raise UnknownName("task", name, [*suite.tasks, *every])
    return [job for job, task in every.items() if not chosen or job in chosen or task in chosen]


def _good(suite: BodySuite, results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Tasks that are done often enough by the method that is judged."""
    judged = {task: results.get(job_name(task, suite.methods[0])) for task in suite.tasks}
    return [task for task, row in judged.items() if row is not None and row["share"] >= suite.enough]


def _save(
    folder: Path, suite: BodySuite, episodes: Mapping[tuple[str, int], Episode], versions: Mapping[str, str]
) -> None:
    """Writes what the judged method did beside the skills that did it, where all tasks of a skill were run.

    Raises:
        DataError: The folder has no such skill, or cannot be written to.
    """
    from skill_stack.runtime.bodies.body_truth import skill_of

    skills: dict[str, list[str]] = {}
    for task in suite.tasks:
        skills.setdefault(skill_of(body_scene(task, 0, suite.robot)), []).append(task)
    for skill, tasks in skills.items():
        jobs = {task: job_name(task, suite.methods[0]) for task in tasks}
        mine = {task: [one for (name, _), one in episodes.items() if name == job] for task, job in jobs.items()}
        if all(mine.values()):
            results = skill_results(suite, mine, versions[jobs[tasks[0]]])
            note(f"wrote {write_results(folder / skill, results)}")
        else:
            note(f"'{skill}' is not written: not all of {', '.join(tasks)} were run by '{suite.methods[0]}'")


def _episode(file: Path, name: str, seed: int) -> Row:
    """One episode in a worker."""
    suite = load_body_suite(file)
    task, method = name.split("/")
    return _episodes(suite.robot, suite.clips).run(task, method, seed).to_json()


@cache
def _episodes(robot: str, clips: tuple[str, ...]) -> BodyEpisodes:
    """What the episodes in one process share."""
    from skill_stack.runtime.bodies.body_episodes import BodyEpisodes

    return BodyEpisodes(Resources.from_environment(os.environ), robot, clips)


def _version(suite: BodySuite, method: str, found: Resources) -> str:
    """Version of the measurement of a method: robot, skills, its network, and the code that moves and judges."""
    shown = suite.model_dump(mode="json", include={"robot", "clips"})
    others = {f"{name}.npz" for name in suite.methods if name != method} | {"figures.json"}
    beside = (path for skill in found.skills(suite.robot) for path in skill.glob("*") if path.is_file())
    skills = sorted(path for path in beside if path.name not in others)
    files = (found.robot(suite.robot) / "robot.yaml", *code_of(MOVING), *skills)
    return version_from(json.dumps(shown, sort_keys=True), files)


def _tell(suite: BodySuite, results: Mapping[str, Mapping[str, Any]], good: list[str]) -> None:
    """A line for each task and method."""
    heads = "".join(f"{name:>20}" for name in MEASURED)
    print(f"{'task by method':24}{'done':>12}{'interval':>17}{'falls':>7}{heads}")
    for job, row in results.items():
        low, high = row["interval"]
        counts = f"{row['done']} of {row['episodes']}"
        print(f"{job:24}{counts:>12}{f'{low:.2f} to {high:.2f}':>17}{row['falls']:7}"
              + "".join(f"{row[name]:20.3f}" if name in row else f"{'':20}" for name in MEASURED))  # fmt: skip
    print(f"{len(good)} of {len(suite.tasks)} tasks done by '{suite.methods[0]}' in at least {suite.enough:.0%}")
