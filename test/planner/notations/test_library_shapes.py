"""Libraries and scenes as others write them: other keys, mappings, other types, variables in other letters."""

import json

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
skills:
  PickUp:
    description: Picks up an object
    parameters: {object: object}
    pre: ["!holding(robot, *)", "near(robot, ?object)"]
    effects: "holding(robot, ?object)"
    cost: 3
  navigate_to: {args: [target], effect: ["not near(robot, *)", "near(robot, {target})"]}
  put_on:
    parameters: {type: object, properties: {object: {type: string}, surface: {type: string}}}
    pre: ["holding(robot, ?object)", "near(robot, ?surface)"]
    effects: "on(?object, ?surface); not holding(robot, ?object)"
  switch_light:
    parameters: [{name: state, type: enum, enum: [on, off]}, {name: lamp, type: device}]
    phrases: ["switch <lamp> <state>"]
"""
SCENE = {
    "rooms": ["kitchen", "hall"],
    "objects": {
        "Mug_1": {"type": "mug", "color": "red", "on": "table1", "material": "clay", "state": "dirty"},
        "table1": {"class": "table", "room": "kitchen"},
        "lamp1": {"type": "lamp", "location": "hall"},
    },
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shapes")
    (folder / "library.yaml").write_text(LIBRARY)
    (folder / "scene.json").write_text(json.dumps(SCENE))
    library, stated = read_library(folder / "library.yaml")
    scene, _ = read_scene(folder / "scene.json")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated)


WAYS = """
skills:
  - name: go_to
    senses: [approach]
    phrases: ["go to {target}", "enter {target}"]
    goal: [{name: target, type: object}, {name: way, type: way, default: ""}]
    effects: ["not in(robot, *)", "in(robot, $target)"]
  - name: push_to
    senses: [push]
    phrases: ["push {thing} to {room}"]
    goal: [{name: thing, type: object}, {name: room, type: object}]
    effects: ["not in($thing, *)", "in($thing, $room)"]
"""


@pytest.fixture(scope="module", params=["way", None])
def rooms(request, tmp_path_factory):
    """A planner for rooms, of which the skill keeps to ways or does not."""
    file = tmp_path_factory.mktemp("ways") / "rooms.library.yaml"
    file.write_text(WAYS if request.param else WAYS.replace(', {name: way, type: way, default: ""}', ""))
    scene, _ = read_scene({"rooms": ["kitchen", "hall", "lab"], "objects": {"chair": {"type": "chair"}}})
    planner = Planner(read_library(file)[0])
    return request.param, lambda text: planner.plan(Instruction(text), scene, place_facts(scene))


@pytest.mark.parametrize(
    "text",
    [
        "enter the lab without entering the hall",
        "go to the lab without passing the hall",
        "go to the lab but do not take the hall to get there",
        "avoiding the hall, go to the lab",
    ],
)
def test_a_way_is_kept_by_a_skill_that_declares_one_and_refused_by_others(rooms, text):
    declared, plan = rooms
    made = plan(text)
    if declared:
        assert [step.arguments for step in made.steps] == [{"target": "lab", "way": "out(hall)"}], made.reason
    else:
        assert made.status == "refusal" and not made.steps, made.reason


def test_what_was_named_before_is_not_pushed_where_it_is_a_room(rooms):
    made = rooms[1]("go to the kitchen and push the object into the lab")
    assert made.status != "plan", made.reason


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("pick up the mug in the kitchen", [("navigate_to", "Mug_1"), ("PickUp", "Mug_1")]),
        ("turn the lamp off", [("switch_light", "off", "lamp1")]),
        ("go to the hall", [("navigate_to", "hall")]),
    ],
)  # fmt: skip
def test_what_is_clear_is_taken_as_it_is_meant(plan, text, steps):
    made = plan(text)
    assert [(step.skill, *step.arguments.values()) for step in made.steps] == steps, made.reason


def test_things_keep_their_ids_and_what_is_said_of_them_is_known():
    scene, facts = read_scene(SCENE)
    assert {"Mug_1", "table1", "lamp1", "kitchen", "hall"} <= set(scene.objects)
    assert scene["Mug_1"].kind == "mug" and scene["Mug_1"].colour == "red" and scene["kitchen"].kind == "place"
    assert {str(fact) for fact in facts} == {
        "on(Mug_1, table1)",
        "in(table1, kitchen)",
        "in(lamp1, hall)",
        "dirty(Mug_1)",
    }
    assert scene["Mug_1"].position[:2] == scene["table1"].position[:2]


def test_what_is_left_out_is_named(caplog):
    read_scene(SCENE)
    assert "material" in caplog.text


def test_what_is_true_at_first_is_spelled_as_freely_as_what_skills_need(tmp_path):
    file = tmp_path / "library.yaml"
    file.write_text(
        "facts: ['handsFree(robot)', 'robotAt(robot, hall)']\n"
        "skills:\n  takeThing: {args: [object], pre: ['handsFree(robot)'], effects: ['not handsFree(robot)']}\n"
    )
    library, stated = read_library(file)
    assert {str(fact) for fact in stated} == {"hands_free(robot)", "robot_at(robot, hall)"}
    assert [str(one) for one in library["takeThing"].preconditions] == ["hands_free(robot)"]
