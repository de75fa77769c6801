"""Words that go with a pointing arm: ``that one``, and one of several that a noun fits."""

from dataclasses import replace

import pytest

from skill_stack.core.world.fact import Fact


@pytest.fixture
def pointing(ask, scene, standing):
    """Plans a sentence while somebody points at things."""

    def plan(text, *names):
        told = {Fact("pointed_at", (name,)) for name in names}
        return ask(text, standing | told, replace(scene, facts=scene.facts | told))

    return plan


def target(plan):
    assert plan.tree is not None, plan.reason
    (step,) = plan.steps
    return step.arguments["target"]


@pytest.mark.parametrize("words", ["walk to that one", "go to that", "walk to this one", "walk to that box",
                                   "go to the box", "go to this box"])  # fmt: skip
def test_what_is_pointed_at_is_meant(pointing, words) -> None:
    assert target(pointing(words, "green_box")) == "green_box"
    assert pointing(words).status == "question", "without an arm nobody knows"


def test_a_description_counts_more_than_an_arm(pointing) -> None:
    assert target(pointing("walk to the red ball", "green_box")) == "red_ball"
    assert target(pointing("walk to the nearest box", "green_box")) != "", "and so does what words single out"


def test_an_arm_between_two_things_is_asked_about_unless_the_noun_tells(pointing) -> None:
    asked = pointing("walk to that one", "green_box", "red_ball")
    assert asked.status == "question" and "green box" in asked.reason and "red ball" in asked.reason
    assert target(pointing("walk to that box", "green_box", "red_ball")) == "green_box"


def test_it_is_what_was_spoken_of_whatever_an_arm_says(pointing) -> None:
    plan = pointing("walk to the red ball, then turn to it", "green_box")
    assert [step.arguments.get("target") for step in plan.steps] == ["red_ball", "red_ball"]
