"""``skill-stack eval`` of grasps: hands take things of many shapes from a table, and are pulled at."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from skill_stack.commands.common import note, print_json
from skill_stack.core.errors import UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robot import load_robot
from skill_stack.evaluation.grasp_suite import GraspSuite, load_grasp_suite
from skill_stack.evaluation.interval import counts, success_interval
from skill_stack.evaluation.measured import seeds_text, write_results
from skill_stack.evaluation.progress import EVERY

THROUGH = "grasps"
"""What such a suite says of ``through``."""
Row = dict[str, Any]


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Runs every grasp with every seed; 0 when all passed.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``task``, ``json``, ``workers``, ``fresh`` and ``into``.
        found: Where robots and skills are.

    Raises:
        UnknownName: There is no such grasp in the suite.
    """
    suite = load_grasp_suite(file)
    names = [task.grasp for task in suite.tasks]
    for name in options.task:
        if name not in names:
            raise UnknownName("grasp", name, names)
    wanted = [name for name in names if not options.task or name in options.task]
    numbers = seeds or tuple(range(suite.seeds[0], suite.seeds[1] + 1))
    log = found.writable_folder("eval") / f"{suite.name}.jsonl"
    version = _version(file, suite, found)
    rows = {} if options.fresh else _read(log, version)
    missing = [(name, seed) for name in wanted for seed in numbers if (name, seed) not in rows]
    with log.open("a", encoding="utf-8") as out:
        for row in _measured(file, missing, options.workers or 1):
            rows[row["grasp"], row["seed"]] = row
            out.write(json.dumps({"version": version, **row}) + "\n")
            out.flush()
    results = {name: _result(suite, name, [rows[name, seed] for seed in numbers], version) for name in wanted}
    if options.into is not None:
        for name, result in results.items():
            write_results(options.into / f"grasp_{name}", result)
    _tell(suite, results, options.json)
    return 0 if all(result["successes"] == result["episodes"] for result in results.values()) else 1


def _measured(file: Path, jobs: list[tuple[str, int]], workers: int) -> Iterator[Row]:
    """Episodes as they end."""
    began = told = time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        waiting = [pool.submit(_episode, file, name, seed) for name, seed in jobs]
        for number, future in enumerate(as_completed(waiting), 1):
            row = future.result()
            yield row
            if time.monotonic() - told > EVERY or not row["passed"]:
                told = time.monotonic()
                left = (told - began) / number * (len(jobs) - number)
                word = "passed" if row["passed"] else f"FAILED: {row['reason']}"
                note(f"{number} of {len(jobs)}, {left / 60:.0f} min left; {row['grasp']} seed {row['seed']}: {word}")


_LOADED: dict[Path, Any] = {}  # of a worker process


def _episode(file: Path, name: str, seed: int) -> Row:
    """One episode in a worker."""
    from skill_stack.core.skill_library import load_library
    from skill_stack.runtime.grasp_episode import run_grasp

    if file not in _LOADED:
        found, suite = Resources.from_environment(os.environ), load_grasp_suite(file)
        robot = load_robot(found.robot(suite.robot), found)
        _LOADED[file] = (suite, robot, load_library(found, robot))
    suite, robot, library = _LOADED[file]
    task = next(task for task in suite.tasks if task.grasp == name)
    return run_grasp(robot, library, suite, task, seed).to_json()


def _result(suite: GraspSuite, name: str, rows: list[Row], version: str) -> dict[str, Any]:
    """What is written beside a skill."""
    successes = sum(row["passed"] for row in rows)
    low, high = success_interval(successes, len(rows))
    moved = sorted(row["moved"] for row in rows if row["passed"])
    reasons: dict[str, int] = {}
    for row in rows:
        if not row["passed"]:
            kind = row["reason"].split(" by ")[0]
            reasons[kind] = reasons.get(kind, 0) + 1
    return {
        "suite": suite.name,
        "task": name,
        "episodes": len(rows),
        "successes": successes,
        "interval": [round(low, 4), round(high, 4)],
        "confidence": 0.95,
        "counts": counts(successes, len(rows)),
        "success": [f"lifted >= {suite.lifted} m", f"moved <= {suite.moved} m while pulled at with {suite.pull} N"],
        "failures": reasons,
        "moved": {"median": round(moved[len(moved) // 2], 4), "largest": round(moved[-1], 4)} if moved else {},
        "seeds": seeds_text([row["seed"] for row in rows]),
        "version": version,
    }


def _tell(suite: GraspSuite, results: dict[str, dict[str, Any]], as_json: bool) -> None:
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


def _version(file: Path, suite: GraspSuite, found: Resources) -> str:
    """What was measured: suite, robots and their skills."""
    robot = load_robot(found.robot(suite.robot), found)
    files = [file]
    for name in (robot.name, *(member.name for member in robot.mounted.values())):
        files += sorted(found.robot(name).glob("*.yaml"))
        files += [folder / "skill.yaml" for folder in found.skills(name) if folder.name[:6] != "grasp_"]
    digest = hashlib.sha256()
    for each in files:
        digest.update(each.read_bytes())
    return digest.hexdigest()[:12]


def _read(log: Path, version: str) -> dict[tuple[str, int], Row]:
    """Episodes that were measured before with the same version."""
    rows: dict[tuple[str, int], Row] = {}
    if log.is_file():
        for line in log.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row.pop("version") == version:
                rows[row["grasp"], row["seed"]] = row
    return rows
