"""What skills alone make of words that ask for a motion: done, done otherwise, or no plan."""

from pathlib import Path

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.evaluation.reward_suite import load_reward_suite
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.rewards.library_episode import run_library_task

ROOT = Path(__file__).resolve().parents[4]
SUITE = load_reward_suite(ROOT / "config" / "scenarios" / "rewards.yaml")


def test_a_skill_is_judged_by_what_the_words_mean_and_words_without_one_move_nothing():
    found = Resources.from_environment({})
    robot = load_robot(found.robot("allegro_right"), found)
    planner = Planner(load_library(found, robot))
    done = run_library_task(robot, planner, SUITE, SUITE.task("open_fingers"), 903)
    assert done.passed and done.simulated_seconds > 1.0 and done.measured["kept"] > 0.9
    spread = SUITE.task("open_fingers").model_copy(update={"words": "close your fingers"})
    other = run_library_task(robot, planner, SUITE, spread, 903)
    assert not other.passed and "not within" in other.reason
    nothing = run_library_task(robot, planner, SUITE, spread.model_copy(update={"words": "fly to the moon"}), 903)
    assert not nothing.passed and nothing.reason.startswith("no plan: ") and nothing.simulated_seconds == 0.0
