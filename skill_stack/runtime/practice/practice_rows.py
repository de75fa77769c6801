"""Runs by which practice is measured: goals of the grammar in fresh worlds, with the truth beside what was seen."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from skill_stack.core.resources import Resources
from skill_stack.core.rewards.costs import judge, tolerance
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import set_up
from skill_stack.hardware.mujoco.standing_check import settling_problem
from skill_stack.motion.words.word_data import motion_data
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice import NoScene
from skill_stack.practice.practice_scenes import practice_scene
from skill_stack.practice.settings import practice_settings
from skill_stack.runtime.practice.goal_sources import drawn_goals
from skill_stack.runtime.practice.learners import RewardLearner
from skill_stack.runtime.practice.motion_trial import MotionGround, MotionTrial

ROBOTS = ("go2", "go2", "allegro_right")
"""Whose goals seeds draw in turn; scenes are always those of the first."""
OFF = (0.5, 3.0)
"""By how many tolerances every second run is asked for something else than it is judged by."""


@cache
def ground_of(name: str, found: Resources) -> MotionGround:
    """Where motions of a robot are tried; loaded once."""
    robot = load_robot(found.robot(name), found)
    return MotionGround(robot, load_library(found, robot), practice_settings())


def drawn_goal(name: str, seed: int, found: Resources) -> Goal:
    """The goal that the grammar draws at a seed."""
    return next(drawn_goals(ground_of(name, found), np.random.default_rng([61, seed])))


def practice_rows(seeds: Sequence[int], found: Resources) -> Iterator[dict[str, Any]]:
    """One run for each seed, as plain data of a practice score.

    Every second run is asked for something else than it is judged by, so that many runs fail, and closely.

    Args:
        seeds: The seeds.
        found: Where robots are.
    """
    for seed in seeds:
        name, began = ROBOTS[seed % len(ROBOTS)], time.process_time()
        ground, goal = ground_of(name, found), drawn_goal(name, seed, found)
        on_legs = goal if name == ROBOTS[0] else drawn_goal(ROBOTS[0], seed, found)
        robot = ground_of(ROBOTS[0], found).robot
        scene = settling_problem(robot, set_up(practice_scene(on_legs, seed), seed))
        row = {"seed": seed, "robot": name, "words": goal.words, "key": goal.key, "scene": scene}
        yield row | _judged(ground, goal, seed, found) | {"cpu": round(time.process_time() - began, 2)}


def _judged(ground: MotionGround, goal: Goal, seed: int, found: Resources) -> dict[str, Any]:
    """What the robot says of a run, and what is true of it."""
    usable = motion_data().rules.usable
    learner = RewardLearner(ground, found, lambda: "", usable)
    problem = learner.suits(goal)
    asked = "other" if seed % 2 else "goal"
    trial: MotionTrial | None = None
    if not problem:
        try:
            trial = _other(ground, goal, seed) if seed % 2 else learner.trial(goal, seed)
        except NoScene as error:
            problem = str(error)
    if trial is None:
        ends = {"seen": False, "ended": False, "true": False, "labels": 0, "labels_true": 0}
        return {"asked": asked, "ran": False, "reason": problem, **ends}
    layout, found_labels = ground.model_body[1].layout, ground.labels(trial.seen, usable)
    true = sum(trial.truth is not None and judge(one.rewards, trial.truth, layout).reached for one in found_labels)
    return {
        "asked": asked, "seen": trial.passed, "ended": trial.ended, "true": trial.true, "ran": True,
        "reason": trial.reason, "labels": len(found_labels), "labels_true": true,
    }  # fmt: skip


def _other(ground: MotionGround, goal: Goal, seed: int) -> MotionTrial:
    """A run that is asked for one target which is some tolerances off."""
    assert goal.rewards is not None
    rng, aims = np.random.default_rng([62, seed]), goal.rewards.aims
    term = aims[int(rng.integers(len(aims)))]
    off = float(rng.uniform(*OFF)) * tolerance(term, goal.rewards) * float(rng.choice([-1.0, 1.0]))
    low, high = motion_data().rules.usable.get(term.term, term.kind.range)
    now = term.kind.target(ground.robot.stand_height) if term.target is None else term.target
    moved = now + off if low <= now + off <= high else now - off
    target = float(np.clip(moved, *term.kind.range))
    terms = [one.model_copy(update={"target": target}) if one is term else one for one in goal.rewards.terms]
    other = RewardSet(terms=tuple(terms))
    arguments = ground.arguments(other, 1.0, ground.seconds(other))
    return ground.judged(goal, seed, ground.skill.name, arguments, time.process_time())
