"""Performance of three paces of approach on several floors, with loads and weakened motors.

``python -m skill_stack.benchmarks.connecting.connector_paces --write config/selection/paces.json`` measures it once in
the simulated world, and keeps every run with its seed; the benchmark of the connector draws from these runs.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.benchmarks.connecting.connector_walks import Walker
from skill_stack.core.arguments import Parser
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.evaluation.scores.choice_score import MeasuredRun

FILE = "config/selection/paces.json"
WAYS = ("go_to", "go_to_briskly", "go_to_carefully")
SEEDS = 40


@dataclass(frozen=True, slots=True)
class PaceCondition:
    """Deviation from the usual conditions.

    Attributes:
        friction: Of the floor.
        mass: Added to the base, kg.
        motors: Share of their torque that all motors give.
    """

    friction: float
    mass: float = 0.0
    motors: float = 1.0


CONDITIONS = {
    "dry": PaceCondition(0.28),
    "wet": PaceCondition(0.235),
    "loaded": PaceCondition(0.8, mass=25.0),
    "weak": PaceCondition(0.27, motors=0.75),
}
"""Floors on which every pace works, and on which one or two of them do not."""


def measure_once(walker: Walker, way: str, where: PaceCondition, seed: int) -> MeasuredRun:
    """One walk to a ball, 2.5 to 4 m away and up to 85 degrees to the side."""
    rng = np.random.default_rng(seed)
    distance, bearing = rng.uniform(2.5, 4.0), rng.uniform(-1.5, 1.5)
    world = SceneSetup(
        name="paces", seed=seed, start=Pose2(0.0, 0.0, 0.0), objects=(), friction=where.friction,
        added_mass=where.mass, motor_strength=where.motors,
    )  # fmt: skip
    return walker.walk(way, world, (float(distance * math.cos(bearing)), float(distance * math.sin(bearing))), seed)


def measure_all(seeds: Iterable[int], tell: Callable[[str], object] = print) -> dict[str, dict[str, list[MeasuredRun]]]:
    """Every pace under every condition.

    Args:
        seeds: Seeds.
        tell: Takes lines on the progress.
    """
    resources = Resources.from_environment(os.environ)
    walker, seeds = Walker.load(resources, "go2"), tuple(seeds)
    out: dict[str, dict[str, list[MeasuredRun]]] = {}
    for name, where in CONDITIONS.items():
        for way in WAYS:
            runs = [measure_once(walker, way, where, seed) for seed in seeds]
            out.setdefault(name, {})[way] = runs
            won, seconds = sum(run.succeeded for run in runs), np.mean([run.seconds for run in runs])
            tell(f"{name:8} {way:16} {won} of {len(runs)}, {seconds:.1f} s")
    return out


def load_measured(path: Path) -> dict[str, dict[str, list[MeasuredRun]]]:
    """Reads the measured runs."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return {
        condition: {way: [MeasuredRun(*row) for row in rows] for way, rows in ways.items()}
        for condition, ways in data["runs"].items()
    }


def main(argv: list[str] | None = None) -> int:
    """Measures and writes; returns 0."""
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"seeds for each (default: {SEEDS})")
    parser.add_argument("--write", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(argv)
    found = measure_all(range(1, options.seeds + 1), lambda text: print(text, flush=True))
    rows = {
        condition: {way: [dataclasses.astuple(run) for run in runs] for way, runs in ways.items()}
        for condition, ways in found.items()
    }
    data = {
        "about": "simulated Go2 to a ball 2.5 to 4 m away; a run is seed, succeeded, s of task time, J of joint work",
        "conditions": {name: dataclasses.asdict(where) for name, where in CONDITIONS.items()},
        "runs": rows,
    }
    options.write.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, indent=1)
    options.write.write_text(text.replace("[\n     ", "[").replace(",\n     ", ", ").replace("\n    ]", "]") + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
