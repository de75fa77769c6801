"""Words about one of two things that run at the same time."""

from pathlib import Path

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.planner import Planner

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def carrier():
    resources = Resources((ROOT,), ROOT / "nowhere")
    return load_library(resources, load_robot(ROOT / "urdf" / "go2_hand", resources))


@pytest.fixture
def busy(make_robot, carrier):
    """A robot that walks and closes its hand."""
    robot = make_robot(planner=Planner(carrier), library=carrier)
    robot.job = robot.say("go to the red ball while you close your hand")
    assert [request.skill for request in robot.asked] == ["go_to", "close_hand"]
    return robot


@pytest.mark.parametrize(
    "words", ["stop closing your hand", "please stop making a fist.", "you can stop closing the hand, please"]
)
def test_one_is_ended_by_its_name_and_the_other_goes_on(busy, words):
    skill, other = "close_hand", "go_to"
    ids = {request.skill: request.id for request in busy.asked}
    said = busy.say(words)
    assert busy.result(said)[0] == "succeeded" and "the rest goes on" in busy.result(said)[1]
    assert busy.cancelled == [ids[skill]] and busy.result(busy.job) is None and busy.stops == 0
    busy.running = {ids[other]: next(request for request in busy.asked if request.skill == other)}
    busy.end()
    assert busy.result(busy.job)[0] == "succeeded" and "as you said" in busy.result(busy.job)[1]


@pytest.mark.parametrize("words", ["stop", "stop moving", "stop sitting down"])
def test_a_plain_stop_and_one_of_what_does_not_run_end_both(busy, words):
    busy.say(words)
    assert busy.stops == 1 and busy.result(busy.job)[0] == "interrupted"


def test_walking_can_be_ended_while_the_hand_goes_on(busy):
    assert "the rest goes on" in busy.result(busy.say("stop walking"))[1] and busy.stops == 0


def test_to_stop_doing_something_is_never_to_do_it(make_robot, carrier):
    robot = make_robot(planner=Planner(carrier), library=carrier)
    robot.say("close your hand")
    robot.say("stop closing your hand")
    assert robot.stops == 1 and len(robot.asked) == 1
