"""Gain of memory: scenes with a hidden rule, repeated with and without it.

``skill-stack bench lessons --seeds 20 --write docs/results/lessons.md``
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.machine import Machine
from skill_stack.benchmarks.pieces import print_rows
from skill_stack.benchmarks.planning.lessons_physics import physics_trial
from skill_stack.benchmarks.planning.lessons_scene import LessonScene, load_scenes
from skill_stack.benchmarks.planning.lessons_trials import Series, rate, run_series, symbolic_trial
from skill_stack.benchmarks.report import BenchmarkReport, Row, page
from skill_stack.core.arguments import Parser
from skill_stack.core.resources import Resources

TITLE = "success in scenes with a hidden rule, with experience memory and without"
FIFTH = 4
"""Index of the last of the first five trials."""
GAIN = 30.0  # points
TRIALS_IN_PHYSICS = 5


def measure(seconds: float) -> list[Row]:
    """As many scenes and seeds as fit, at least one of each; ``--seeds`` takes them all.

    Args:
        seconds: How long, s.
    """
    end = time.monotonic() + seconds
    scenes = load_scenes(Resources.from_environment(os.environ))
    done: list[Series] = []
    for seed in itertools.count():
        for scene in scenes:
            done += campaign([scene], [seed])
            if time.monotonic() >= end:
                return rows(done)
    raise AssertionError("the seeds never end")


def campaign(scenes: Sequence[LessonScene], seeds: Sequence[int]) -> list[Series]:
    """Series of every scene and seed, with memory and without.

    Args:
        scenes: The scenes.
        seeds: The seeds.
    """
    out = []
    for scene in scenes:
        if scene.physics:
            scene = scene.model_copy(update={"trials": TRIALS_IN_PHYSICS})
        library, trial = physics_trial(scene) if scene.physics else symbolic_trial(scene)
        with tempfile.TemporaryDirectory(prefix="skill-stack-lessons-") as folder:
            for seed in seeds:
                out += [run_series(scene, seed, memory, library, trial, Path(folder)) for memory in (True, False)]
    return out


def rows(done: Sequence[Series]) -> list[Row]:
    """The figures.

    Args:
        done: Series of all scenes, with and without memory.
    """
    by_scene: dict[str, list[Series]] = {}
    for one in done:
        by_scene.setdefault(one.scene.name, []).append(one)
    told = [_of_scene(series) for series in by_scene.values()]
    first, fifth, bare_first, bare = (float(np.mean([one[n] for one in told])) for n in range(4))
    kept = [one for one in done if one.memory]
    false = [one for one in kept if one.false_lessons]
    named = [one for one in kept if one.scene.learnable]
    right = sum(any(rule.condition in one.scene.expect for rule in one.lessons) for one in named)
    seeds = len({one.seed for one in done})
    examples = "; ".join(f"{one.scene.name}: {one.false_lessons[0].key}" for one in false[:3])
    nothing = sum(not series[0].scene.learnable for series in by_scene.values())
    count = f"{len(by_scene)} scenes, {seeds} seeds, mean over scenes; {nothing} of them with nothing to learn"
    return [
        Row("gain from the first to the fifth trial", fifth - first, "points", GAIN, "higher", note=count),
        Row("success in the first trial", first, "%"),
        Row("success in the fifth trial", fifth, "%"),
        Row("without memory, first trial", bare_first, "%"),
        Row("without memory, fifth trial", bare, "%"),
        Row("series with the right lesson named", 100.0 * right / max(len(named), 1), "%",
            note=f"{right} of {len(named)} with something to learn; at the end: 10 trials, 5 in physics"),
        Row("series with a false lesson", 100.0 * len(false) / max(len(kept), 1), "%",
            note=f"{len(false)} of {len(kept)}. {examples}".strip()),
        *(row for series in by_scene.values() for row in _rows_of(series)),
    ]  # fmt: skip


def _of_scene(series: Sequence[Series]) -> tuple[float, float, float, float]:
    """First and fifth trial with memory, then without, in percent."""
    kept, bare = [one for one in series if one.memory], [one for one in series if not one.memory]
    return rate(kept, 0), rate(kept, FIFTH), rate(bare, 0), rate(bare, FIFTH)


def _rows_of(series: Sequence[Series]) -> list[Row]:
    """The figures of one scene."""
    scene = series[0].scene
    kept = [one for one in series if one.memory]
    course = ", ".join(f"{rate(kept, n):.0f}" for n in range(scene.trials))
    bare = [one for one in series if not one.memory]
    plain = ", ".join(f"{rate(bare, n):.0f}" for n in range(scene.trials))
    found = sorted({str(rule.key) for one in kept for rule in one.lessons})
    lessons = f"; lessons: {', '.join(found)}" if found else "; no lesson"
    where = "simulated Go2" if scene.physics else "symbolic"
    note = f"{where}. {scene.description} Trials with memory: {course}; without: {plain}{lessons}"
    return [Row(f"{scene.name}, fifth trial", rate(kept, FIFTH), "%", note=note)]


def command_line() -> argparse.ArgumentParser:
    """Options of campaigns of any length."""
    parser = Parser(
        prog="skill-stack bench lessons", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=10, help="number of seeds (default: 10)")
    parser.add_argument("--scene", action="append", default=[], help="only this scene; may be given several times")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write a Markdown page")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """A campaign of any number of seeds.

    Returns:
        0 when the gain is reached, 1 otherwise.
    """
    options = command_line().parse_args(argv)
    began = time.perf_counter()
    machine = Machine.here()
    scenes = load_scenes(Resources.from_environment(os.environ))
    unknown = set(options.scene) - {scene.name for scene in scenes}
    if unknown or options.seeds < 1:
        print(f"scenes are: {', '.join(scene.name for scene in scenes)}; at least one seed", file=sys.stderr)
        return 2
    chosen = [scene for scene in scenes if not options.scene or scene.name in options.scene]
    found = tuple(rows(campaign(chosen, range(options.seeds))))
    print_rows("lessons", TITLE, found, options.json, began)
    if options.write:
        report = BenchmarkReport("lessons", TITLE, machine, found, time.perf_counter() - began)
        options.write.write_text(page([report]), encoding="utf-8")
    return 0 if found[0].holds else 1


if __name__ == "__main__":
    sys.exit(main())
