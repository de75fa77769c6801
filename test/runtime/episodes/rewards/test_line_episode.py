"""Motions of arms above legs that a skill has: through the whole line, standing and walking, judged on the truth."""

from pathlib import Path

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.reward_suite import load_reward_suite
from skill_stack.runtime.episodes.rewards.line_episode import LineMotions

ROOT = Path(__file__).resolve().parents[4]
SUITE = load_reward_suite(ROOT / "config" / "scenarios" / "rewards_g1.yaml")


@pytest.fixture(scope="module")
def motions() -> LineMotions:
    found = Resources.from_environment({})
    robot = load_robot(found.robot("g1"), found)
    return LineMotions(robot, load_library(found, robot))


def test_arms_move_while_the_legs_walk_and_the_same_seed_gives_the_same(motions) -> None:
    task = SUITE.task("walk_turned")
    first, again = (motions.run(SUITE, task, 901) for _ in range(2))
    assert first.passed and first.measured["plans"] > 10, first.reason
    assert first.measured == again.measured and first.world == again.world


def test_one_sentence_has_the_arms_move_while_the_robot_walks(motions) -> None:
    done = motions.run(SUITE, SUITE.task("said_above_head"), 901)
    assert done.passed and done.measured["plans"] > 10, done.reason


def test_what_was_not_done_and_words_without_a_motion_fail_with_the_reason(motions) -> None:
    task = SUITE.task("turn_trunk")
    right = {"words": "turn your upper body to the right by 30 degrees"}
    other = motions.run(SUITE, task.model_copy(update=right), 901)
    assert not other.passed and "trunk_turn" in other.reason and other.measured["trunk_turn"] > 0.4
    nothing = motions.run(SUITE, task.model_copy(update={"words": "fly to the moon"}), 901)
    assert not nothing.passed and nothing.reason.startswith("no plan: ") and nothing.simulated_seconds == 0.0
