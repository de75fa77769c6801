"""Tasks that are refused for one missing skill: practised, done, and the skill used again in a second task."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneGraph
from skill_stack.evaluation.interval import success_interval
from skill_stack.evaluation.practice_suite import RefusedTask
from skill_stack.planner.planner import Planner
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice import Practice
from skill_stack.practice.practice_store import PracticeStore
from skill_stack.practice.settings import practice_settings
from skill_stack.runtime.practice.goal_sources import PastGoals
from skill_stack.runtime.practice.learners import STANDING
from skill_stack.runtime.practice.motion_trial import MotionGround
from skill_stack.runtime.practice.stage import learners_of


@dataclass(frozen=True, slots=True)
class SolvedTask:
    """How a task went.

    Attributes:
        task: Its words.
        missing: The goal that was found in them; empty for none.
        refused: Whether it was refused before.
        kept: How practice ended.
        practice: Processor time of practice, s.
        solved: Worlds in which the whole task succeeded afterwards, of ``worlds``.
        again: Worlds in which the second task did, without learning.
        worlds: How many were tried.
        reason: What went wrong first, or an empty string.
    """

    task: str
    missing: str
    refused: bool
    kept: str
    practice: float
    solved: int
    again: int
    worlds: int
    reason: str = ""


def solve(task: RefusedTask, found: Resources, seed: int, worlds: int, tell: Callable[[str], None]) -> SolvedTask:
    """Practises what a task lacks and does it, and a second one.

    Args:
        task: The task.
        found: Resources with an overlay of this task alone.
        seed: The first world of the tasks; practice has worlds of its own.
        worlds: How many.
        tell: Takes lines for people.
    """
    ground = _ground(task.robot, found)
    before = _planned(ground, task.words)
    goals = list(PastGoals(ground).missing(task.words)) if before != "plan" else []
    failed = SolvedTask(task.words, goals[0].words if goals else "", before != "plan", "", 0.0, 0, 0, worlds)
    if len(goals) != 1:
        return replace(failed, reason=f"{len(goals)} goals found in it ({before})")
    began, settings = time.process_time(), practice_settings()
    store = PracticeStore.of(found)
    try:
        practice = Practice(
            task.robot, store, learners_of(ground, found, lambda: "2026-01-01T00:00:00+00:00", tell), settings,
            lambda passed, runs: success_interval(passed, runs)[0], tell,
        )  # fmt: skip
        kept = next(practice.each(goals))
    finally:
        store.close()
    failed = replace(failed, kept=f"{kept.state}: {kept.reason}", practice=time.process_time() - began)
    if kept.state != "kept":
        return replace(failed, reason=kept.reason)
    with_skill = _ground(task.robot, found)
    solved, why = _done(with_skill, task.words, goals[0], seed, worlds)
    again, then = _done(with_skill, task.again, goals[0], seed + worlds, worlds)
    return replace(failed, solved=solved, again=again, reason=why or then)


def _ground(robot: str, found: Resources) -> MotionGround:
    spec = load_robot(found.robot(robot), found)
    return MotionGround(spec, load_library(found, spec), practice_settings())


def _planned(ground: MotionGround, words: str) -> str:
    """Kind of the planner's answer."""
    return Planner(ground.library).plan(Instruction(words), SceneGraph({}), STANDING).status


def _done(ground: MotionGround, words: str, goal: Goal, seed: int, worlds: int) -> tuple[int, str]:
    """Worlds in which a task succeeded and the motion was reached in truth; and why it did not in the first other."""
    passed, why = 0, ""
    for number in range(seed, seed + worlds):
        line = ground.line(ground.setup(goal, number), ground.skill.name)
        if ground.robot.feet:
            line.run("stand up")
        result = line.run(words)
        reason = "" if result.outcome == "succeeded" else f"{words}: {result.reason}"
        reason = reason or ("it fell" if line.fell else _missed(ground, goal, line))
        passed, why = passed + (not reason), why or reason
    return passed, why


def _missed(ground: MotionGround, goal: Goal, line: Any) -> str:
    """Why the motion was not reached in truth, or an empty string; other motions by terms are not looked at."""
    assert goal.rewards is not None
    asked = RewardSet(terms=goal.rewards.terms)
    reached, reason = ground.reached(asked, ground.motion(line.true))
    return "" if reached else f"the motion: {reason}"
