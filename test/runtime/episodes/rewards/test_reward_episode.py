"""A motion by reward terms in a world of its own: what is reached, what is lost, and that worlds differ."""

from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.data_file import read_yaml
from skill_stack.core.errors import UnknownName
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.evaluation.reward_suite import PlanTimes, RewardSuite, load_reward_suite
from skill_stack.motion.sampling.settings import settings_for
from skill_stack.runtime.episodes.rewards.reward_episode import RewardRun, read_words, run_reward_task
from skill_stack.runtime.episodes.rewards.reward_world import draw_world

ROOT = Path(__file__).resolve().parents[4]
FILE = ROOT / "config" / "scenarios" / "rewards.yaml"
SUITE = load_reward_suite(FILE)


def test_the_suite_has_nine_motions_of_a_dog_and_eight_of_a_hand():
    robots = [task.robot for task in SUITE.tasks]
    assert robots.count("go2") == 9 and robots.count("allegro_right") == 8
    assert all(task.words for task in SUITE.tasks)
    with pytest.raises(UnknownName, match="lift_paw"):
        SUITE.task("lift_pow")


def test_a_task_that_holds_what_is_not_there_is_refused():
    data = read_yaml(FILE)
    data["tasks"][0]["holding"] = True
    with pytest.raises(ValueError, match="lift_paw: worlds.go2 has no object to hold"):
        RewardSuite.model_validate(data)


def test_a_motion_is_reached_in_a_robot_that_differs_from_the_planners():
    robot, task = load_robot(ROOT / "urdf" / "go2"), SUITE.task("lean_right")
    episode = run_reward_task(robot, SUITE, task, 901)
    assert episode.passed and episode.measured["base_roll"] < 0.12 and episode.measured["plans"] > 10
    again = draw_world(robot, task, SUITE.worlds["go2"], np.random.default_rng(902))
    assert again.drawn != episode.world and 0.5 <= again.drawn["friction"] <= 1.1
    base = robot.source.base_link
    assert again.model.body(base).mass != again.planned.body(base).mass


def test_what_is_out_of_reach_in_time_fails_with_how_far_it_was():
    robot, task = load_robot(ROOT / "urdf" / "go2"), SUITE.task("lean_right")
    never = task.rewards.model_copy(update={"success": task.rewards.success.model_copy(update={"within": 0.1})})
    few = settings_for({"legged"}).model_copy(update={"samples": 4})
    episode = run_reward_task(robot, SUITE, task.model_copy(update={"rewards": never}), 901, few)
    assert not episode.passed and "not within 0.1 s: at best base_roll" in episode.reason


def test_an_object_that_falls_ends_the_motion():
    robot, task = load_robot(ROOT / "urdf" / "allegro_right"), SUITE.task("tilt_cube")
    worlds = SUITE.worlds["allegro_right"]
    few = settings_for({"hand"}).model_copy(update={"samples": 4})
    world = draw_world(robot, task, worlds, np.random.default_rng(1))
    run = RewardRun(robot, world, worlds, few, 1, task.rewards, PlanTimes(again=0.2))
    run.robot.data.qpos[-7:-4] += (0.0, 0.3, 0.0)  # beside the hand
    verdict = run.follow(task.rewards, 0.0)
    assert run.record.reason == "the object fell" and not verdict.reached and run.record.simulated < 1.0


@pytest.mark.parametrize("task", SUITE.tasks, ids=lambda task: task.name)
def test_words_are_read_as_terms_of_what_they_mean(task):
    robot = load_robot(ROOT / "urdf" / task.robot)
    read = read_words(robot, task)
    assert isinstance(read, RewardSet), read
    named = {(one.term, tuple(sorted(one.of))) for one in read.terms}
    assert {(one.term, tuple(sorted(one.of))) for one in task.rewards.aims} <= named


def test_words_that_are_not_read_fail_with_the_reason():
    robot, task = load_robot(ROOT / "urdf" / "allegro_right"), SUITE.task("pinch")
    episode = run_reward_task(robot, SUITE, task.model_copy(update={"words": "spread the fingers like a frog"}), 1)
    assert not episode.passed and episode.reason.startswith("words: ")
