"""``skill-stack eval --compare`` and ``--against``: two versions on the same seeds."""

from __future__ import annotations

import argparse
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from skill_stack.commands.common import note, print_json
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.evaluation.comparison import Comparison, compare_all, outcomes_of_report, summary
from skill_stack.evaluation.sequential import SequentialTest
from skill_stack.evaluation.suite import Suite, seeds_of
from skill_stack.evaluation.suite_run import SuiteResult, jobs_of, run_suite

BLOCK = 10
"""Seeds that both versions run between two tests."""
DATA = ("models", "urdf", "config")
"""Folders that define a version."""
CHECKOUT = Path(__file__).resolve().parents[3]


def reports(first: Path, second: Path, as_json: bool) -> int:
    """Compares two reports; 0 unless the second is worse.

    Raises:
        DataError: One of them is no report, or they have no episode in common.
    """
    return _tell(compare_all(_read(first), _read(second), "both"), as_json)


def _read(path: Path) -> dict[tuple[str, int], bool]:
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}") from error
    return outcomes_of_report(data, path)


def against(suite: Suite, version: str, found: Resources, options: argparse.Namespace) -> int:
    """Runs this version and another one on the same seeds until decided, or the seeds are used up.

    Args:
        suite: The suite.
        version: A report of ``eval --json``, a folder with ``models/``, or a git revision of the checkout.
        found: Where this version's data are.
        options: Options of the command line.

    Returns:
        0 unless this version is worse.

    Raises:
        SkillStackError: There is no such version, or an episode cannot be run.
    """
    if version.endswith(".json"):
        return _against_report(suite, _read(Path(version)), found, options)
    with other_version(version, found) as other:
        jobs = jobs_of(suite, seeds_of(options.seeds) if options.seeds else (), options.task)
        seeds = list(dict.fromkeys(seed for _, seed in jobs))
        mine, theirs = dict[tuple[str, int], bool](), dict[tuple[str, int], bool]()
        test = SequentialTest()
        for at in range(0, len(seeds), BLOCK):
            block = [job for job in jobs if job[1] in seeds[at : at + BLOCK]]
            before, now = _block(suite, block, other, options), _block(suite, block, found, options)
            theirs |= before
            mine |= now
            for key in sorted(before, key=lambda key: (key[1], key[0])):
                test.add(before[key], now[key])
            note(f"{min(at + BLOCK, len(seeds))} of {len(seeds)} seeds: won {test.won}, lost {test.lost}, "
                 f"any-time p {test.p_value:.3f}")  # fmt: skip
            if test.verdict != "undecided":
                note("that decides it; further seeds are not needed")
                break
    return _tell(compare_all(theirs, mine, suite.name), options.json)


def _against_report(
    suite: Suite, before: dict[tuple[str, int], bool], found: Resources, options: argparse.Namespace
) -> int:
    known = {task.name for task in suite.tasks}
    jobs = jobs_of(suite, seeds_of(options.seeds) if options.seeds else (), options.task)
    common = [job for job in jobs if (job[0].name, job[1]) in before]
    if not common:
        tasks = ", ".join(sorted({name for name, _ in before} & known)) or "none of this suite"
        raise DataError(f"the report has no episode with these tasks and seeds; its tasks: {tasks}")
    return _tell(compare_all(before, _block(suite, common, found, options), suite.name), options.json)


def _block(
    suite: Suite, jobs: list[Any], found: Resources, options: argparse.Namespace
) -> dict[tuple[str, int], bool]:
    """Outcomes of some jobs with one version; stored as every measurement is."""
    from skill_stack.evaluation.episode_log import EpisodeLog
    from skill_stack.runtime.episodes.scenario_pool import ScenarioPool
    from skill_stack.runtime.episodes.scenario_version import Versions

    log = EpisodeLog(found.writable_folder("eval") / f"{suite.name}.jsonl", options.fresh)
    pool = ScenarioPool(found, suite, options.workers)
    result: SuiteResult = run_suite(suite, jobs, pool, log, Versions(found, suite).version_of)
    return {(episode.task, episode.seed): episode.passed for episode in result.episodes}


@contextmanager
def other_version(version: str, found: Resources) -> Iterator[Resources]:
    """Data of another version, with precedence over everything else; this version's code runs them.

    Raises:
        DataError: There is no such folder and no such revision.
    """
    folder = Path(version)
    if folder.is_dir():
        if not (folder / "models").is_dir():
            raise DataError(f"{folder} has no folder 'models'")
        yield Resources((folder.resolve(), *found.roots), found.overlay)
        return
    with tempfile.TemporaryDirectory(prefix="skill-stack-version-") as place:
        with tarfile.open(fileobj=BytesIO(_archive(version))) as archive:
            archive.extractall(place, filter="data")
        yield Resources((Path(place), *found.roots), found.overlay)


def _archive(revision: str) -> bytes:
    """A revision's data as a tar archive."""
    there = f"'{revision}' is neither a folder, nor a report.json, nor a git revision of {CHECKOUT}"
    if revision.startswith("-"):
        raise DataError(there)
    command = ["git", "-C", str(CHECKOUT), "archive", "--format=tar", revision, "--", *DATA]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise SkillStackError(f"{there}: {error}") from error
    if done.returncode:
        raise DataError(f"{there}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _tell(comparisons: list[Comparison], as_json: bool) -> int:
    whole = comparisons[-1]
    if as_json:
        print_json(dict(summary(comparisons)))
    else:
        for comparison in comparisons:
            print(comparison.line())
    return 1 if whole.sequential.verdict == "worse" else 0
