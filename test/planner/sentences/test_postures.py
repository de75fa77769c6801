"""Steps that words leave out: standing up before walking, going there before sitting beside something."""

import pytest

from skill_stack.core.world.fact import Fact


def steps(plan):
    assert plan.tree is not None, plan.reason
    return [step.skill for step in plan.steps]


def test_a_sitting_robot_rises_before_it_walks(ask, sitting):
    plan = ask("go to the red ball", sitting)
    assert steps(plan) == ["rise", "go_to"]
    assert plan.steps[0].why == "go_to needs posture(robot, standing)"


def test_a_robot_of_unknown_posture_rises_first(ask):
    assert steps(ask("walk forward 1 m", frozenset())) == ["rise", "move"]


def test_rising_is_put_in_between(ask):
    assert steps(ask("sit down, then go to the red ball")) == ["sit", "rise", "go_to"]


def test_sitting_beside_something_goes_there_first_and_only_when_it_must(ask):
    plan = ask("sit next to the red ball")
    assert steps(plan) == ["go_to", "sit"]
    assert plan.steps[0].why == "sit needs near(robot, red_ball)"
    assert steps(ask("go to the red ball and sit next to it")) == ["go_to", "sit"]


def test_near_already_needs_no_walk(ask, standing):
    assert steps(ask("sit next to the red ball", standing | {Fact("near", ("robot", "red_ball"))})) == ["sit"]


@pytest.mark.parametrize("text", ["get up", "stand up", "on your feet", "rise"])
def test_getting_up_rises_only_from_below(ask, sitting, text):
    assert "rise" in steps(ask(text, sitting))
    assert "rise" not in steps(ask(text)), "rising folds the legs first, so a standing robot must not do it"


def test_sitting_down_when_sitting_says_so(ask, sitting):
    plan = ask("sit down", sitting)
    assert plan.status == "statement" and "posture(robot, sitting)" in plan.reason


def test_repetition_of_a_pair(ask):
    assert steps(ask("sit down and stand up twice")) == ["sit", "rise", "sit", "rise"]


def test_repetition_that_needs_something_in_between(ask):
    assert steps(ask("sit down three times")) == ["sit", "rise", "sit", "rise", "sit"]


def test_repetition_from_a_posture_that_must_be_left_once(ask, sitting):
    plan = ask("turn left three times", sitting)
    assert steps(plan) == ["rise", "turn", "turn", "turn"]
    assert [node.type for node in plan.tree.children] == ["skill", "repeat"]


def test_sitting_robot_may_wait_as_it_is(ask, sitting):
    assert steps(ask("wait five seconds", sitting)) == ["wait"]
