"""``skill-stack eval coarse_line``: coarse finger commands through the whole line, against raw retargeting."""

from __future__ import annotations

import argparse
import importlib.util
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from skill_stack.commands.common import note, print_json
from skill_stack.commands.train import ExtraMissing
from skill_stack.commands.workers import measured_rows
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.skills.skill_results import write_results
from skill_stack.evaluation.episode_log import Row, RowLog
from skill_stack.evaluation.interval import CONFIDENCE, counts, success_interval
from skill_stack.evaluation.measured import code_of, commit_here, seeds_text, version_from
from skill_stack.training.coarse.suite import CoarseLineSuite, load_coarse_line_suite

if TYPE_CHECKING:
    from skill_stack.training.coarse.led_hand import LedHands

THROUGH = "coarse_line"
"""Value of ``through`` in such a suite."""
DRAWS = 10_000
"""Resamples of the hands for the interval of the ratio."""
MOVING = (
    "connector", "connector/retargeting", "controllers", "controllers/slow", "hardware/mujoco", "runtime/line",
    "training/coarse",
)  # fmt: skip
"""Parts of the stack that an episode depends on."""


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Measures raw retargeting and the skill with the same hands; 0 when the skill does what the suite asks.

    Args:
        file: The suite.
        seeds: Seeds, one hand each; none takes the suite's own.
        options: Of the command line: ``task`` (what it is compared with, else all of the suite's), ``json``,
            ``workers``, ``fresh`` and ``into``.
        found: Where robots and skills are.

    Raises:
        ExtraMissing: The persons' motions need torch.
        SkillStackError: There is no such hand, skill or task, or a file of theirs is wrong.
    """
    if importlib.util.find_spec("torch") is None:
        raise ExtraMissing("coarse commands are measured with motions of the training: make setup EXTRAS=train")
    suite = load_coarse_line_suite(file)
    if strange := [name for name in options.task if name not in suite.raw]:
        raise UnknownName("task", strange[0], suite.raw)
    raw = [name for name in suite.raw if not options.task or name in options.task]
    followers, numbers = (*raw, suite.skill), seeds or suite.seeds
    version = _version(suite, found)
    log = RowLog(found.writable_folder("eval") / f"{suite.name}.jsonl", options.fresh)
    jobs = [(who, seed) for seed in numbers for who in followers]
    rows = measured_rows(_episode, file, jobs, dict.fromkeys(followers, version), log, options.workers)
    by_who = {who: [rows[who, seed] for seed in numbers] for who in followers}
    figures = line_figures(suite, by_who)
    if options.into is not None:
        results = {**line_results(suite, by_who, figures), "version": version, "commit": commit_here()}
        note(f"wrote {write_results(options.into / suite.skill, results)}")
    _tell(suite, figures, options.json)
    return 0 if figures["passed"] else 1


def _version(suite: CoarseLineSuite, found: Resources) -> str:
    """Version of a measurement: the suite, the hand, what follows, and the code behind."""
    said = suite.model_dump_json(exclude={"seeds", "description", "times", "fingers"})
    names = [found.find(f"models/{suite.robot}/{suite.skill}", "skill") / "policy.onnx"]
    return version_from(said, [*names, found.robot(suite.robot) / "robot.yaml", *code_of(MOVING)])


@cache
def _hands(file: Path) -> LedHands:
    """What all hands of a suite share, loaded once in a worker process."""
    from skill_stack.training.coarse.led_hand import LedHands

    suite, found = load_coarse_line_suite(file), Resources.from_environment(os.environ)
    robot = load_robot(found.robot(suite.robot), found)
    return LedHands(found, robot, load_library(found, robot), suite)


def _episode(file: Path, who: str, seed: int) -> Row:
    """One hand in a worker."""
    return _hands(file).measured(who, seed)


def line_figures(suite: CoarseLineSuite, by_who: dict[str, list[Row]]) -> dict[str, Any]:
    """Figures of all hands.

    Args:
        suite: What is enough.
        by_who: Rows of each that followed, the skill last, one for each seed, in the same order; those whose cube never
            lay in the hand do not count.

    Raises:
        DataError: No cube lay in a hand.
    """
    known = {who: [row for row in rows if row["passed"]] for who, rows in by_who.items()}
    if not all(known.values()):
        raise DataError("no cube lay in the hand when the person began")
    mine = known[suite.skill]
    times = {who: _ratio(mine, rows) for who, rows in known.items() if who != suite.skill}
    found = {who: _of_one(rows) for who, rows in known.items()}
    enough = next(iter(times.values()))["times"] >= suite.times and found[suite.skill]["fingers"] >= suite.fingers
    return {"followers": found, "times": times, "seeds": seeds_text([row["seed"] for row in mine]), "passed": enough}


def _of_one(rows: Sequence[Row]) -> dict[str, Any]:
    """Figures of one that followed."""
    from skill_stack.training.coarse.pooled import correlation

    held = np.quantile([row["held"] for row in rows], (0.25, 0.5, 0.75)).round(2).tolist()
    return {
        "hands": len(rows), "held_quarter": held[0], "held_median": held[1], "held_three_quarters": held[2],
        **{name: round(correlation([row[name] for row in rows]), 3) for name in ("fingers", "slides")},
        "ended": sum(len(row["ended"]) for row in rows), "minutes": round(sum(row["held"] for row in rows) / 60.0, 1),
    }  # fmt: skip


def _ratio(mine: Sequence[Row], raw: Sequence[Row]) -> dict[str, Any]:
    """How many times as long as raw, of medians, with an interval by resampling hands, both of the same seed."""
    held = np.array([[row["held"] for row in rows] for rows in (mine, raw)])
    drawn = np.median(held[:, np.random.default_rng(0).integers(held.shape[1], size=(DRAWS, held.shape[1]))], axis=2)
    ends = np.quantile(drawn[0] / drawn[1], (0.5 - 0.5 * CONFIDENCE, 0.5 + 0.5 * CONFIDENCE))
    middle = np.median(held, axis=1)
    return {"times": round(float(middle[0] / middle[1]), 2), "interval": ends.round(2).tolist()}


def line_results(suite: CoarseLineSuite, by_who: dict[str, list[Row]], figures: dict[str, Any]) -> dict[str, Any]:
    """What is written beside the skill; a hand counts that keeps its cube as many times as long as raw as is asked."""
    raw = next(iter(by_who))
    least = suite.times * figures["followers"][raw]["held_median"]
    mine = [row for row in by_who[suite.skill] if row["passed"]]
    kept = sum(row["held"] >= min(least, suite.cap) for row in mine)
    return {
        "suite": suite.name, "task": suite.skill, "episodes": len(mine), "successes": kept,
        "interval": [round(end, 4) for end in success_interval(kept, len(mine))], "confidence": CONFIDENCE,
        "counts": counts(kept, len(mine)),
        "success": [f"held >= {suite.times:g} times the median of {raw}, at most {suite.cap:g} s"],
        "body": suite.robot, "seeds": figures["seeds"], "figures": {k: figures[k] for k in ("followers", "times")},
    }  # fmt: skip


def _tell(suite: CoarseLineSuite, figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        asked = {"times": suite.times, "fingers": suite.fingers}
        print_json({"suite": suite.name, "body": suite.robot, "asked": asked, "commit": commit_here(), **figures})
        return
    for who, one in figures["followers"].items():
        print(
            f"{who:16} {one['hands']} hands: held {one['held_median']:.1f} s ({one['held_quarter']:.1f} to "
            f"{one['held_three_quarters']:.1f}), fingers {one['fingers']:.2f}, slides {one['slides']:.2f}; "
            f"{one['ended']} requests ended in {one['minutes']:g} min"
        )
    for who, one in figures["times"].items():
        low, high = one["interval"]
        print(f"{one['times']:.1f} times as long as {who} ({low:.1f} to {high:.1f}); {suite.times:g} asked")
