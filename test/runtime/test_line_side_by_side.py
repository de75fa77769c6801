"""Two skills at once on one body, each with its own legs, in real physics and through the whole line."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.line.line import Line

ROOT = Path(__file__).resolve().parents[2]


def posture(name, group, duration, *words, pose="sit"):
    """A posture of some legs: from lying into how they are when the robot sits."""
    return {
        "name": name, "robot": "go2", "kind": "posture", "description": name, "phrases": [*words], "needs": [group],
        "success": ["progress >= 1.0 for 0.2 s"], "phases": [{"name": "moving", "stance": "keep"}], "timeout": 8.0,
        "envelope": {"tilt": 1.0, "angular_speed": 6.0}, "provenance": {"recipe": "test"},
        "posture": {"keyframes": [{"pose": pose, "duration": duration, "kp": 60.0, "kd": 3.0}]},
    }  # fmt: skip


@pytest.fixture(scope="module")
def parts_of_a_dog(tmp_path_factory):
    folder = tmp_path_factory.mktemp("skills")
    keep = posture("keep", "legs", 0.2, pose="here")
    prop = posture("prop", "front_legs", 2.0, "prop yourself up")
    for data in (keep, prop, posture("fold", "rear_legs", 0.6, "fold")):
        (folder / "models" / "go2" / data["name"]).mkdir(parents=True)
        (folder / "models" / "go2" / data["name"] / "skill.yaml").write_text(yaml.safe_dump(data))
    resources = Resources((folder, ROOT), folder)
    robot = load_robot(ROOT / "urdf" / "go2")
    return robot, load_library(resources, robot), set_up(load_scene(resources.scene("playground")), 0)


def off(line, group, pose):
    """Largest distance of some joints from a pose, rad."""
    robot = line.robot
    index = robot.indices(robot.groups[group])
    return float(np.abs(np.asarray(line.device.sample().position)[index] - robot.pose(pose)[index]).max())


def test_two_postures_of_different_legs_run_at_once(parts_of_a_dog):
    line = Line(*parts_of_a_dog)
    began = line.now
    result = line.run("fold while you prop yourself up")
    assert result.outcome == "succeeded", result
    ended = {step.skill: step.seconds for step in result.steps}
    assert set(ended) == {"fold", "prop"} and ended["fold"] < 1.2 < 2.0 < ended["prop"] < 3.0
    assert line.now - began < 3.2  # not one after the other, and the one that is done first does not wait
    assert off(line, "front_legs", "sit") < 0.2 and off(line, "rear_legs", "sit") < 0.2


def test_what_nobody_leased_is_left_where_it_is(parts_of_a_dog):
    line = Line(*parts_of_a_dog)
    before = off(line, "front_legs", "lie")
    assert line.run("fold").outcome == "succeeded"
    assert off(line, "rear_legs", "sit") < 0.2 and off(line, "front_legs", "lie") < before + 0.2


def test_ending_one_leaves_the_other_going(parts_of_a_dog):
    line = Line(*parts_of_a_dog)
    line.idle(0.2)
    for number, skill in enumerate(("prop", "fold")):
        line.connector.start(SkillRequest(f"p/{number}", skill), line.scene, line.now)
    line.idle(0.3)
    assert {request.skill for request in line.connector.running} == {"prop", "fold"}
    assert line.connector.cancel("p/1", "enough", line.now)
    line.idle(1.2)
    assert [request.skill for request in line.connector.running] == ["prop"]
    line.idle(1.0)
    assert not line.connector.running  # done, 2.2 s after it began
    assert off(line, "front_legs", "sit") < 0.35 < 0.5 < off(line, "front_legs", "lie")
    assert off(line, "rear_legs", "sit") > 0.4  # stays where it was when it was left


def test_another_plan_takes_the_whole_part(parts_of_a_dog):
    line = Line(*parts_of_a_dog)
    line.idle(0.2)
    line.connector.start(SkillRequest("p/0", "prop"), line.scene, line.now)
    line.idle(0.3)
    line.connector.start(SkillRequest("q/0", "fold"), line.scene, line.now)
    assert [request.id for request in line.connector.running] == ["q/0"]


def test_the_same_legs_are_refused_in_words(parts_of_a_dog):
    line = Line(*parts_of_a_dog)
    refused = line.run("fold while you stand up")
    assert refused.outcome == "failed" and "both need the rear legs" in refused.reason
