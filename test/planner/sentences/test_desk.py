"""An arm at a desk: what is in its hand is what is put down, and deeds are known by what they are for."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
skills:
  - name: lift
    phrases: ["lift {block}"]
    goal: [{name: block, type: object}]
    preconditions: ["not holding(robot, *)"]
    effects: ["holding(robot, $block)", "not in($block, *)"]
  - name: place_in
    phrases: ["put {block} in {container}", "place {block} in {container}"]
    goal: [{name: block, type: object}, {name: container, type: object}]
    preconditions: ["holding(robot, $block)"]
    effects: ["not holding(robot, $block)", "in($block, $container)"]
  - name: turn_on
    phrases: ["turn on {light}"]
    goal: [{name: light, type: object}]
    effects: ["lit($light)"]
"""
THINGS = {"red_block": "block", "blue_block": "block", "drawer": "drawer", "lamp": "lamp", "button": "button"}


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    file = tmp_path_factory.mktemp("desk") / "desk.library.yaml"
    file.write_text(LIBRARY)
    planner = Planner(read_library(file)[0])
    scene, _ = read_scene({"objects": {name: {"type": kind} for name, kind in THINGS.items()}})
    return lambda text, *facts: planner.plan(Instruction(text), scene, place_facts(scene) | set(facts))


HELD = Fact("holding", ("robot", "blue_block"))


@pytest.mark.parametrize("noun", ["the block", "the object", "it"])
def test_what_is_held_is_meant_where_a_skill_needs_it_held(ask, noun):
    plan = ask(f"put {noun} in the drawer", HELD)
    assert [(s.skill, s.arguments["block"]) for s in plan.steps] == [("place_in", "blue_block")], plan.reason


def test_without_something_in_the_hand_it_is_asked_which_one_is_meant(ask):
    plan = ask("put the block in the drawer")
    assert plan.status == "question" and not plan.steps, plan.reason


def test_what_was_lifted_in_the_same_sentence_is_put_down(ask):
    plan = ask("lift the red block and put the block in the drawer")
    assert [s.arguments["block"] for s in plan.steps] == ["red_block", "red_block"], plan.reason


@pytest.mark.parametrize("text", ["push the button to turn on the lamp", "use the button to turn on the lamp"])
def test_what_another_deed_is_for_is_proposed_and_runs_only_after_a_yes(ask, text):
    plan = ask(text)
    assert plan.status == "question" and plan.proposed, plan.reason
    assert [(s.skill, s.arguments) for s in plan.steps] == [("turn_on", {"light": "lamp"})]


def test_what_is_not_to_be_done_for_a_purpose_is_not_proposed(ask):
    assert not ask("do not push the button to turn on the lamp").steps
