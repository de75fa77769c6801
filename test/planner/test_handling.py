"""What handling skills declare is planned with: nothing is put down or turned that was not taken first."""

import os
from dataclasses import replace

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.planner import Planner

TAKE = ["shape_for", "reach_for", "close_on", "lift_object"]
PUT = ["carry_to", "shape_for", "step_back", "open_hand"]


@pytest.fixture(scope="module")
def hand():
    resources = Resources.from_environment(os.environ)
    library = load_library(resources, load_robot(resources.robot("gantry_allegro_right"), resources))
    setup = set_up(load_scene(resources.scene("laid_table")), 0)
    scene = replace(setup.graph(), robot=setup.start)
    planner = Planner(library)
    return lambda words, *facts: planner.plan(Instruction(words), scene, scene.facts | set(facts))


def steps(plan):
    return [step.skill for step in plan.steps]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("put the blue ball on the other red box", [*TAKE, *PUT]),
        ("pick up the blue ball, then put it on the other red box", [*TAKE, *PUT]),
        ("turn the blue ball by 30 degrees", [*TAKE, "turn_object"]),
        ("pick up the blue ball and turn it by 30 degrees", [*TAKE, "turn_object"]),
    ],
)
def test_what_is_not_in_the_hand_is_taken_first(hand, words, expected):
    plan = hand(words)
    assert (plan.status, steps(plan)) == ("plan", expected), plan.reason


def test_what_is_in_the_hand_is_not_taken_again(hand):
    held = Fact("holding", ("hand", "blue_ball"))
    assert steps(hand("put the blue ball on the other red box", held)) == PUT
    assert steps(hand("turn the blue ball by 30 degrees", held)) == ["turn_object"]


def test_a_hand_that_moved_since_is_shaped_anew(hand):
    shaped = {Fact("shaped_for", ("hand", "blue_ball")), Fact("grip", ("hand", "open"))}
    assert steps(hand("turn the blue ball by 30 degrees", *shaped)) == [*TAKE, "turn_object"]


def test_the_end_of_a_plan_says_where_things_are(hand):
    put = hand("put the blue ball on the other red box").facts
    assert "on(blue_ball, other_red_box)" in put
    assert not any(fact.startswith(("holding", "grasped")) for fact in put)
    assert "holding(hand, blue_ball)" in hand("pick up the blue ball").facts
    assert not any(fact.startswith("holding") for fact in hand("pick up the blue ball, then open the hand").facts)


def test_what_was_pushed_somewhere_is_there_until_it_is_pushed_elsewhere():
    resources = Resources.from_environment(os.environ)
    library = load_library(resources, load_robot(resources.robot("go2"), resources))
    setup = set_up(load_scene(resources.scene("moving_box")), 0)
    scene = replace(setup.graph(), robot=setup.start)
    before = scene.facts | {Fact("posture", ("robot", "standing")), Fact("at", ("cardboard_box", "start"))}
    plan = Planner(library).plan(Instruction("push the cardboard box to the corner"), scene, before)
    assert "at(cardboard_box, corner)" in plan.facts and "at(cardboard_box, start)" not in plan.facts
