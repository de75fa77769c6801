"""Orders as people put them: what comes before what, and lists without commas."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
skills:
  - name: go_to
    phrases: ["go to {place}", "visit {place}"]
    senses: [approach]
    goal: [{name: place, type: object}]
    effects: ["not near(robot, *)", "near(robot, $place)"]
  - name: bring
    phrases: ["bring {thing} to {goal}", "bring {goal} {thing}", "take {thing} to {goal}"]
    goal: [{name: thing, type: object}, {name: goal, type: object, default: anna}]
    effects: ["at($thing, $goal)"]
  - name: search
    phrases: ["search for {thing} in {area}"]
    goal: [{name: thing, type: object}, {name: area, type: object, default: ""}]
  - name: part
    phrases: ["move {thing} away from {other}"]
    goal: [{name: thing, type: object}, {name: other, type: object}]
  - name: roll
    phrases: ["roll {thing} to {goal}"]
    goal: [{name: thing, type: object}, {name: goal, type: object}]
  - name: switch_on
    phrases: ["switch on {device}"]
    goal: [{name: device, type: object}]
  - name: check
    phrases: ["check {thing}"]
    goal: [{name: thing, type: object}]
"""
THINGS = [
    *({"id": name, "kind": "place", "position": [at, 0]} for at, name in enumerate(["hall", "attic", "cellar"])),
    *({"id": name, "kind": name, "movable": True} for name in ("can", "paper", "basket", "vase")),
    *({"id": name, "kind": name} for name in ("heater", "kiln", "piano")),
    {"id": "anna", "kind": "person", "names": ["Anna"]},
]


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    file = tmp_path_factory.mktemp("house") / "house.library.yaml"
    file.write_text(LIBRARY)
    planner = Planner(read_library(file)[0])
    scene, _ = read_scene({"objects": THINGS})
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene))


def order(plan):
    return [str(next(iter(step.arguments.values()))) for step in plan.steps]


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("check the piano after you check the kiln and check the heater", ["kiln", "heater", "piano"]),
        ("check the piano and check the vase after you check the kiln", ["kiln", "piano", "vase"]),
        ("check the vase, then check the piano after checking the kiln", ["vase", "kiln", "piano"]),
        ("check the piano after checking the kiln and check the vase", ["kiln", "piano", "vase"]),
        ("before you check the kiln and check the heater, check the vase", ["vase", "kiln", "heater"]),
        ("check the piano, but first check the kiln and check the vase", ["kiln", "vase", "piano"]),
        ("go to the attic before the cellar", ["attic", "cellar"]),
        ("go to the attic before the cellar and the hall", ["attic", "cellar", "hall"]),
        ("go to the attic but only via the hall", ["hall", "attic"]),
        ("go to the attic, through the cellar", ["cellar", "attic"]),
        ("visit hall attic and cellar", ["hall", "attic", "cellar"]),
    ],
)
def test_what_comes_first_is_done_first(ask, text, things):
    plan = ask(text)
    assert plan.status == "plan" and order(plan) == things, plan.reason


def test_what_leads_through_a_place_afterwards_is_no_way_to_the_one_before(ask):
    assert order(ask("go to the attic, then through the cellar")) != ["cellar", "attic"]


@pytest.mark.parametrize("text", ["take the paper basket", "take the paper vase", "move the can above the vase"])
def test_a_noun_before_another_one_receives_nothing(ask, text):
    plan = ask(text)
    assert plan.status != "plan", plan.reason


def test_people_receive_what_is_named_behind_them(ask):
    assert order(ask("bring Anna the vase")) == ["vase"]


@pytest.mark.parametrize("text", ["search the attic for the vase", "search in the attic for the vase"])
def test_a_place_to_search_may_come_first(ask, text):
    plan = ask(text)
    assert [(s.skill, s.arguments) for s in plan.steps] == [("search", {"thing": "vase", "area": "attic"})], plan.reason


def test_politeness_with_a_word_that_is_a_name_is_no_thing(ask):
    plan = ask("can you bring Anna the vase from the piano")
    assert plan.status == "refusal" and "vase from the piano" in plan.reason, plan.reason


def test_a_direction_in_a_skills_own_words_is_no_direction_of_motion(ask):
    plan = ask("move the can away from the vase and the basket")
    assert [step.arguments["other"] for step in plan.steps] == ["vase", "basket"], plan.reason


def test_activate_switches_on(ask):
    assert [step.skill for step in ask("activate the heater").steps] == ["switch_on"]


@pytest.mark.parametrize("text", ["attic must be avoided", "you must check the kiln once you visit the hall"])
def test_rules_move_nothing(ask, text):
    plan = ask(text)
    assert plan.status == "refusal" and not plan.steps, plan.reason


def test_an_event_of_the_robots_own_is_an_order(ask):
    assert order(ask("once you are in the hall, check the kiln")) == ["hall", "kiln"]


def test_a_place_near_the_goal_is_proposed(ask):
    plan = ask("roll the can next to the piano")
    assert plan.status == "question" and plan.proposed, plan.reason
    assert order(plan) == ["can"] and plan.steps[0].arguments["goal"] == "piano"
