"""A robot that moves as reward terms say, in lock-step: planned beside the loop, edited while it runs, and stopped."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.setpoint import SkillRequest
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.runtime.line.line import Line

ROOT = Path(__file__).parents[3]
SKILL = "move_as_told"
LOWER = {"base_height": 0.2, "base_height_weight": 1.0}


def line_of(name):
    resources = Resources((ROOT,), ROOT / "nowhere")
    robot = load_robot(resources.robot(name), resources)
    return Line(robot, load_library(resources, robot), set_up(load_scene(resources.scene("open")), 0))


def standing():
    line = line_of("go2")
    line.run_skill("rise", {})
    return line


def until_it_drives(line, **arguments):
    """Starts the skill and runs until its first plan drives the robot."""
    line.connector.start(SkillRequest("t/1", SKILL, arguments), line.scene, line.now)
    runner = line.core.bank.runners[SKILL]
    while line.status.skill != SKILL or runner.use.falls_back:
        line.step()
        assert line.now < 10.0, line.status
    return runner


def seconds(line, length):
    end = line.now + length
    while line.now < end - 1e-9:
        line.step()


def height(line):
    return float(line.device.truth().position[2])


def test_it_lowers_its_body_is_edited_at_once_and_a_void_plan_ends_in_the_stance() -> None:
    line = standing()
    runner = until_it_drives(line, **LOWER)
    seconds(line, 2.0)
    assert height(line) == pytest.approx(0.2, abs=0.03), "from 0.31 m"
    assert (runner.use.refused, runner.use.late, runner.use.fallbacks) == (0, 0, 0)

    answerer = runner._parts.link._answerer
    answer, targets = answerer.answer, []

    def noted(question):
        found = answer(question)
        targets.append(answerer._asked[1].terms[0].target)
        return found

    answerer.answer = noted
    line.connector.change(SkillRequest("t/1", SKILL, {**LOWER, "base_height": 0.28}), line.scene, line.now)
    changed = line.now
    while 0.28 not in targets:
        line.step()
    assert line.now - changed + runner.spec.sampled.fade <= 0.3, "from the words to the edited plan alone"
    low = height(line)
    seconds(line, 1.0)
    assert height(line) > low + 0.05

    answerer.answer = lambda question: dataclasses.replace(answer(question), void=True)
    while runner.use.refused == 0:
        line.step()
    seconds(line, 0.9)
    assert runner.use.falls_back and line.status.skill == SKILL and line.status.tilt < 0.3
    answerer.answer = answer
    seconds(line, 0.4)
    assert not runner.use.falls_back, "it plans again after a second"


def test_what_it_cannot_reach_ends_with_the_term_and_how_far_off_it_stays() -> None:
    line = standing()
    result = line.run_skill(SKILL, {"base_height": 0.55, "base_height_weight": 1.0})
    assert result.outcome == "failed" and result.steps[0].violated == "an aim comes nearer", result.reason
    said = re.search(r"base_height stays (\S+) m off", result.reason)
    assert said and 0.05 < float(said[1]) < 0.3, result.reason
    assert 8.0 < result.simulated_seconds < 15.0, "8 s after it came as near as it can"
    seconds(line, 2.0)
    assert line.status.skill == "stand" and line.status.tilt < 0.2


def test_the_same_seed_gives_the_same_motion() -> None:
    ends = []
    for _ in range(2):
        line = standing()
        until_it_drives(line, base_pitch=-0.2, base_pitch_weight=1.0)
        seconds(line, 0.5)
        ends.append(line.device.truth().position)
    assert np.array_equal(*ends)


def test_plans_that_come_later_than_they_live_leave_the_stance() -> None:
    line = standing()
    runner = until_it_drives(line, **LOWER)
    runner._parts.link._latency, asked = runner.spec.sampled.life + 0.1, runner.use.asked
    seconds(line, 2.0)
    assert runner.use.falls_back and runner.use.late > 0 and runner.use.refused == 0
    assert runner.use.asked - asked < 12, "ten in a second, but for the second in which it stands"
    assert height(line) > 0.25 and line.status.tilt < 0.2 and line.status.skill == SKILL
    runner._parts.link._latency = runner.spec.sampled.latency
    seconds(line, 1.5)
    assert not runner.use.falls_back and height(line) < 0.25


def test_arms_move_above_the_legs_of_another_skill_and_whatever_fails_leaves_the_robot_on_its_feet() -> None:
    line = line_of("g1")
    line.run_skill("stand", {})
    raised = {"hand_height_left": 1.25, "hand_height_left_weight": 1.0}
    runner = until_it_drives(line, **raised)
    seconds(line, 2.0)
    assert hand(line, "left")[2] == pytest.approx(1.25, abs=0.08) and hand(line, "right")[2] < 1.05
    legs = set(line.robot.members(["legs"]))
    driving = {one.skill: set(one.joints) for one in line.core.asked}
    assert driving["stand"] == legs and driving[SKILL] == set(line.robot.joint_names) - legs

    answerer = runner._parts.link._answerer
    answer = answerer.answer
    for fault in (
        lambda question: dataclasses.replace(answer(question), actions=np.full_like(answer(question).actions, np.nan)),
        lambda question: dataclasses.replace(answer(question), void=True),
        lambda question: None,  # a planner that was killed
    ):
        answerer.answer = fault
        while not runner.use.falls_back:
            line.step()
        seconds(line, 0.9)
        assert line.status.tilt < 0.3 and height(line) > 0.65 and hand(line, "left")[2] < 1.1, "arms of the stance"
        answerer.answer = answer
        while runner.use.falls_back:
            line.step()
        seconds(line, 1.5)
        assert hand(line, "left")[2] > 1.1, "it plans again"


def hand(line, side):
    """Middle of a palm, m."""
    palm = next(one for one in line.robot.palms if one.name == side)
    link = line.device.data.body(palm.link)
    return link.xpos + link.xmat.reshape(3, 3) @ palm.centre


def test_a_hand_bends_the_finger_that_it_was_told() -> None:
    line = line_of("allegro_right")
    bent = {"finger_curl_index": 0.9, "finger_curl_index_weight": 1.0, "duration": 2.0}
    result = line.run_skill(SKILL, bent)
    assert result.outcome == "succeeded"
    joints = dict(zip(line.robot.joint_names, line.state.position))
    fist, default = line.robot.poses["fist"], line.robot.poses["default"]
    index, ring = (f"joint_{number}.0" for number in (1, 9))
    assert abs(joints[index] - fist[index]) < abs(joints[index] - default[index])
    assert abs(joints[ring] - fist[ring]) > abs(joints[ring] - default[ring])

    high = {"fingertip_height_index": 0.15, "fingertip_height_index_weight": 1.0, "duration": 1.0}
    result = line.run_skill(SKILL, high)
    assert result.outcome == "failed", "no fingertip gets so far"
    assert "'progress >= 1.0' was not reached within 1 s" in result.reason
