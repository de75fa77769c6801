"""``skill-stack eval perception``: perception of random scenes, and of recorded ones."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

from skill_stack.commands.common import note, print_json
from skill_stack.core.arguments import INTERRUPTED
from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.resources import Resources
from skill_stack.evaluation.scores.perception_score import LIMITS, POSITION_LIMIT, SceneScore, misses, summary
from skill_stack.evaluation.scores.score_file import ScoreFile
from skill_stack.evaluation.suite import seeds_of

THROUGH = "perception"
"""Value of ``through`` in such a suite."""
EVERY = 10.0
"""Time between two lines of progress, s."""
NOT_MEASURED = "not measured: no recordings were given (--dataset DIR)"


def run(file: Path, seeds: tuple[int, ...], options: argparse.Namespace, found: Resources) -> int:
    """Scores the scenes of the suite; 0 when every figure is reached.

    Args:
        file: The suite.
        seeds: Seeds; none takes the suite's own.
        options: Of the command line: ``json``, ``fresh`` and ``dataset``.
        found: Where results are kept.

    Raises:
        SkillStackError: Nothing can be drawn here, or the recordings cannot be read.
    """
    if importlib.util.find_spec("cv2") is None:
        raise ResourceNotFound("perception needs OpenCV: make setup")
    from skill_stack.runtime.episodes.perception_worker import scored, version

    wanted = seeds or seeds_of(str(read_yaml(file)["seeds"]))
    kept = ScoreFile(found.writable_folder("eval"), THROUGH, version(), SceneScore.from_json, options.fresh)
    left = [seed for seed in wanted if seed not in kept.scores]
    if len(left) < len(wanted):
        note(f"{len(wanted) - len(left)} of {len(wanted)} scenes are there already")
    began = told = time.monotonic()
    try:
        for number, score in enumerate(scored(left), 1):
            kept.add(score)
            now = time.monotonic()
            if now - told >= EVERY or number == len(left):
                told = now
                rest = (now - began) / number * (len(left) - number)
                note(f"{len(wanted) - len(left) + number} of {len(wanted)} scenes, {rest:.0f} s left")
    except KeyboardInterrupt:
        note("ended; what is measured is kept, and the same command goes on from there")
        return INTERRUPTED
    figures = summary([kept.scores[seed] for seed in wanted])
    figures["recorded"] = _recorded(options.dataset)
    short = misses(figures)
    if options.json:
        print_json({"suite": THROUGH, **figures, "misses": short})
    else:
        _show(figures, short)
    return 1 if short else 0


def _recorded(folder: Path | None) -> Any:
    """Figures of recorded looks, or a text that there are none."""
    if folder is None:
        return NOT_MEASURED
    from skill_stack.runtime.episodes.recorded_scenes import score_recorded

    return score_recorded(folder)


def _show(figures: dict[str, Any], short: list[str]) -> None:
    for name in (*LIMITS, "colour_accuracy", "shape_accuracy"):
        row = figures[name]
        if row["share"] is None:
            continue
        low, high = row["interval"]
        limit = f"  (at least {LIMITS[name]})" if name in LIMITS else ""
        counts = f"{row['count']} of {row['of']}"
        print(f"{name:24} {row['share']:.3f}  {counts:14}  95 % interval {low:.3f} to {high:.3f}{limit}")
    allowed = f"  (mean at most {100 * POSITION_LIMIT:g} cm)"
    for name, limit in (("position_error_at_1_m", allowed), ("position_error", "")):
        row = figures[name]
        if row["count"]:
            centimetres = ", ".join(f"{key} {100 * row[key]:.2f} cm" for key in ("mean", "median", "p90"))
            print(f"{name:24} {centimetres}, {row['count']} things{limit}")
    print(f"{'a look':24} {figures['look_ms']['median']:.0f} ms on one core, p99 {figures['look_ms']['p99']:.0f} ms")
    print(f"{'recorded looks':24} {figures['recorded']}")
    for line in short:
        print(f"MISSED: {line}", file=sys.stderr)
