"""What people state becomes facts, and a scene that knows them understands more."""

from dataclasses import replace

import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.instruction import Instruction
from skill_stack.core.world.fact import Fact
from skill_stack.planner.teaching import taught


@pytest.mark.parametrize(
    "text,fact",
    [
        ("the red ball is called Bob", "called(red_ball, bob)"),
        ("the red ball is mine", "belongs_to(red_ball, speaker)"),
        ("this is the kitchen", "place(kitchen)"),
        ("the red ball is in the blue box", "in(red_ball, blue_box)"),
        ("the red ball is on the table", "on(red_ball, brown_table)"),
    ],
)
def test_statements_become_facts(ask, text, fact):
    plan = ask(text)
    assert plan.status == "statement" and plan.facts == (fact,)


def test_what_was_taught_is_understood_afterwards(ask, scene):
    assert ask("go to Bob").status == "refusal"
    named = taught(scene, ask("the red ball is called Bob").facts)
    assert ask("go to Bob", where=named).steps[0].arguments["target"] == "red_ball"
    placed = taught(scene, ask("this is the kitchen").facts)
    assert ask("go to the blue box and then to the kitchen", where=placed).steps[1].arguments["target"] == "kitchen"
    laid = taught(scene, ask("the green ball is on the table").facts)
    assert ask("go to the ball on the table", where=laid).steps[0].arguments["target"] == "green_ball"


def test_a_thing_lies_in_one_place(scene):
    once = taught(scene, ["on(red_ball, brown_table)"])
    assert taught(once, ["in(red_ball, blue_box)"]).facts == {Fact("in", ("red_ball", "blue_box"))}
    assert taught(once, ["not on(red_ball, brown_table)"]).facts == frozenset()


def test_a_thing_may_be_pushed_once_that_was_said(scene):
    assert not scene["blue_box"].movable
    loose = taught(scene, ["movable(blue_box)"])
    assert loose["blue_box"].movable and loose.facts == scene.facts
    assert not taught(loose, ["not movable(blue_box)"])["blue_box"].movable


def test_wrong_facts_are_refused(scene):
    with pytest.raises(DataError):
        taught(scene, ["the ball is red"])
    with pytest.raises(UnknownName):
        taught(scene, ["called(elephant, bob)"])
    with pytest.raises(UnknownName):
        taught(scene, ["movable(elephant)"])
    with pytest.raises(DataError, match="place"):
        taught(replace(scene, robot=None), ["place(kitchen)"])


def test_the_planner_keeps_nothing_to_itself(planner, scene, standing):
    planner.plan(Instruction("the red ball is called Bob"), scene, standing)
    assert planner.plan(Instruction("go to Bob"), scene, standing).status == "refusal"
