"""Episodes of scenarios: the same seed is the same run, what was done decides, and mistakes are named."""

import os
from itertools import pairwise

import numpy as np
import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.resources import Resources
from skill_stack.evaluation.suite import Suite
from skill_stack.runtime.episodes.scenario_episodes import ScenarioEpisodes

FOUND = Resources.from_environment(os.environ)
PUSHES = {"speed": "0.3 m/s", "first": "0.2 s", "every": "0.5 s"}


def episodes(task, **changes):
    suite = {"name": "mine", "description": "d", "robot": "go2", "scene": "open", "tasks": [task], **changes}
    made = Suite.model_validate(suite)
    return ScenarioEpisodes(FOUND, made, lambda: 0.0), made.tasks[0]


def play(task, seed=1, **changes):
    runner, checked = episodes(task, **changes)
    return runner.play(checked, seed)


TURN = {
    "skill": "turn",
    "begins": "standing",
    "arguments": {"angle": "-90 to 90 deg"},
    "success": ["end_heading_error <= 0.2 rad", "tilt <= 1 rad"],
}


def test_a_seed_is_one_run_and_another_is_another():
    runner, task = episodes(TURN)
    first, same, other = (runner.play(task, seed)[0] for seed in (3, 3, 4))
    assert first == same
    assert first.passed, first.reason
    assert first.arguments != other.arguments
    assert first.world != other.world
    assert abs(first.arguments["angle"]) <= 1.571


def test_episodes_of_a_changed_skill_leave_the_others_as_they_are():
    runner, task = episodes(TURN)
    assert runner.changed(task, timeout=0.1).play(task, 3)[0].outcome == "failed"
    assert runner.play(task, 3)[0].passed
    with pytest.raises(UnknownName, match="flip"):
        runner.changed(task.model_copy(update={"skill": "flip"}), timeout=0.1)


def test_fewer_skills_give_the_same_run():
    runner, task = episodes({**TURN, "begins": ["standing", "planted"]})
    for seed in (3, 5):
        assert runner.changed(task).play(task, seed)[0] == runner.play(task, seed)[0]


def test_what_was_not_done_does_not_pass():
    episode, _ = play({**TURN, "success": ["end_heading_error(3.0) <= 0.2 rad"]})
    assert episode.outcome == "succeeded"
    assert not episode.passed
    assert "end_heading_error(3.0)" in episode.reason


def test_words_are_judged_like_skills():
    success = ["end_near(red_ball) <= 0.0 m", "end_pitch >= 0.2 rad"]
    sat, _ = play({"words": "sit down at the red ball", "success": success}, scene="playground")
    assert sat.passed, sat.reason
    went, _ = play({"words": "go to the red ball", "success": success}, scene="playground")
    assert went.outcome == "succeeded" and not went.passed, "it went there but never sat down"
    assert "end_pitch" in went.reason


def test_a_refused_instruction_does_not_pass():
    episode, _ = play({"words": "fly to the moon", "success": ["tilt <= 1 rad"]})
    assert not episode.passed
    assert "the robot says failed" in episode.reason


def test_pushes_come_until_it_has_ended_and_no_longer():
    task = {"skill": "stand", "begins": "standing", "seconds": 2.0, "success": ["tilt <= 1 rad"]}
    episode, line = play(task, perturbations={"pushes": PUSHES})
    kicks = [b.task_time for a, b in pairwise(line.watched) if np.linalg.norm(b.linear - a.linear) > 0.12]
    began = line.watched[0].task_time
    assert len(kicks) >= 3
    assert kicks[-1] - began <= 2.1
    assert line.watched[-1].task_time - began == pytest.approx(3.5, abs=0.1)
    calm, line = play(task)
    assert not [1 for a, b in pairwise(line.watched) if np.linalg.norm(b.linear - a.linear) > 0.12]
    assert calm.passed and episode.passed


def test_a_robot_may_begin_in_the_middle_of_a_walk():
    task = {"skill": "stand", "begins": "walking", "seconds": 6.0, "success": ["tilt <= 1 rad", "rest_power <= 900 W"]}
    episode, line = play(task, seed=2)
    assert episode.passed, episode.reason
    assert np.linalg.norm(line.watched[0].linear[:2]) > 0.2


def test_a_skill_without_an_end_runs_as_long_as_the_task_says():
    task = {"skill": "walk", "begins": "standing", "seconds": 5.0, "arguments": {"vx": 0.5}}
    episode, line = play({**task, "success": ["velocity_error <= 0.1 m/s", "phase_error(trot) <= 0.15"]})
    assert episode.passed, episode.reason
    assert line.watched[-1].task_time - line.watched[0].task_time == pytest.approx(6.5, abs=0.2)


def test_perturbations_reach_the_robot():
    def line(**perturbations):
        return play({**TURN, "success": ["tilt <= 9 rad"]}, perturbations=perturbations)[1]

    usual, heavy = line(), line(payload="3 kg", weak_motors={"FL_calf_joint": 0.5}, latency="10 ms")
    base = usual.robot.source.base_link
    assert heavy.device.model.body(base).mass[0] - usual.device.model.body(base).mass[0] == pytest.approx(3.0)
    assert heavy.device.model.actuator("FL_calf_joint").user[0] == pytest.approx(0.5)
    assert heavy.device.model.actuator("FR_calf_joint").user[0] == 1.0
    runner, task = episodes(TURN, perturbations={"weak_motors": {"tail": 0.5}})
    with pytest.raises(UnknownName, match="FL_calf_joint"):
        runner.play(task, 1)


def test_a_thrown_robot_lies_anyhow():
    task = {"skill": "rise", "begins": "thrown", "success": ["tilt <= 9 rad"], "outcome": ""}
    tilts = [play(task, seed)[1].watched[0] for seed in (1, 2, 3, 4)]
    assert any(truth.fallen for truth in tilts)
    assert len({round(float(truth.position[2]), 4) for truth in tilts}) == 4


@pytest.mark.parametrize(
    ("task", "error", "says"),
    [
        ({**TURN, "skill": "fly"}, UnknownName, "turn"),
        ({**TURN, "arguments": {"speed": 1.0}}, DataError, "has no argument 'speed'; it has: angle"),
        ({**TURN, "arguments": {"angle": "1 to 2 m"}}, DataError, "'angle': .*in m, not in rad"),
        ({**TURN, "arguments": {"angle": "1 to 99 rad"}}, DataError, "angle"),
        ({**TURN, "arguments": {"angle": ["left"]}}, DataError, "angle"),
        ({**TURN, "success": ["end_near(unicorn) <= 0 m"]}, UnknownName, "unicorn"),
        ({**TURN, "scene": "moon"}, Exception, "playground"),
    ],
)
def test_what_a_task_asks_for_in_vain_is_named(task, error, says):
    with pytest.raises(error, match=says):
        play(task)


def test_words_in_between_need_the_nodes():
    words = {"words": "go", "between": [{"say": "stop", "moved": 1.0}], "success": ["tilt <= 1 rad"]}
    runner, task = episodes(words)
    with pytest.raises(DataError, match="--through nodes"):
        runner.check([task])


def test_ways_that_are_to_be_free_are():
    task = {
        "skill": "move",
        "begins": "standing",
        "free": "displacement",
        "arguments": {"forward": "-1 to 2 m", "left": "-0.7 to 0.7 m"},
        "success": ["end_way_error <= 0.2 m"],
    }
    assert all(play(task, seed, scene="playground")[0].passed for seed in (6, 7))
