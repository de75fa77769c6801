"""Plans that are said instead of words: read, checked from the present state, and refused with what is wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.planner.given_plan import LONGEST, GivenPlan, text_of


def plan_of(planner, library, scene, facts, words):
    made = planner.plan(Instruction(words), scene, facts)
    return GivenPlan.parse(text_of(made)).plan(library, scene, facts, 1.0), made


@pytest.mark.parametrize(
    "words", ["go to the red ball", "go to the red ball, then sit", "sit three times", "wait 3 seconds while you sit"]
)
def test_a_plan_that_is_sent_does_what_the_words_did(planner, library, scene, standing, words):
    made = planner.plan(Instruction(words), scene, standing)
    assert made.status == "plan", made.reason
    given = GivenPlan.parse(text_of(made)).plan(library, scene, standing, 1.0)
    assert given.status == "plan" and given.instruction == words
    assert [(s.skill, s.arguments) for s in given.steps] == [(s.skill, s.arguments) for s in made.steps]


def test_missing_steps_are_put_in_from_the_present_state(planner, library, scene, standing, sitting):
    made = planner.plan(Instruction("go to the red ball"), scene, standing)
    later = GivenPlan.parse(text_of(made)).plan(library, scene, sitting, 1.0)
    assert [step.skill for step in later.steps][-1] == "go_to" and len(later.steps) > len(made.steps)


def test_steps_that_the_state_of_then_made_necessary_are_not_sent(planner, library, scene, standing, sitting):
    made = planner.plan(Instruction("go to the red ball"), scene, sitting)
    now = GivenPlan.parse(text_of(made)).plan(library, scene, standing, 1.0)
    assert [step.skill for step in now.steps] == ["go_to"]


@pytest.mark.parametrize(
    "text", ["go to the red ball", "steps", "take three steps: forward", "", "what are the steps:?"]
)
def test_words_are_no_plan(text):
    assert GivenPlan.parse(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("steps:\n", "steps"),
        ("steps:\n- [", "YAML"),
        ("steps:\n- go_to: 5\n", "go_to"),
        ("facts: 7\nsteps:\n- sit\n", "facts"),
        ("steps:\n" + "- sit\n" * LONGEST, "characters"),
    ],
)
def test_what_looks_like_a_plan_and_is_none_is_told(text, says):
    with pytest.raises(DataError, match=says):
        GivenPlan.parse(text)


@pytest.mark.parametrize(
    ("step", "says"),
    [("fly", "fly"), ("go_to: {target: moon}", "moon"), ("go_to: {target: red_ball, gap: 99}", "gap")],
)
def test_what_does_not_exist_is_refused_by_name(library, scene, standing, step, says):
    plan = GivenPlan.parse(f"steps:\n- {step}\n").plan(library, scene, standing, 0.0)
    assert plan.status == "refusal" and says in plan.reason and plan.tree is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(library, scene, standing, text):
    try:
        given_plan = GivenPlan.parse("steps:\n" + text)
    except DataError:
        return
    assert given_plan.plan(library, scene, standing, 0.0).status in ("plan", "refusal")
