"""Words about something that nobody has seen: it is looked for first, then they are done."""

from dataclasses import replace

import pytest

from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneObject
from skill_stack.core.world.world_facts import SEES

BOX = SceneObject("orange_box", "box", (2.0, 2.0, 0.2), 0.0, "box", (0.3, 0.3, 0.4), "orange")
SAID = "There is no orange box here. I looked 12 times over 20 m and saw 60 m² of floor."


@pytest.fixture
def seeing(robot):
    """A robot whose camera looks, in a scene without an orange box."""
    robot.scene = robot.base = replace(robot.scene, facts=robot.scene.facts | {SEES})
    return robot


@pytest.mark.parametrize("words", ["find the orange box", "walk to the orange box", "go to the orange box, then sit"])
def test_what_was_never_seen_is_looked_for_and_then_the_words_are_done(seeing, words):
    job = seeing.say(words)
    assert seeing.step.skill == "look_for" and seeing.step.arguments["what"] == "orange box"
    assert "look for it first" in seeing.heard("plan")[-1]
    seeing.scene = replace(seeing.scene, objects={**seeing.scene.objects, "orange_box": BOX})
    seeing.end()
    assert (seeing.step.skill, seeing.step.arguments["target"]) == ("go_to", "orange_box")
    seeing.finish_all()
    assert seeing.result(job)[0] == "succeeded"


def test_what_is_not_there_is_said_with_where_was_looked(seeing):
    job = seeing.say("find the orange box")
    seeing.end("failed", reason=SAID, violated="the thing is found")
    outcome, reason = seeing.result(job)
    assert outcome == "failed" and "I looked 12 times over 20 m" in reason
    assert "to name another thing" in reason
    assert seeing.step is None


def test_nothing_is_looked_for_twice(seeing):
    job = seeing.say("find the orange box")
    seeing.end()  # it says that it found it, and the scene does not have it
    assert seeing.result(job)[0] == "refusal" and seeing.step is None


def test_two_unseen_things_are_looked_for_one_after_the_other(seeing):
    ball = replace(BOX, id="brown_ball", kind="ball", shape="sphere", colour="brown")
    seeing.say("go to the orange box, then go to the brown ball")
    seeing.scene = replace(seeing.scene, objects={**seeing.scene.objects, "orange_box": BOX})
    assert seeing.end().arguments["what"] == "orange box"
    seeing.scene = replace(seeing.scene, objects={**seeing.scene.objects, "brown_ball": ball})
    assert seeing.end().arguments["what"] == "brown ball"
    assert [one[1] for one in seeing.finish_all()] == ["orange_box", "brown_ball"]


def test_no_step_of_the_words_is_taken_for_one_of_the_search(seeing):
    ball = replace(BOX, id="brown_ball", kind="ball", shape="sphere", colour="brown")
    seeing.say("go to the orange box, then go to the brown ball")
    seeing.scene = replace(seeing.scene, objects={**seeing.scene.objects, "orange_box": BOX})
    seeing.end()
    seeing.scene = replace(seeing.scene, objects={**seeing.scene.objects, "brown_ball": ball})
    seeing.finish_all()
    ids = [request.id for request in seeing.asked]
    assert len(set(ids)) == len(ids) >= 4, "a step would be given the outcome of the other one"


def test_a_robot_without_a_camera_says_that_there_is_none(robot):
    job = robot.say("find the orange box")
    assert robot.step is None
    assert robot.result(job) == ("refusal", robot.result(job)[1]) and "no orange box here" in robot.result(job)[1]


def test_a_camera_that_sees_nothing_any_more_is_none(robot):
    robot.scene = robot.base = replace(robot.scene, facts=robot.scene.facts | {Fact("stale", ("scene",))})
    job = robot.say("find the orange box")
    assert robot.result(job)[0] == "refusal"


def test_what_is_seen_is_not_looked_for(seeing):
    seeing.say("find the red ball")
    assert seeing.step.skill == "go_to"


def test_a_search_is_given_up_like_anything_else(seeing):
    job = seeing.say("find the orange box")
    seeing.say("stop")
    assert seeing.result(job)[0] == "interrupted"
