"""A plan that leaves out a constraint is refused, an order is never noted, and what was guessed is asked about."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.skills.composite_part import PLANNED
from skill_stack.core.skills.skill import SkillSpec
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.planner import Planner

KEEP_OUT = [
    ("go to the red ball, then sit, but never bark", "never bark"),
    ("you must not touch the ball; go to the table", "you must not touch the ball"),
    ("go to the red ball without a sound of the engine being heard", "without a sound"),
]
ON_THE_WAY = [
    ("walk to the blue box but do not go near the red ball", "away(red_ball, 0.5)"),
    ("walk to the table, avoid the green ball", "out(green_ball)"),
    ("go to the red ball without touching the blue ball", "out(blue_ball)"),
    ("walk to the red ball, keep away from the blue box", "away(blue_box, 0.5)"),
    ("walk to the orange cone but keep at least half a metre away from the table", "away(brown_table, 0.5)"),
    ("stay at least two metres away from the table while you go to the red ball", "away(brown_table, 2)"),
    ("go to the red ball, at least 80 cm away from the blue box", "away(blue_box, 0.8)"),
    ("without touching the green ball or the blue ball, go to the red ball", "out(green_ball, blue_ball)"),
    ("go to the red ball, keeping left of the blue box", "left(blue_box)"),
    ("keep to the right of the blue box on your way to the red ball", "right(blue_box)"),
    ("go to the red ball and keep the blue box on your left", "right(blue_box)"),
    ("go to the red ball, passing between the blue box and the table", "between(blue_box, brown_table)"),
    ("go to the red ball without passing the table", "out(brown_table)"),
    ("go to the red ball while not going through the start on the way", "out(start)"),
    ("go to the red ball but do not go to the start", "out(start)"),
    ("go to the red ball but do not use the start to get there", "out(start)"),
    ("go to the red ball without touching the start, at least 1 m from the table", "out(start); away(brown_table, 1)"),
]


@pytest.mark.parametrize(("text", "constraint"), KEEP_OUT)
def test_a_constraint_that_cannot_be_kept_is_refused_by_name(ask, text, constraint):
    plan = ask(text)
    assert plan.status == "refusal" and plan.tree is None
    assert f"cannot keep to '{constraint}" in plan.reason


@pytest.mark.parametrize(("text", "way"), ON_THE_WAY)
def test_a_constraint_on_the_path_is_an_argument_of_the_step(ask, text, way):
    plan = ask(text)
    assert plan.status == "plan", plan.reason
    assert [(step.skill, step.arguments["way"]) for step in plan.steps] == [("go_to", way)]


@pytest.mark.parametrize(
    "text",
    [
        "go to the red ball through the start",
        "go through the start to the red ball",
        "move to the red ball by going through the start",
    ],
)
def test_what_leads_through_a_place_goes_there_first(ask, text):
    assert [step.arguments["target"] for step in ask(text).steps] == ["start", "red_ball"]


def test_a_way_through_one_of_two_places_is_asked_about(ask):
    plan = ask("go through the start or the charger to the red ball")
    assert plan.status == "question" and "leaves a choice" in plan.reason


def test_a_constraint_before_several_orders_holds_for_all_of_them(ask):
    plan = ask("without touching the blue box, go to the red ball, then go to the orange cone and sit down")
    assert [step.arguments.get("way") for step in plan.steps] == ["out(blue_box)", "out(blue_box)", None]


@pytest.mark.parametrize(
    "text",
    [
        "walk forward two metres without touching the blue box",
        "without touching the blue box, go to the red ball, then walk forward two metres",
        "sit down without crossing the start",
        "go to the red ball without touching the unicorn",
    ],
)
def test_a_constraint_that_a_step_cannot_keep_is_never_dropped(ask, text):
    plan = ask(text)
    assert plan.status == "refusal" and plan.tree is None, plan.reason
    assert "cannot keep to 'without" in plan.reason or "unicorn" in plan.reason


def test_the_distance_from_what_it_goes_to_is_the_gap(ask):
    (step,) = ask("go to the red ball, keeping at least one metre away from it").steps
    assert step.arguments["gap"] == 1.0 and step.arguments["way"] == ""


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("don't sit, go to the red ball", ["go_to"]),
        ("go to the red ball without sitting down", ["go_to"]),
        ("go to all boxes except the green one", ["go_to", "go_to"]),
        ("go to the red ball, not the blue one", ["go_to"]),
        ("don't go to the red ball, go to the blue box", ["go_to"]),
        ("go to the table but keep half a metre away", ["go_to"]),
        ("could you go to the red ball if you don't mind?", ["go_to"]),
        ("walk forward no more than one metre", ["move"]),
    ],
)
def test_a_constraint_that_is_kept_is_no_reason_to_refuse(ask, text, skills):
    plan = ask(text)
    assert plan.status == "plan" and [step.skill for step in plan.steps] == skills, plan.reason


def test_half_of_what_is_to_be_done_at_once_is_no_plan(ask):
    assert ask("wave while you walk to the ball").status == "question"
    assert "at the same time" in ask("wave while you walk to the red ball").reason


@pytest.mark.parametrize("text", ["keep going around the table until I say stop", "dance for me"])
def test_an_order_that_was_not_read_is_refused_and_never_noted(ask, text):
    plan = ask(text)
    assert plan.status == "refusal", plan.reason


def test_what_is_told_is_noted(ask):
    assert ask("keep going").status == ask("the red ball looks lonely").status == "statement"


def test_where_the_robot_is_and_what_is_next_to_it_is_answered(ask):
    assert "I am at x = 0.00 m" in ask("where are you?").reason
    closest = ask("what is the closest thing to you?").reason
    assert "red ball" in closest and "blue ball" not in closest


def test_point_is_no_name_of_the_start(ask):
    steps = [(step.skill, step.arguments["target"]) for step in ask("go to the red ball and point at it").steps]
    assert steps == [("go_to", "red_ball"), ("face", "red_ball")]


def test_what_a_skill_calls_a_square_is_that_skill(library, scene, standing):
    spec = {"name": "march", "robot": "go2", "kind": "composite", "description": "Marches."}
    plan = {"phrases": ["walk a square"], "composite": {"steps": ["hop"]}}
    march = SkillSpec.model_validate({**PLANNED, **spec, **plan})
    planner = Planner(SkillLibrary.from_specs("go2", [*library, march]))
    assert [step.skill for step in planner.plan(Instruction("walk a square"), scene, standing).steps] == ["hop"]


def test_following_nobody_is_refused_with_what_would_work(ask):
    plan = ask("follow me")
    assert plan.status == "refusal" and "finding people" in plan.reason and "go to" in plan.reason


def test_what_was_not_read_word_by_word_is_asked_about(ask):
    plan = ask("say hello")
    assert plan.status == "question" and plan.proposed and plan.certainty == "inferred"
    assert plan.reason.startswith("Shall I wave") and plan.reason.endswith("?")
    said = plan.to_json()
    assert said["status"] == "question" and said["certainty"] == "inferred"
    assert said["tree"] is not None and said["steps"] == [{"skill": "wave", "arguments": {}}]
    assert "certainty" not in ask("wave").to_json()
