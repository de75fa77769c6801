"""Learns a model of motion: ``python -m skill_stack.training.motion_models dynamics RECORDINGS --out FOLDER``.

Reads recordings alone, leaves out what checks call spoilt, and judges on episodes that it did not learn from.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from skill_stack.core.arguments import Parser, command_line
from skill_stack.core.errors import DataError
from skill_stack.training.learners.cloning import CloneSettings
from skill_stack.training.motion_models.examples import KINDS, Kind, MotionExamples, read_examples
from skill_stack.training.motion_models.gaussian_model import export, fit
from skill_stack.training.motion_models.judging import AHEAD, rollout_error
from skill_stack.training.timed_lines import timed_lines

HELD_OUT = 0.2
"""Share of the episodes that only judge."""
SETTINGS = CloneSettings(hidden=(128, 128), epochs=40, batch=256, learning_rate=1e-3)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = Parser(
        prog="python -m skill_stack.training.motion_models",
        description="Learn from recordings what follows from an action (dynamics), or which action is usual (prior).",
        epilog="example: python -m skill_stack.training.motion_models dynamics ~/.local/share/skill-stack/recordings",
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("recordings", type=Path, help="folder with runs")
    parser.add_argument("--out", type=Path, default=Path("runs/motion_models"), help="where model and figures go")
    parser.add_argument("--rate", type=float, default=50.0, help="rows per second (default: 50)")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Returns 0 when a model was written."""
    options = parse(arguments)
    report = timed_lines()
    some = read_examples(options.recordings, options.rate, report)
    if len(some) < 2:
        raise DataError(f"{options.recordings} has one sound episode; two are needed, one of them to judge by")
    names = np.random.default_rng(options.seed).permutation(sorted(some)).tolist()
    held = max(1, round(HELD_OUT * len(names)))
    training, judging = [some[name] for name in names[held:]], [some[name] for name in names[:held]]
    rows = rows_of(training, options.kind), rows_of(judging, options.kind)
    result = fit(*rows, SETTINGS, options.seed, report)
    path = options.out / f"{options.kind}.onnx"
    about = {
        "kind": options.kind, "sha256": export(result.model, path), "rate": options.rate, "seed": options.seed,
        "state": some[names[0]].names, "joints": some[names[0]].joints, "episodes": len(names),
        "held_out": names[:held], "nat_per_value": result.loss, "nat_per_value_of_chance": result.chance,
    }  # fmt: skip
    if options.kind == "dynamics":
        about["error_ahead"], about["error_ahead_of_no_change"] = rollout_error(result.model, judging)
        about["rows_ahead"] = AHEAD
    path.with_suffix(".json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    report(f"{path}: {result.loss:.2f} nat on other episodes, {result.chance:.2f} by chance")
    return 0


def rows_of(some: list[MotionExamples], kind: Kind) -> tuple[np.ndarray, np.ndarray]:
    """Rows of several episodes as one."""
    seen, wanted = zip(*(one.rows(kind) for one in some))
    return np.concatenate(seen), np.concatenate(wanted)


if __name__ == "__main__":
    sys.exit(main())
