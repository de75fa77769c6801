"""``skill-stack eval practice``: goals, scenes, judgements, labels, curves, and tasks that were refused."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from skill_stack.commands.common import note, print_json
from skill_stack.commands.measure.evaluate_drawn import score_left
from skill_stack.core.arguments import INTERRUPTED
from skill_stack.core.resources import Resources
from skill_stack.evaluation.measured import code_of, commit_here, version_from
from skill_stack.evaluation.practice_suite import PracticeSuite, RecordedCurve, load_practice_suite
from skill_stack.evaluation.scores.practice_score import PracticeScore, practice_figures, practice_misses
from skill_stack.evaluation.scores.score_file import ScoreFile
from skill_stack.practice.curve import judge_curve
from skill_stack.practice.settings import practice_settings

THROUGH = "practice"
"""Value of ``through`` in such a suite."""
PRACTISING = ("practice", "runtime/practice", "motion/sampling", "core/rewards")
"""Parts of the stack that the runs depend on."""
PARTS = ("runs", "curves", "tasks")
"""What ``--task`` may name."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Measures; 0 when every limit is met, 130 after Ctrl-C.

    Args:
        file: The suite.
        seeds: Seeds of the runs; none takes the suite's own.
        options: Of the command line: ``task`` (``runs``, ``curves``, ``tasks``), ``json`` and ``fresh``.
        found: Where robots are, and where results are kept.
    """
    suite, parts = load_practice_suite(file), options.task or PARTS
    figures: dict[str, Any] = {"suite": suite.name, "commit": commit_here()}
    misses: list[str] = []
    try:
        if "curves" in parts:
            _curves(suite, figures, misses)
        if "runs" in parts and not _runs(suite, seeds or suite.seeds, options.fresh, found, figures, misses):
            return INTERRUPTED
        if "tasks" in parts:
            _tasks(suite, found, figures, misses)
    except KeyboardInterrupt:
        return INTERRUPTED
    figures["misses"] = misses
    if options.json:
        print_json(figures)
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")
    return 1 if misses else 0


def _runs(
    suite: PracticeSuite, seeds: tuple[int, ...], fresh: bool, found: Resources, figures: dict[str, Any],
    misses: list[str],
) -> bool:  # fmt: skip
    """Runs of drawn goals; whether they came to their end."""
    from skill_stack.runtime.practice.practice_rows import practice_rows

    kept: ScoreFile[PracticeScore] = ScoreFile(
        found.writable_folder("eval"), suite.name, _version(), PracticeScore.from_json, fresh
    )
    done = score_left(seeds, kept, lambda left: practice_rows(left, found), PracticeScore.from_json)
    if done:
        measured = practice_figures([kept.scores[seed] for seed in seeds])
        figures |= {"seeds": [min(seeds), max(seeds)], **measured}
        misses += practice_misses(measured, suite.limits)
    return done


def _version() -> str:
    """Version of what the runs depend on."""
    return version_from("", code_of(PRACTISING))


def _curves(suite: PracticeSuite, figures: dict[str, Any], misses: list[str]) -> None:
    """Recorded courses, judged."""
    rows = [_curve(one) for one in suite.curves]
    right = sum(row["right"] for row in rows)
    figures["curves"] = {"right": right, "of": len(rows), "each": rows}
    misses += [f"curves {right}, to reach {suite.limits.curves}"] if right < suite.limits.curves else []


def _curve(one: RecordedCurve) -> dict[str, Any]:
    verdict = judge_curve(one.values, practice_settings().curve)
    right = verdict.course == one.course
    return {"seed": one.seed, "course": one.course, "judged": verdict.course, "right": right, "at": verdict.at,
            "of": len(one.values), "reason": verdict.reason}  # fmt: skip


def _tasks(suite: PracticeSuite, found: Resources, figures: dict[str, Any], misses: list[str]) -> None:
    """Tasks that are refused, each in an overlay of its own."""
    from skill_stack.runtime.practice.refused_tasks import solve

    rows = []
    for number, task in enumerate(suite.tasks):
        with tempfile.TemporaryDirectory(prefix="practice-") as overlay:
            place = Path(overlay)
            own = replace(found, roots=(place, *found.roots), overlay=place)
            row = asdict(solve(task, own, suite.first + 10 * number, suite.worlds, note))
        rows.append(row)
        note(f"{number + 1} of {len(suite.tasks)} tasks: {row}")
    solved = [row for row in rows if row["solved"] == row["worlds"] and row["practice"] <= 60.0 * suite.limits.minutes]
    figures["tasks"] = rows
    figures["tasks_solved"] = len(solved)
    figures["tasks_reused"] = sum(row["again"] == row["worlds"] for row in solved)
    if len(solved) < suite.limits.tasks:
        misses.append(f"tasks {len(solved)}, to reach {suite.limits.tasks}")
