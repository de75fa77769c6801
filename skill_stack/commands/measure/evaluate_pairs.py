"""Results of two skills at the same time, written beside a robot's skills, where the checker of plans reads them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.pair_results import PAIRS, PairResult, PairResults, signs_of
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import place_facts
from skill_stack.evaluation.measured import commit_here, seeds_text
from skill_stack.evaluation.suite import Suite
from skill_stack.evaluation.suite_run import SuiteResult
from skill_stack.planner.planner import Planner


def save_pairs(folder: Path, suite: Suite, result: SuiteResult, found: Resources) -> Path | None:
    """Writes what a suite tells of pairs of skills; the file, or None where it tells nothing.

    Args:
        folder: The folder of the robot's skills.
        suite: The suite.
        result: What was measured.
        found: Where robots, skills and scenes are.

    Raises:
        DataError: The file cannot be written.
    """
    pairs = []
    for task in result.tasks:
        plan = _plan(suite, task.words, found) if task.words else None
        both = pair_of(plan.tree) if plan is not None and plan.tree is not None else None
        episodes = result.episodes_of(task.name)
        if both is None or not episodes:
            continue
        one, other = sorted(both, key=lambda node: node.skill)
        pairs.append(
            PairResult(
                skills=(one.skill, other.skill),
                signs=signs_of(one.skill, one.arguments) | signs_of(other.skill, other.arguments),
                episodes=len(episodes), successes=sum(episode.passed for episode in episodes),
                suite=f"{suite.name}.{task.name}", seeds=seeds_text([e.seed for e in episodes]), version=commit_here(),
            )
        )  # fmt: skip
    if not pairs:
        return None
    path = folder / PAIRS
    text = json.dumps(PairResults(pairs=tuple(pairs)).model_dump(mode="json"), indent=1)
    try:
        path.write_text(f"{text}\n", "utf-8")
    except OSError as error:
        raise DataError(f"the results of pairs cannot be written: {error}") from error
    return path


def _plan(suite: Suite, words: str, found: Resources) -> Plan:
    """The plan of words in the suite's scene; pairs that failed before are no reason against it here."""
    robot = load_robot(found.robot(suite.robot), found)
    library = replace(load_library(found, robot), pairs=PairResults())
    setup = set_up(load_scene(found.find(f"config/scenes/{suite.scene}.yaml", "scene")), 0)
    scene = replace(setup.graph(), robot=setup.start)
    facts = place_facts(scene) | {Fact("posture", ("robot", "standing"))}
    return Planner(library).plan(Instruction(words, "eval"), scene, facts)


def pair_of(tree: PlanNode) -> tuple[PlanNode, PlanNode] | None:
    """The two single skills that a tree does at the same time; None where it does no such thing."""
    for child in tree.children:
        if (found := pair_of(child)) is not None:
            return found
    one = [list(child.every_skill()) for child in tree.children]
    if tree.type == "parallel" and len(one) == 2 and all(len(steps) == 1 for steps in one):
        return one[0][0], one[1][0]
    return None
