"""Rehearsal in scenes with a trap: success of the chosen plan and of the first candidate.

Every plan is judged on simulator truth in worlds that no rehearsal saw. Results are appended to a file, so that a run
can continue.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from skill_stack.benchmarks.machine import Machine
from skill_stack.benchmarks.planning.rehearsal_page import results_page
from skill_stack.benchmarks.planning.rehearsal_scenes import TrapFile, TrapScene, load_traps, trap_scene
from skill_stack.benchmarks.report import Row
from skill_stack.connector.paths.object_outline import outline_distance
from skill_stack.core.arguments import Parser
from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.resources import Resources
from skill_stack.core.shared_memory.truth_channel import Truth
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.world_facts import FACING_ANGLE, NEAR_GAP
from skill_stack.planner.candidates import Candidates
from skill_stack.planner.rehearsal import Rehearsal
from skill_stack.planner.rehearsal_record import RehearsalSettings
from skill_stack.runtime.episodes.scoring import judge_sitting, pose_of
from skill_stack.runtime.line.observed_line import ObservedLine, Over
from skill_stack.runtime.rehearsal.rehearsal import (
    LineRehearser,
    RehearsalFile,
    RehearsalStage,
    load_rehearsal,
    resting_pose,
    stage_of,
)

ROBOT = "go2"
LIMIT = 0.9
"""Share of the scenes in which the chosen plan has to succeed."""

WORLDS = 5
"""True worlds in which the plans of each scene are judged."""

STAYED = 0.3
"""Time for which the robot has to be at a thing for a visit to count, s."""

OFF = 0.35
"""Error of the place at the end of a walk of some metres that still counts as done, m: less than a body length."""

LONGEST = 150.0  # s of task time
JUDGED = 1.0  # s after the end over which everything must be so


def judge_run(line: ObservedLine, scene: TrapScene, tail: Sequence[Truth]) -> str:
    """Failures of a run, by truth alone; empty without any.

    Args:
        line: The line after the run.
        scene: The scene with the request.
        tail: Simulator truth over the last second.
    """
    family, things = scene.family, line.things()
    wanted = frozenset((*family.visits, *family.visits_any))
    if line.fallen:
        return "fell"
    if hit := line.run_into(wanted):
        return f"ran into {hit[0]}"
    if missed := [name for name in family.visits if not visited(line, things[name])]:
        return f"was never at {missed[0]}"
    if family.visits_any and not any(visited(line, things[name]) for name in family.visits_any):
        return f"was at none of {', '.join(family.visits_any)}"
    if family.seated and not (seat := judge_sitting(tail)).passed:
        return seat.reason
    if family.displacement is not None:
        start, end = pose_of(line.trace[0]), pose_of(tail[-1])
        c, s = math.cos(start.yaw), math.sin(start.yaw)
        forward, left = family.displacement
        off = end.distance_to(start.x + c * forward - s * left, start.y + s * forward + c * left)
        if off > OFF:
            return f"ended {off:.2f} m off"
    return ""


def visited(line: ObservedLine, thing: SceneObject) -> bool:
    """Whether the robot was near an object, faced it and had nothing in between, for a moment."""
    needed, stayed = round(STAYED * line.robot.control_rate), 0
    for truth in line.trace:
        pose = pose_of(truth)
        there = outline_distance(thing, pose.x, pose.y) < NEAR_GAP
        if there and abs(pose.bearing_to(*thing.position[:2])) <= FACING_ANGLE and truth.linear[0] < 0.1:
            stayed += 1
            if stayed >= needed and line.sees(truth, thing):
                return True
        else:
            stayed = 0
    return False


class Campaign:
    """Scenes, one after the other."""

    def __init__(
        self, resources: Resources, clock: Callable[[], float], worlds: int = WORLDS, budget: float | None = None
    ) -> None:
        """Loads robot, settings and scenes.

        Args:
            resources: Where they are.
            clock: Clock by which the budget of a rehearsal counts, s.
            worlds: True worlds per scene.
            budget: Time for each rehearsal, s; None for that of ``config/rehearsal.yaml``.

        Raises:
            SkillStackError: Something is missing or wrong.
        """
        self.settings: RehearsalFile = load_rehearsal(resources)
        self.budget: RehearsalSettings = self.settings.budget
        if budget is not None:
            self.budget = self.budget.model_copy(update={"seconds": budget})
        self.traps: TrapFile = load_traps(resources.find("config/rehearsal_scenes.yaml", "rehearsal scenes"))
        self._stage: RehearsalStage = stage_of(resources, ROBOT, self.settings.doubt)
        self._candidates = Candidates(self._stage.planner)
        self._clock, self._worlds = clock, worlds

    def scenes(self) -> Iterator[TrapScene]:
        """Every family with every seed, family by family within a seed."""
        for seed in self.traps.seeds:
            for family in self.traps.families:
                yield trap_scene(self.traps, family, seed, Fact("posture", ("robot", "standing")))

    def run(self, scene: TrapScene) -> dict[str, Any]:
        """Rehearses and judges one scene.

        Raises:
            DataError: The words give no plan.
        """
        situation, settings = scene.situation, self.budget
        instruction = Instruction(scene.family.words, "benchmark")
        candidates = self._candidates.for_instruction(
            instruction, situation.scene, situation.facts, settings.candidates
        )
        if not candidates:
            plan = self._stage.planner.plan(instruction, situation.scene, situation.facts)
            raise DataError(f"{scene.name}: '{scene.family.words}' gives no plan: {plan.reason}")
        rehearsal = Rehearsal(LineRehearser(self._stage), settings, self._clock)
        result = rehearsal.choose(candidates, situation)
        first = [self.judge(scene, candidates[0].plan, number) for number in range(self._worlds)]
        chosen = first
        if result.chosen:
            chosen = [self.judge(scene, result.plan, number) for number in range(self._worlds)]
        return {
            "scene": scene.name, "family": scene.family.name, "words": scene.family.words,
            "reason": result.plan.reason, "label": result.records[result.chosen].candidate.label,
            "seconds": round(result.seconds, 2), "complete": result.complete,
            "trials": sum(len(record.trials) for record in result.records),
            "candidates": len(candidates), "first": first, "chosen": chosen,
            "table": result.to_json()["candidates"],
        }  # fmt: skip

    def judge(self, scene: TrapScene, plan: Plan, number: int) -> str:
        """Runs a plan in a true world; the failure, or an empty string."""
        stage = self._stage
        line = ObservedLine(
            stage.robot, stage.library, scene.truth(number), scene.situation.scene, stage.planner,
            resting_pose(stage.library, scene.situation.facts) or "lie",
        )  # fmt: skip
        line.limit(LONGEST)
        try:
            result = line.run_plan(plan)
            line.idle(JUDGED)
        except Over:
            return "fell" if line.fallen else f"not done within {LONGEST:g} s"
        tail = line.trace[-round(JUDGED / 2 * line.robot.control_rate) :]
        wrong = judge_run(line, scene, tail)
        return wrong or ("" if result.outcome == "succeeded" else f"gave up: {result.reason}")


def rows_of(results: Sequence[dict[str, Any]]) -> list[Row]:
    """The figures of some scenes; each scene counts by the share of its worlds in which the plan succeeded."""

    def rate(which: str, some: Sequence[dict[str, Any]]) -> float:
        runs = [run for result in some for run in result[which]]
        return sum(not run for run in runs) / len(runs)

    count = f"{len(results)} scenes, {len(results[0]['chosen'])} true worlds each"
    spent = sorted(float(result["seconds"]) for result in results)
    rows = [
        Row("success with rehearsal", rate("chosen", results), "x", LIMIT, "higher", note=count),
        Row("success of the first candidate", rate("first", results), "x", note=count),
        Row("time of a rehearsal", spent[len(spent) // 2], "s", spread=(spent[0], spent[-1]), note="of one core"),
    ]
    for family in dict.fromkeys(result["family"] for result in results):
        some = [result for result in results if result["family"] == family]
        note = f"first candidate {rate('first', some):.2f}"
        rows.append(Row(f"{family} with rehearsal", rate("chosen", some), "x", note=note))
    return rows


def measure(seconds: float) -> list[Row]:
    """Runs as many scenes as fit into a time, one of every family before the next seed.

    Args:
        seconds: How long, s.
    """
    campaign = Campaign(Resources.from_environment(os.environ), time.process_time, worlds=2)
    end, results = time.perf_counter() + seconds, []
    for scene in campaign.scenes():
        results.append(campaign.run(scene))
        if time.perf_counter() >= end:
            break
    return rows_of(results)


def command_line() -> argparse.ArgumentParser:
    """Options of campaigns of any length."""
    parser = Parser(prog="skill-stack bench rehearsal", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="results line by line; scenes in it are not run again")
    parser.add_argument("--worlds", type=int, default=WORLDS, help=f"true worlds per scene (default {WORLDS})")
    parser.add_argument("--budget", type=float, metavar="S", help="processor time for each rehearsal, s")
    parser.add_argument("--seeds", type=int, nargs="*", help="only these seeds")
    parser.add_argument("--family", help="only this family")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write a Markdown page")
    return parser


def main(argv: Sequence[str]) -> int:
    """The whole set, resumable: ``skill-stack bench rehearsal --out FILE.jsonl``."""
    options = command_line().parse_args(argv)
    campaign = Campaign(Resources.from_environment(os.environ), time.process_time, options.worlds, options.budget)
    done = read_results(options.out)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    for scene in campaign.scenes():
        other = options.family not in (None, scene.family.name) or (options.seeds and scene.seed not in options.seeds)
        if other or scene.name in done:
            continue
        result = campaign.run(scene)
        done[scene.name] = result
        with options.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result, ensure_ascii=False) + "\n")
        first, chosen = (sum(not run for run in result[which]) for which in ("first", "chosen"))
        sys.stderr.write(f"{scene.name}: {chosen} of {options.worlds}, first {first}: {result['reason']}\n")
    if not done:
        raise DataError(f"no scene of family '{options.family}'; there are {[f.name for f in campaign.traps.families]}")
    rows = rows_of(list(done.values()))
    if options.write:
        page = results_page(campaign.traps, campaign.budget, list(done.values()), Machine.here())
        options.write.write_text(page, encoding="utf-8")
    if options.json:
        print(json.dumps({"bench": "rehearsal", "rows": [row.to_json() for row in rows]}, indent=2))
    else:
        print("\n".join(f"{row.name:<32} {row.value:.3g} {row.unit} {row.note}" for row in rows))
    return 0


def read_results(path: Path, name: str = "scene") -> dict[str, dict[str, Any]]:
    """Results of an earlier run by what names them; a last line that was cut off is left out."""
    found: dict[str, dict[str, Any]] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                result = json.loads(line)
            except ValueError:
                continue
            found[result[name]] = result
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
