"""``skill-stack eval choice``: choosing by runs in conditions drawn from stated ranges, and when skills are added."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from skill_stack.commands.measure.evaluate_drawn import score_left
from skill_stack.core.resources import Resources
from skill_stack.evaluation.choice_suite import ChoiceSuite, load_choice_suite
from skill_stack.evaluation.measured import version_from
from skill_stack.evaluation.scores.choice_score import ChoiceScore
from skill_stack.evaluation.scores.score_file import ScoreFile

THROUGH = "choice"
"""Value of ``through`` in such a suite."""
PACKAGE = Path(__file__).resolve().parents[2]
MOVING = ("connector", "controllers", "core", "hardware", "runtime")
"""Parts of the stack that a walk depends on."""
WALKS = "benchmarks/connecting/connector_walks.py"


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Walks what was not walked before, and prints the figures; 0, or 130 after Ctrl-C.

    Args:
        file: The suite.
        seeds: Conditions; none takes the suite's own.
        options: Of the command line: ``json`` and ``fresh``.
        found: Where robots are, and where results are kept.

    Raises:
        SkillStackError: A robot or skill is missing or wrong.
    """
    from skill_stack.benchmarks.connecting.connector_choice import added_rows, ordinary_rows
    from skill_stack.benchmarks.pieces import print_rows

    began, suite = time.perf_counter(), load_choice_suite(file)
    wanted = seeds or suite.seeds
    kept: ScoreFile[ChoiceScore] = ScoreFile(
        found.writable_folder("eval"), suite.name, _version(found, suite), ChoiceScore.from_json, options.fresh
    )

    def rows(left: list[int]) -> Iterator[dict[str, Any]]:
        from skill_stack.benchmarks.connecting.connector_walks import ChoiceEpisodes  # on demand: physics

        episodes = ChoiceEpisodes(found, suite)
        for seed in left:
            yield episodes.score(seed).to_json()

    if not score_left(wanted, kept, rows, ChoiceScore.from_json):
        return 130
    scores = [kept.scores[seed] for seed in wanted]
    print_rows(
        suite.name, suite.description, (*ordinary_rows(suite, scores), *added_rows(suite, scores)), options.json, began
    )
    return 0


def _version(found: Resources, suite: ChoiceSuite) -> str:
    """Names what walks depend on: the suite's conditions, the software that moves the robot, and its skills."""
    stated = suite.model_dump_json(include={"robot", "ways", "walks", "distance", "bearing", "conditions"})
    robot = found.robot(suite.robot)
    folders = (*(PACKAGE / name for name in MOVING), robot, robot.parents[1] / "models" / suite.robot)
    paths = (path for folder in folders for path in (*folder.rglob("*.py"), *folder.rglob("*.yaml")))
    return version_from(stated, (PACKAGE / WALKS, *sorted(paths)))
