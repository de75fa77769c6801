"""Targets of a clip that are learnt in training's physics."""

import os
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.balance.balance_task import load_balance_task
from skill_stack.training.balance.body_course import LearntTask
from skill_stack.training.balance.learnt_targets import ClipFollowers, learn_targets
from skill_stack.training.balance.planted_stance import PlantedStance

MODELS = Path(__file__).resolve().parents[3] / "models/g1"
FRAMES = 60


@pytest.fixture(scope="module")
def robot():
    return load_robot(Resources.from_environment(os.environ).robot("g1"))


@pytest.fixture(scope="module")
def stance(robot):
    balance = load_balance_task(MODELS / "stand")
    return PlantedStance(robot, balance.stance, balance.joints)


@pytest.fixture(scope="module")
def tables():
    """The first frames of the shipped squat, in which it stands."""
    graph = onnx.load(str(MODELS / "squat_down/policy.onnx")).graph
    held = {one.name: numpy_helper.to_array(one).astype(float) for one in graph.initializer}
    frames = ("expected", "feedforward", "hats", "body_pos_of")
    return {name: np.repeat(held[name][:1], FRAMES, axis=0) for name in frames} | {"gains": held["gains"]}


@pytest.fixture(scope="module")
def task():
    few = {"robots": 4, "rounds": 3, "variation": {"foot_friction": [0.8, 0.8]}, "delay": [1, 1]}
    return LearntTask.model_validate(few)


def test_what_the_feedback_does_to_all_robots_becomes_part_of_the_targets(robot, stance, tables, task):
    wrong = tables["feedforward"].copy()
    wrong[:, robot.joint_names.index("left_ankle_pitch_joint")] += 0.1
    given = tables | {"feedforward": wrong}
    said = []
    learnt = learn_targets(robot, stance, given, task, None, 0, said.append)
    assert len(said) == 3 and all("100% of 4 robots near the clip" in line for line in said)
    assert np.array_equal(given["feedforward"], wrong), "what was given stays"
    others = np.setdiff1d(np.arange(robot.size), stance.driven)
    assert np.array_equal(learnt["feedforward"][:, others], wrong[:, others])
    legs = len(stance.driven)
    last = learnt["expected"][1:, 6 + 2 * legs : 6 + 3 * legs]
    np.testing.assert_allclose(last, learnt["feedforward"][:-1, stance.driven])

    def corrected(by):
        followed = ClipFollowers(robot, stance, by, task, None, np.random.default_rng(1)).follow()
        return np.abs(followed.correction).mean()

    assert corrected(learnt) < 0.7 * corrected(given)


def test_who_cannot_follow_is_told_and_nothing_is_kept_from_it(robot, stance, tables, task):
    falls = tables["feedforward"].copy()
    falls[:, [robot.joint_names.index(f"{side}_knee_joint") for side in ("left", "right")]] += 1.5
    given = tables | {"feedforward": falls, "gains": np.zeros_like(tables["gains"])}
    said = []
    learnt = learn_targets(robot, stance, given, task, None, 0, said.append)
    assert "0% of 4 robots" in said[0] and np.array_equal(learnt["feedforward"], falls)
