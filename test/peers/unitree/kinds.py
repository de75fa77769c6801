"""A suite with the robot's own controller at the joints, in the worlds of the suite, in one process.

``python test/peers/unitree/kinds.py --task "learnt policy" --seeds 501-546``: the skill of that task is then
the one of kind ``vendor`` that realises it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from unitree.builtin_line import BuiltInLine

from skill_stack.core.resources import Resources
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.suite import load_suite, seeds_of
from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes
from skill_stack.runtime.episodes.scenario_line import ScenarioLine


class BuiltInScenarioLine(ScenarioLine, BuiltInLine):
    """Pushes and records as a scenario does; the firmware moves the joints."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the task over the seeds, prints every episode and the count; returns 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", default="kinds")
    parser.add_argument("--task", required=True)
    parser.add_argument("--seeds", default="501-510")
    options = parser.parse_args(argv)
    found = Resources.from_environment(os.environ)
    suite = load_suite(found.find(f"config/scenarios/{options.suite}.yaml", "suite"))
    episodes = ScenarioEpisodes(found, suite, time.perf_counter, "vendor", BuiltInScenarioLine)
    seeds, passed = seeds_of(options.seeds), 0
    for seed in seeds:
        one = episodes.named(options.task, seed)
        passed += one.passed
        print(f"seed {seed}: {'passed' if one.passed else one.reason}", flush=True)
    low, high = success_interval(passed, len(seeds))
    print(f"built-in controller, {options.task}: {passed} of {len(seeds)}, 95 % interval {low:.3f} to {high:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
