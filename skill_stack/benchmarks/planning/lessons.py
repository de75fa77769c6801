"""Gain of memory in scenes whose hidden rule is in the physics: before the trials, after them, and carried elsewhere.

``skill-stack bench lessons --seeds 5 --write docs/results/lessons.md``
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from skill_stack.benchmarks.machine import Machine
from skill_stack.benchmarks.pieces import print_rows
from skill_stack.benchmarks.planning.lessons_scene import load_scenes
from skill_stack.benchmarks.planning.lessons_trials import LessonSeries, LessonTrials
from skill_stack.benchmarks.report import BenchmarkReport, Row, page
from skill_stack.benchmarks.seed_counts import SeedCounts
from skill_stack.core.arguments import INTERRUPTED, Parser
from skill_stack.core.resources import Resources
from skill_stack.evaluation.interval import success_interval
from skill_stack.planner.memory.rule import LearntRule

TITLE = "success in physical scenes with a hidden rule, before and after trials, and carried to other things"
GAIN = 30.0  # points
FIRST_SEED = 100
"""The scenes were tried on the seeds below."""
JUDGED = ("before", "after", "carried", "carried_bare")
NAMES = {
    "before": "before the trials", "after": "after them", "carried": "carried to other things of the kinds",
    "carried_bare": "there without memory",
}  # fmt: skip
DEVICES = "with devices: "
"""Before the names of figures of scenes with devices."""


def measure(seconds: float) -> list[Row]:
    """As many scenes and seeds as fit, at least one scene; ``--seeds`` takes them all.

    Args:
        seconds: How long, s.
    """
    resources, end = Resources.from_environment(os.environ), time.monotonic() + seconds
    scenes, trials, done = load_scenes(resources), LessonTrials(resources), list[LessonSeries]()
    for seed, scene in ((seed, scene) for seed in itertools.count(FIRST_SEED) for scene in scenes):
        done.append(trials.series(scene, seed))
        if time.monotonic() >= end:
            break
    return rows(done)


def rows(done: Sequence[LessonSeries]) -> list[Row]:
    """The figures.

    Args:
        done: Series of all scenes.
    """
    scenes = {one.scene.name: one.scene for one in done}
    counts = {name: sum(getattr(one, name) for one in done) for name in JUDGED}
    whole = len(done)
    points = {name: 100.0 * counts[name] / whole for name in JUDGED}
    told = [one for one in done if _named(one)]
    false = [rule.key for one in done for rule in one.rules if _false(one, rule)]
    count = f"{len(scenes)} scenes, {len({one.seed for one in done})} seeds"
    return [
        Row("gain from before to after the trials", points["after"] - points["before"], "points", GAIN, "higher",
            note=count),
        Row("gain where it is carried", points["carried"] - points["carried_bare"], "points", GAIN, "higher"),
        *(Row(NAMES[name], points[name], "%", note=_said(counts[name], whole)) for name in JUDGED),
        Row("series in which the rule was named", 100.0 * len(told) / whole, "%", note=_said(len(told), whole)),
        Row("false lessons", len(false), "lessons", note="; ".join(sorted(set(false))[:4])),
        *(_row_of([one for one in done if one.scene.name == name]) for name in sorted(scenes)),
    ]  # fmt: skip


class LessonSeeds:
    """Series for the seeds of an evaluation; as many in a row as there are scenes have all of them."""

    def __init__(self, resources: Resources, robot: str) -> None:
        """Loads scenes and trials.

        Args:
            resources: Where they are.
            robot: Not needed: the scenes are for one robot.
        """
        self._scenes, self._trials = load_scenes(resources), LessonTrials(resources)

    def score(self, seed: int) -> SeedCounts:
        """The series of one scene; scenes with devices are counted apart."""
        number, at = divmod(seed, len(self._scenes))
        scene = self._scenes[at]
        one, told = self._trials.series(scene, number), "" if scene.device is None else DEVICES
        return SeedCounts(seed, {f"{told}{NAMES[name]}": {scene.name: getattr(one, name)} for name in JUDGED})


def lesson_misses(figures: Mapping[str, Any]) -> list[str]:
    """Which gains fall short, of the scenes that were run."""
    out = []
    for before, after in (("before", "after"), ("carried_bare", "carried")):
        for told in ("", DEVICES):
            first, last = (figures.get(f"{told}{NAMES[name]}") for name in (before, after))
            if first and last and 100.0 * (last["share"] - first["share"]) < GAIN:
                shares = f"{first['share']:.2f} to {last['share']:.2f}"
                out.append(f"{told}{NAMES[before]} to {NAMES[after]}: {shares}, {GAIN:g} points are to be gained")
    return out


def _named(one: LessonSeries) -> bool:
    """Whether the rule was named: a condition, or a trouble with the kind where another thing is to be taken."""
    kind = f"{one.scene.thing.kind}:"
    if "other" in one.scene.expect:
        return any(text.startswith(kind) for text in one.troubles)
    return any(rule.condition in one.scene.expect for rule in one.rules)


def _false(one: LessonSeries, rule: LearntRule) -> bool:
    """Whether a lesson names a condition that does not matter."""
    return rule.kind == "needs" and rule.condition not in one.scene.expect


def _said(part: int, whole: int) -> str:
    low, high = success_interval(part, whole)
    return f"{part} of {whole}, 95 % interval {100 * low:.0f} to {100 * high:.0f}"


def _row_of(series: Sequence[LessonSeries]) -> Row:
    """The figures of one scene."""
    scene, whole = series[0].scene, len(series)
    shares = ", ".join(f"{name.replace('_', ' ')} {sum(getattr(one, name) for one in series)}" for name in JUDGED)
    course = " ".join(str(sum(one.trials[n] for one in series)) for n in range(len(scene.trials)))
    found = sorted({text for one in series for text in (*(rule.key for rule in one.rules), *one.troubles)})
    note = f"{scene.description} Of {whole}: {shares}; trials: {course}; learnt: {', '.join(found) or 'nothing'}"
    after = 100.0 * sum(one.after for one in series) / whole
    return Row(f"{scene.name}, after the trials", after, "%", note=note)


def command_line() -> argparse.ArgumentParser:
    """Options of campaigns of any length."""
    parser = Parser(
        prog="skill-stack bench lessons", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5, help=f"number of seeds from {FIRST_SEED} on (default: 5)")
    parser.add_argument("--scene", action="append", default=[], help="only this scene; may be given several times")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write a Markdown page")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """A campaign of any number of seeds.

    Returns:
        0 when the gains are reached, 1 otherwise.
    """
    options = command_line().parse_args(argv)
    began, machine = time.perf_counter(), Machine.here()
    resources = Resources.from_environment(os.environ)
    scenes = load_scenes(resources)
    unknown = set(options.scene) - {scene.name for scene in scenes}
    if unknown or options.seeds < 1:
        print(f"scenes are: {', '.join(scene.name for scene in scenes)}; at least one seed", file=sys.stderr)
        return 2
    chosen = [scene for scene in scenes if not options.scene or scene.name in options.scene]
    trials, done = LessonTrials(resources), list[LessonSeries]()
    try:
        for seed, scene in itertools.product(range(FIRST_SEED, FIRST_SEED + options.seeds), chosen):
            done.append(one := trials.series(scene, seed))
            told = f"before {one.before}, after {one.after}, carried {one.carried}, without memory {one.carried_bare}"
            print(f"{len(done)} of {options.seeds * len(chosen)}: {scene.name}, seed {seed}: {told}", file=sys.stderr)
    except KeyboardInterrupt:
        print(f"ended; these are the figures of {len(done)} series", file=sys.stderr)
        if not done:
            return INTERRUPTED
    found = tuple(rows(done))
    print_rows("lessons", TITLE, found, options.json, began)
    if options.write:
        report = BenchmarkReport("lessons", TITLE, machine, found, time.perf_counter() - began)
        options.write.write_text(page([report]), encoding="utf-8")
    return 0 if all(row.holds is not False for row in found[:2]) else 1


if __name__ == "__main__":
    sys.exit(main())
