"""Orders that name a side: as the robot sees it, as the thing itself has it, or a question where that differs."""

import math
from dataclasses import replace

import pytest

from skill_stack.core.world.scene import SceneObject


@pytest.fixture
def order(ask, scene):
    def plan(text, yaw=0.0, **more):
        chair = SceneObject("chair", "chair", (2.0, 0.0, 0.4), yaw, "box", (0.5, 0.5, 0.8))
        things = {one.id: one for one in more.values()}
        return ask(text, where=replace(scene, objects={**scene.objects, "chair": chair, **things}))

    return plan


@pytest.mark.parametrize(
    ("text", "side", "frame"),
    [
        ("go to the left of the chair as you see it", "left", "viewer"),
        ("go to the left of the chair from its own point of view", "left", "own"),
        ("go to the chair's own left side", "left", "own"),
        ("walk to the right side of the chair on the map", "right", "world"),
        ("go behind the chair as you see it", "behind", "viewer"),
    ],
)
def test_words_for_a_frame_become_the_frame_of_the_side(order, text, side, frame):
    plan = order(text, math.pi / 2)
    assert plan.status == "plan", plan.reason
    (step,) = plan.steps
    assert (step.arguments["target"], step.arguments["side"], step.arguments["frame"]) == ("chair", side, frame)


def test_a_side_that_is_another_one_for_the_thing_itself_is_asked_about(order):
    asked = order("go to the left of the chair", math.pi)
    assert asked.status == "question" and "as I see it" in asked.reason and "its own" in asked.reason
    same = order("go to the left of the chair", 0.0)  # it looks where the robot looks
    assert same.status == "plan" and same.steps[0].arguments["frame"] == "viewer"
    assert order("go to the left of the green box").status == "plan", "a box has no front"


def test_a_thing_on_a_side_of_another_one_is_asked_about_too(order):
    left = SceneObject("cone_1", "cone", (2.0, 1.0, 0.2), 0.0, "box", (0.2, 0.2, 0.4))
    right = SceneObject("cone_2", "cone", (2.0, -1.0, 0.2), 0.0, "box", (0.2, 0.2, 0.4))
    asked = order("go to the cone left of the chair", math.pi, left=left, right=right)
    assert asked.status == "question" and "cone_1" in asked.reason and "cone_2" in asked.reason, asked.reason
    for words, name in (("left of the chair as you see it", "cone_1"), ("on the chair's own left", "cone_2")):
        plan = order(f"go to the cone {words}", math.pi, left=left, right=right)
        assert plan.status == "plan" and plan.steps[0].arguments["target"] == name, plan.reason
