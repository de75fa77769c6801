"""A library and a scene never seen: a hand over a table. Only data makes the planner know them."""

import json

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene


def thing(name):
    return {"name": name, "type": "object", "description": f"the {name}"}


SKILLS = [
    {"name": "reach", "phrases": ["reach for {object}", "move your hand to {object}"], "goal": [thing("object")],
     "effects": ["not at(hand, *)", "at(hand, $object)"]},
    {"name": "grasp", "phrases": ["grasp {object}", "pick up {object}"], "goal": [thing("object")],
     "preconditions": ["at(hand, $object)", "not holding(hand, *)"], "effects": ["holding(hand, $object)"]},
    {"name": "place", "phrases": ["put {object} on {surface}"], "goal": [thing("object"), thing("surface")],
     "preconditions": ["holding(hand, $object)"],
     "effects": ["not holding(hand, $object)", "on($object, $surface)", "not at(hand, *)"]},
    {"name": "release", "phrases": ["let go"], "effects": ["not holding(hand, *)"]},
    {"name": "press", "phrases": ["press {button}"], "preconditions": ["not holding(hand, *)"], "goal": [
        thing("button"), {"name": "force", "unit": "N", "lower": 0.5, "upper": 20, "default": 5}],
     "effects": ["pressed($button)"]},
    {"name": "twist", "phrases": ["rotate your wrist {angle}"], "goal": [
        {"name": "angle", "unit": "rad", "lower": -1.5, "upper": 1.5, "description": "angle"}]},
    {"name": "wave", "phrases": ["wave"], "goal": [
        {"name": "style", "type": "choice", "choices": ["royal", "friendly"], "default": "friendly"}]},
    {"name": "spin_cube", "goal": [thing("cube")], "preconditions": ["holding(hand, $cube)"]},
    {"name": "weld", "phrases": ["weld {object}"], "goal": [thing("object")], "preconditions": ["hot(torch)"]},
]  # fmt: skip


@pytest.fixture(scope="module")
def hand(tmp_path_factory):
    path = tmp_path_factory.mktemp("library") / "hand.json"
    path.write_text(json.dumps({"robot": "toy_hand", "skills": SKILLS}))
    return read_library(path)[0]


@pytest.fixture(scope="module")
def table():
    def small(name, kind, colour, x, y, **more):
        return SceneObject(name, kind, (x, y, 0.05), size=(0.05, 0.05, 0.05), colour=colour, **more)

    things = [
        small("red_cup", "cup", "red", 0.3, 0.1, names=("mug",)), small("blue_cup", "cup", "blue", 0.3, -0.2),
        small("tray", "tray", "", 0.5, 0.0), small("green_cube", "cube", "green", 0.2, 0.2),
        small("main_switch", "button", "white", 0.1, 0.3, names=("power switch",)),
    ]  # fmt: skip
    return SceneGraph({one.id: one for one in things}, frozenset(), Pose2(0.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def tell(hand, table):
    planner = Planner(hand)

    def plan(text, *facts):
        return planner.plan(Instruction(text), table, frozenset(facts))

    return plan


CUP = {"object": "red_cup"}
TAKE = [("reach", CUP), ("grasp", CUP)]


@pytest.mark.parametrize(
    "text,steps",
    [
        ("grasp the red cup", TAKE),
        ("pick the red mug up", TAKE),
        ("could you grab the crimson mug please", TAKE),
        ("put the red cup on the tray", [*TAKE, ("place", {**CUP, "surface": "tray"})]),
        ("pick up the red cup and set it down on the tray", [*TAKE, ("place", {**CUP, "surface": "tray"})]),
        ("take the red cup, then the blue cup",
         [*TAKE, ("release", {}), ("reach", {"object": "blue_cup"}), ("grasp", {"object": "blue_cup"})]),
        ("press the power switch with 10 N", [("press", {"button": "main_switch", "force": 10.0})]),
        ("press the power switch", [("press", {"button": "main_switch", "force": 5.0})]),
        ("turn your wrist 45 degrees clockwise", [("twist", {"angle": pytest.approx(-0.785, abs=1e-3)})]),
        ("wave", [("wave", {"style": "friendly"})]),
        ("wave in a royal style", [("wave", {"style": "royal"})]),
        ("spin the green cube",
         [("reach", {"object": "green_cube"}), ("grasp", {"object": "green_cube"}),
          ("spin_cube", {"cube": "green_cube"})]),
        ("let go", [("release", {})]),
    ],
)  # fmt: skip
def test_sentences_for_a_hand(tell, text, steps):
    plan = tell(text)
    assert plan.tree is not None, plan.reason
    assert [(step.skill, step.arguments) for step in plan.steps] == steps


def test_what_holds_already_is_not_done_again(tell):
    plan = tell("put the red cup on the tray", Fact("holding", ("hand", "red_cup")))
    assert [step.skill for step in plan.steps] == ["place"]


def test_hands_do_not_walk(tell):
    plan = tell("walk to the red cup and sit down")
    assert plan.status == "refusal" and "grasp" in plan.reason


@pytest.mark.parametrize(
    "text,status,word",
    [
        ("pick up the cup", "question", "blue cup"),
        ("pick up the anvil", "refusal", "anvil"),
        ("weld the red cup", "refusal", "hot(torch)"),
        ("twist 170 degrees", "refusal", "2.96706 rad"),
        ("press the power switch with 100 N", "refusal", "…20"),
        ("put the red cup", "question", "on what"),
        ("stop", "statement", "stop"),
    ],
)
def test_answers_name_this_library(tell, text, status, word):
    plan = tell(text)
    assert plan.status == status, plan.reason
    assert word in plan.reason


def test_a_skill_without_phrases_is_known_by_its_name(tmp_path):
    path = tmp_path / "skills.yaml"
    path.write_text("skills:\n- name: play_dead\n- {name: fetch, parameters: [{name: item, type: object}]}\n")
    library, _ = read_library(path, "dog")
    scene, _ = read_scene({"objects": [{"id": "bone", "kind": "bone", "position": [1, 0]}]})
    planner = Planner(library)
    assert [s.skill for s in planner.plan(Instruction("play dead, then fetch the bone"), scene, frozenset()).steps] == [
        "play_dead", "fetch",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text,message",
    [
        ("{}", "skills"),
        ("skills: []", "skills"),
        ("skills: [3]", "name"),
        ("skills: [{name: a}, {name: a}]", "share the name a"),
        ("skills: [{name: a, effects: ['nonsense']}]", "not a fact"),
        ("skills: [{name: a, goal: [3]}]", "mapping"),
        ("skills: [{name: a, goal: [{name: b, lower: low}]}]", "lower"),
        ("facts: 3\nskills: [{name: a}]", "facts"),
        ("a: [", "YAML"),
    ],
)
def test_wrong_library_files_are_refused_with_the_reason(tmp_path, text, message):
    path = tmp_path / "library.yaml"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_library(path)


def test_an_empty_library_answers_too(table):
    from skill_stack.core.skills.skill_library import SkillLibrary

    plan = Planner(SkillLibrary.from_specs("nobody", [])).plan(Instruction("go to the red cup"), table, frozenset())
    assert plan.status == "refusal"


def test_an_empty_scene_answers_too(hand):
    planner = Planner(hand)
    for text in ("grasp the cup", "grasp it", "where is the cup", "grasp the nearest thing"):
        assert planner.plan(Instruction(text), SceneGraph(), frozenset()).status in ("refusal", "question", "statement")
