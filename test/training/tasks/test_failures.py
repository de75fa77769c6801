"""Robots like those that failed are drawn, the others are not forgotten, and a report without failures is refused."""

import json
import os

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.model_variation import ModelVariation
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.training.tasks.failures import RecordedFailures, read_failures
from skill_stack.training.tasks.task import load_task
from skill_stack.training.tasks.variations import RobotVariations

WORLD = {"added_mass": 0.5, "latency": 0.01, "motor_strength": 0.95, "noise": 1.0}


def report(path, frictions, skill="walk", passed=False):
    runs = [{"passed": passed, "world": WORLD | {"friction": value}} for value in frictions]
    runs.append({"passed": True, "world": WORLD | {"friction": 1.0}})
    path.write_text(json.dumps({"tasks": [{"skill": skill, "runs": runs}]}))
    return path


def test_the_failures_are_read_and_nothing_else(tmp_path):
    failures = read_failures(report(tmp_path / "r.json", [0.2, 0.22, 0.3]), "walk")
    assert [robot[0] for robot in failures.robots] == [0.2, 0.22, 0.3]
    assert {robot[1:] for robot in failures.robots} == {(0.5, 0.95)}


def test_failures_of_what_guides_make_of_a_network_are_its_own(tmp_path):
    kept = report(tmp_path / "r.json", [0.4, 0.41, 0.42], skill="climb_ramp")
    assert len(read_failures(kept, "slope_walk", ["climb_ramp"]).robots) == 3
    with pytest.raises(DataError, match="'slope_walk' failed in 0 of 0"):
        read_failures(kept, "slope_walk", ["climb_step"])


def test_robots_near_the_failures_are_drawn_by_their_share():
    rng, own = np.random.default_rng(1), ModelVariation(foot_friction=0.9, joint_friction=0.1)
    failures = RecordedFailures(share=0.7, robots=((0.2, 0.0, 1.0), (0.3, 1.0, 0.9), (0.25, -1.0, 0.95)))
    drawn = [failures.put(own, rng) for _ in range(2000)]
    new = [one for one in drawn if one != own]
    assert 0.67 < len(new) / 2000 < 0.73 and all(one.joint_friction == 0.1 for one in new)
    friction = np.array([one.foot_friction for one in new])
    assert abs(friction.mean() - 0.25) < 0.01 and 0.04 < friction.std() < 0.08 and friction.min() >= 0.05
    assert len(set(friction.round(6))) > 1000  # between them too, not these three alone


@pytest.mark.parametrize(
    ("content", "says"),
    [("", "no recorded episodes"), ("{}", "no recorded episodes"), ('{"tasks": [{"skill": "walk"}]}', "KeyError")],
)
def test_another_file_is_refused_with_what_would_do(tmp_path, content, says):
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(DataError, match=says) as error:
        read_failures(tmp_path / "r.json", "walk")
    assert "skill-stack eval SUITE" in str(error.value)


def test_too_few_failures_are_refused_with_their_number(tmp_path):
    with pytest.raises(DataError, match="'walk' failed in 2 of 3"):
        read_failures(report(tmp_path / "r.json", [0.2, 0.3]), "walk")
    with pytest.raises(DataError, match="'trot' failed in 0 of 0"):
        read_failures(report(tmp_path / "r.json", [0.2, 0.3, 0.4]), "trot")


def test_the_robots_of_a_training_are_drawn_so():
    found = Resources.from_environment(os.environ)
    robot = load_robot(found.robot("go2"), found)
    task = load_task(found.find("models/go2/walk", "skill"))
    failures = RecordedFailures(share=1.0, robots=((0.2, 0.0, 1.0), (0.21, 0.1, 1.0), (0.22, -0.1, 1.0)))
    task = task.model_copy(update={"failures": failures, "ppo": task.ppo.model_copy(update={"robots": 8})})
    model = build_model(robot)
    robots = RobotVariations(model, index_model(model, robot), robot, task, np.random.default_rng(0))
    assert robots.told[:, 0].max() < 0.3  # the task's own range begins at 0.4
