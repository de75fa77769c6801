"""Foresight: of motions at the edge of balance, how many losses a rehearsal foresees, and how many others it lets pass.

Requests of reward terms are drawn at and beyond the end of what words reach. Each is done in worlds that no rehearsal
saw, and rehearsed beside that. A world is *lost* where the robot fell or was damped by the safety layer, in truth.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.benchmarks.planning.rehearsal import read_results
from skill_stack.benchmarks.report import Row
from skill_stack.core.arguments import Parser
from skill_stack.core.errors import DataError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_arguments import arguments_of
from skill_stack.core.rewards.reward_goals import planning_skill
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rewards.term_definition import reward_terms
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph
from skill_stack.evaluation.interval import success_interval
from skill_stack.motion.statics import unsupported
from skill_stack.motion.words.word_data import motion_data
from skill_stack.planner.trial import TrialJob, TrialSituation
from skill_stack.runtime.rehearsal.rehearsal import RehearsalStage, load_rehearsal, stage_of

ROBOT = "go2"
FRESH = 1000
"""Seed of the first true world: rehearsals begin at 0."""
WORLDS, TRIALS, REQUESTS = 3, 2, 20
LASTS = 3.0
"""How long a motion is done in a true world, s."""
MOST = 3
"""Terms of a request."""
FROM, TO = 0.7, 1.5
"""Targets, as shares of the way from rest to the end of what words reach."""
WHOLE = ("base_height", "base_pitch", "base_roll", "turn_rate", "velocity_x")
OF_FEET = ("foot_lift", "foot_forward")
TRUE = {"friction": (0.5, 1.1), "added_mass": (-0.5, 2.0), "latency": (0.0, 0.02), "noise": (0.5, 1.5), "push": 0.0}
"""How true worlds differ: as in config/scenarios/rewards.yaml, and the noise of the sensors; nobody pushes."""


def requests(seed: int, stage: RehearsalStage) -> Iterator[RewardSet]:
    """Requests at the edge, those that statics refuses left out; the same seed gives the same.

    Args:
        seed: Of what is drawn.
        stage: The robot and its skills.
    """
    rng, usable = np.random.default_rng(seed), motion_data().rules.usable
    feet = [foot.name for foot in stage.robot.feet]
    sampled = planning_skill(stage.library, stage.robot.name).sampled
    assert sampled is not None
    while True:
        terms: list[dict[str, Any]] = []
        for name in rng.choice([*WHOLE, *OF_FEET], int(rng.integers(1, MOST + 1)), replace=False):
            kind, (low, high) = reward_terms()[name], usable[name]
            rest = kind.target(stage.robot.stand_height) if name != "foot_lift" else 0.0
            end = high if low >= rest or (rng.random() < 0.5 and high > rest) else low
            for foot in rng.choice(feet, int(rng.integers(1, 3)), replace=False) if name in OF_FEET else [""]:
                target = float(np.clip(rest + rng.uniform(FROM, TO) * (end - rest), *kind.range))
                terms.append({"term": str(name), "of": [str(foot)] if foot else [], "target": round(target, 3)})
        asked = RewardSet.parse({"terms": terms}, "a request")
        if not unsupported(asked, sampled.stance):
            yield asked


class Foresight:
    """Requests, one after the other."""

    def __init__(self, resources: Resources) -> None:
        """Loads the robot twice: as rehearsals have it, and as it is done.

        Args:
            resources: Where it is.

        Raises:
            SkillStackError: Something is missing or wrong.
        """
        doubt = load_rehearsal(resources).doubt
        self._tried, self._true = stage_of(resources, ROBOT, doubt), stage_of(resources, ROBOT, doubt)
        self._true.doubt = doubt.model_copy(update=TRUE)
        self._skill = planning_skill(self._true.library, ROBOT).name
        self._true.library = self._true.library.changed(self._skill, timeout=LASTS)
        scene = SceneGraph({}, frozenset(), Pose2(0.0, 0.0, 0.0))
        self._situation = TrialSituation(scene, frozenset({Fact("posture", ("robot", "standing"))}))

    def requests(self, seed: int) -> Iterator[RewardSet]:
        """See :func:`requests`."""
        return requests(seed, self._tried)

    def run(self, asked: RewardSet, first: int, worlds: int, trials: int) -> dict[str, Any]:
        """Does a request in fresh worlds and rehearses it beside that.

        Args:
            asked: The request.
            first: Seed of its first true world.
            worlds: True worlds.
            trials: Worlds of the rehearsal.
        """
        step = PlanNode("skill", skill=self._skill, arguments=arguments_of(asked))
        plan = Plan("foresight", "a request at the edge", "plan", PlanNode("sequence", (step,)))
        lost = [self._true.trial(self._situation, TrialJob(0, plan, first + n)).fell for n in range(worlds)]
        foreseen = [self._tried.trial(self._situation, TrialJob(0, plan, n)).fell for n in range(trials)]
        return {"request": asked.plain()["terms"], "lost": lost, "foreseen": foreseen}


def rows_of(results: Sequence[dict[str, Any]]) -> list[Row]:
    """The figures: a world that is lost, of a request of which one rehearsal was lost, is foreseen."""
    worlds = [(lost, any(one["foreseen"])) for one in results for lost in one["lost"]]
    stopped = [(any(one["lost"]), any(one["foreseen"])) for one in results]
    count = f"{len(results)} requests, {len(results[0]['lost'])} worlds and {len(results[0]['foreseen'])} trials each"
    return [
        _share("losses foreseen", [seen for lost, seen in worlds if lost], count),
        _share("others let pass", [not seen for lost, seen in worlds if not lost], count),
        _share("requests with a loss that are stopped", [seen for lost, seen in stopped if lost], count),
        _share("requests without a loss that are stopped", [seen for lost, seen in stopped if not lost], count),
    ]


def _share(name: str, these: Sequence[bool], count: str) -> Row:
    """A share with its interval."""
    good = sum(these)
    share = good / len(these) if these else float("nan")
    return Row(name, share, "x", spread=success_interval(good, len(these)), note=f"{good} of {len(these)}; {count}")


def measure(seconds: float) -> list[Row]:
    """Runs as many requests as fit into a time.

    Args:
        seconds: How long, s.
    """
    bench, results = Foresight(Resources.from_environment(os.environ)), list[dict[str, Any]]()
    end = time.perf_counter() + seconds
    for number, asked in enumerate(bench.requests(0)):
        results.append(bench.run(asked, FRESH + WORLDS * number, WORLDS, TRIALS))
        if time.perf_counter() >= end:
            break
    return rows_of(results)


def command_line() -> argparse.ArgumentParser:
    """Options of campaigns of any length."""
    parser = Parser(
        prog="skill-stack bench foresight", description=__doc__,
        epilog="example: skill-stack bench foresight --out FILE.jsonl --seed 45",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, help="results line by line; what is in it is not run again")
    parser.add_argument("--seed", type=int, default=0, help="of the requests and worlds (default 0)")
    parser.add_argument("--requests", type=int, default=REQUESTS, help=f"how many (default {REQUESTS})")
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"true worlds of each (default {WORLDS})")
    parser.add_argument("--trials", type=int, default=TRIALS, help=f"worlds of a rehearsal (default {TRIALS})")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser


def main(argv: Sequence[str]) -> int:
    """A campaign, resumable: ``skill-stack bench foresight --out FILE.jsonl``."""
    options = command_line().parse_args(argv)
    if min(options.requests, options.worlds, options.trials) < 1:
        raise DataError("--requests, --worlds and --trials: one or more of each is needed")
    bench, known = Foresight(Resources.from_environment(os.environ)), read_results(options.out, "key")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    results: list[dict[str, Any]] = []
    for number, asked in zip(range(options.requests), bench.requests(options.seed)):
        key = json.dumps([options.seed, number, options.worlds, options.trials])
        if (result := known.get(key)) is None:
            first = FRESH * (1 + options.seed) + options.worlds * number
            result = {"key": key, **bench.run(asked, first, options.worlds, options.trials)}
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
        results.append(result)
        lost, seen = sum(result["lost"]), sum(result["foreseen"])
        left = options.requests - number - 1
        sys.stderr.write(f"lost {lost} of {options.worlds}, foreseen {seen} of {options.trials}; {left} left\n")
    rows = rows_of(results)
    if options.json:
        print(json.dumps({"bench": "foresight", "rows": [row.to_json() for row in rows]}, indent=2))
    else:
        print("\n".join(f"{row.name:<42} {row.value:.2f} {row.spread} {row.note}" for row in rows))
    return 0
