"""PolicyLearner: what it cannot learn, what it keeps, and that it goes on where the one before it ended."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training extra is not installed")
pytest.importorskip("rsl_rl", reason="the training extra is not installed")

from skill_stack.core.resources import Resources
from skill_stack.core.rewards.kept_rewards import load_kept_rewards
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skill_origin import quarantine
from skill_stack.core.skills.skill_library import load_library
from skill_stack.practice.goal import Goal
from skill_stack.practice.settings import practice_settings
from skill_stack.runtime.practice.motion_trial import MotionGround
from skill_stack.training.motions import policy_learner
from skill_stack.training.motions.policy_learner import policy_learners
from test.training.motions.test_learn_motion import NOW, short

ROOT = Path(__file__).resolve().parents[3]


def goal(**term) -> Goal:
    success = {"hold": 0.1, "tolerance": {term["term"]: 0.3}}  # so little learning leans by chance
    return Goal(robot="go2", words="tilt over", rewards=RewardSet.parse({"terms": [term], "success": success}, "test"))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An overlay of its own, and learners that learn for seconds."""
    monkeypatch.setattr(policy_learner, "motion_settings", short)
    found = Resources((tmp_path, ROOT), tmp_path)
    robot = load_robot(found.robot("go2"), found)
    settings = practice_settings().model_copy(update={"policy": (1e-3, 2e-3), "seconds": 1.0})
    return found, MotionGround(robot, load_library(found, robot), settings)


def test_a_policy_is_learnt_tried_kept_and_the_next_learner_goes_on_with_it(place):
    (found, ground), told = place, []
    first, second = policy_learners(ground, found, lambda: NOW, told.append)
    lean = goal(term="base_roll", target=0.2)
    assert first.suits(lean) == "" and first.name == "policy of 0.001 minutes"
    first.learn(lean, 60.0)
    run = first.run(lean, 1)
    assert run.passed, run.reason
    second.learn(lean, 60.0)
    assert any(line.startswith("going on from") for line in told)
    assert second.keep(lean, 1, 1) == "tilt_over"
    spec, folder = load_library(found, ground.robot)["tilt_over"], found.overlay / "models/go2/tilt_over"
    assert spec.policy is not None and spec.timeout == 1.0 and spec.phrases == ("tilt over",)
    kept = load_kept_rewards(folder)
    assert kept is not None and kept.rewards == lean.rewards and "quarantine" in quarantine(folder)


def test_what_a_policy_does_not_see_is_told(place):
    found, ground = place
    learner = policy_learners(ground, found, lambda: NOW, print)[0]
    assert "place_x, counted from where it begins" in learner.suits(goal(term="place_x", target=1.0))
    assert "nothing says when" in learner.suits(Goal(robot="go2", words="sit, then lie down"))
