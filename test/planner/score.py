"""Scores the planner on folders of instructions with the steps they should give.

``python test/planner/score.py test/data/language/dev [--failures]`` reads, for each ``<domain>.library.yaml``, the
scenes ``<domain>*.scene.yaml`` and the lines of ``<domain>.jsonl``::

    {"id": "home-001", "text": "pick up the apple", "scene": "home", "status": "plan",
     "steps": [{"skill": "go_to", "arguments": {"target": "apple"}, "inserted": true}, …]}

``inserted`` marks a step that closes a gap, ``any_order`` compares steps as a multiset, ``conditional`` holds the steps
for the case that the condition holds, ``facts`` states what is true besides geometry.

A line may list ``outcomes`` instead of status and steps, each of which is right; ``kind`` groups them in the report::

    {"id": "hotel-errand-07", "kind": "errand", "text": "…", "outcomes": [{"status": "plan", "steps": […]}, …]}

An outcome is reached when its steps are done in this order and all else only drives somewhere: what was put in, and,
where the outcome lists no drive at all, what was asked for as well (``go to the lab and …``).
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

TOLERANCE = 0.02
"""Largest difference between numbers that count as equal, relative or absolute."""


@dataclass(frozen=True, slots=True)
class Result:
    """One instruction judged.

    Attributes:
        row: The line of the file.
        status: Whether the kind of answer is right.
        steps: Whether kind and steps are right.
        asked: Whether the steps that were asked for are right, those put in left out.
        seconds: Time it took.
        plan: What the planner said.
    """

    row: dict[str, Any]
    status: bool
    steps: bool
    asked: bool
    seconds: float
    plan: Plan


def score_domain(library_file: Path) -> list[Result]:
    """Plans every line of a domain.

    Args:
        library_file: ``<domain>.library.yaml``.
    """
    domain = library_file.name.removesuffix(".library.yaml")
    library, stated = read_library(library_file)
    planner = Planner(library)
    scenes = {path.name.removesuffix(".scene.yaml"): read_scene(path)[0]
              for path in sorted(library_file.parent.glob(f"{domain}*.scene.yaml"))}  # fmt: skip
    out = []
    for line in (library_file.parent / f"{domain}.jsonl").read_text(encoding="utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            out.append(_judged(planner, row, _scene(scenes, row, domain), stated))
    return out


def _scene(scenes: dict[str, SceneGraph], row: dict[str, Any], domain: str) -> SceneGraph:
    """The scene that a line names; its only one when it names none."""
    name = str(row.get("scene") or "").removesuffix(".scene.yaml").removesuffix(".yaml")
    for key in (name, f"{domain}.{name}", f"{domain}_{name}", f"{domain}-{name}", domain):
        if key in scenes:
            return scenes[key]
    return next(iter(scenes.values()))


def _judged(planner: Planner, row: dict[str, Any], scene: SceneGraph, stated: frozenset[Fact]) -> Result:
    """One line."""
    if "outcomes" in row:
        return _judged_by_outcome(planner, row, scene, stated)
    own = [Literal.parse(text) for text in row.get("facts", [])]
    facts = place_facts(scene) | stated | {Fact(one.predicate, one.arguments) for one in own if one.positive}
    begin = time.perf_counter()
    plan = planner.plan(Instruction(row["text"]), scene, facts)
    seconds = time.perf_counter() - begin
    wanted = row.get("conditional") if isinstance(row.get("conditional"), list) else None
    wanted = row.get("steps", []) if not wanted else wanted
    status = answers(plan) == row["status"]
    order, steps, asked = bool(row.get("any_order")), False, False
    for offer in (plan, *plan.others):
        given = [{"skill": step.skill, "arguments": step.arguments, "asked": step.why.startswith("asked")}
                 for step in offer.steps]  # fmt: skip
        steps |= same(given, wanted, order)
        asked |= same([s for s in given if s["asked"]], [s for s in wanted if not s.get("inserted")], order)
    return Result(row, status, status and steps, status and asked, seconds, plan)


def _judged_by_outcome(planner: Planner, row: dict[str, Any], scene: SceneGraph, stated: frozenset[Fact]) -> Result:
    """One line of which every outcome is right."""
    begin = time.perf_counter()
    plan = planner.plan(Instruction(row["text"]), scene, place_facts(scene) | stated)
    seconds = time.perf_counter() - begin
    outcomes = [one for one in row["outcomes"] if one["status"] in (plan.status, answers(plan))]
    right = any(_reached(offer, one, planner.library) for one in outcomes for offer in (plan, *plan.others))
    return Result(row, bool(outcomes), right, right, seconds, plan)


def answers(plan: Plan) -> str:
    """The kind of an answer; a question whose *yes* runs steps counts as the plans that it proposes."""
    return "plan" if plan.proposed else plan.status


def _reached(plan: Plan, outcome: dict[str, Any], library: SkillLibrary) -> bool:
    """Whether a plan does what an outcome lists, with or without the drives that the outcome leaves open."""
    given = [({"skill": step.skill, "arguments": step.arguments}, step.why.startswith("asked")) for step in plan.steps]
    whole = [step for step, _ in given]
    asked = [step for step, asked in given if asked]
    done = [step for step, asked in given if asked or not _only_drives(library[step["skill"]])]
    still = [step for step in whole if not _only_drives(library[step["skill"]])]
    wanted, order = outcome.get("steps", []), bool(outcome.get("any_order"))
    driven = any(_only_drives(library[step["skill"]]) for step in wanted)
    readings = [whole, asked, done, *([] if driven or not wanted else [still])]
    return any(same(steps, wanted, order) for steps in readings)


def _only_drives(skill: SkillSpec) -> bool:
    """Whether a skill changes where the robot is and nothing else."""
    effects = [Literal.parse(effect) for effect in skill.effects]
    leaves = any(not effect.positive and "*" in effect.arguments for effect in effects)
    return leaves and len({effect.predicate for effect in effects}) == 1


def same(given: list[dict[str, Any]], wanted: list[dict[str, Any]], any_order: bool = False) -> bool:
    """Whether steps are the wanted ones; arguments are compared where the wanted ones list them."""
    if len(given) != len(wanted):
        return False
    if not any_order:
        return all(_fits(one, other) for one, other in zip(given, wanted, strict=True))
    left = list(given)
    for other in wanted:
        found = next((one for one in left if _fits(one, other)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _fits(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one step is the wanted one."""
    wanted = (other.get("arguments") or {}).items()
    return one["skill"] == other["skill"] and all(_equal(one["arguments"].get(name), value) for name, value in wanted)


def _equal(one: Any, other: Any) -> bool:
    """Whether two arguments are equal, numbers nearly."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == other)


def main() -> int:
    """Prints one line per domain and one for all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--failures", action="store_true", help="print every line that is wrong")
    options = parser.parse_args()
    everything: list[Result] = []
    for file in sorted(options.folder.glob("*.library.yaml")):
        results = score_domain(file)
        everything += results
        sys.stdout.write(_line(file.name.removesuffix(".library.yaml"), results))
        for one in results if options.failures else []:
            if not one.steps:
                sys.stdout.write(_failure(one))
    for kind in sorted({str(one.row["kind"]) for one in everything if "kind" in one.row}):
        sys.stdout.write(_line(kind, [one for one in everything if one.row.get("kind") == kind]))
    sys.stdout.write(_line("all", everything))
    return 0


def _failure(one: Result) -> str:
    """One line about a line that is wrong."""
    steps = "; ".join(
        f"{step.skill}({', '.join(f'{name}={value}' for name, value in step.arguments.items())})"
        for step in one.plan.steps
    )
    wanted = one.row.get("status") or " or ".join(sorted({outcome["status"] for outcome in one.row["outcomes"]}))
    got = f"{one.plan.status}: {steps or one.plan.reason[:150]}"
    return f"  {one.row['id']} {one.row['text']!r}: wanted {wanted}, got {got}\n"


def _line(name: str, results: list[Result]) -> str:
    """One line of the report."""
    if not results:
        return f"{name}: no instructions\n"
    count, times = len(results), [one.seconds * 1000 for one in results]
    return (f"{name}: {count} instructions, steps {sum(r.steps for r in results) / count:.1%}, "
            f"asked steps {sum(r.asked for r in results) / count:.1%}, status "
            f"{sum(r.status for r in results) / count:.1%}, median {statistics.median(times):.1f} ms, "
            f"longest {max(times):.0f} ms\n")  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
