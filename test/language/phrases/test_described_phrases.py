"""What a library only describes gives a skill its words, and its arguments their kinds."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.language.phrases.described_phrases import DescribedPhrases
from skill_stack.language.words.lexicon import load_lexicon
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene


@pytest.fixture(scope="module")
def described():
    return DescribedPhrases(load_lexicon())


def library(tmp_path, text):
    (tmp_path / "library.yaml").write_text(text)
    return read_library(tmp_path / "library.yaml")


@pytest.mark.parametrize(
    ("args", "description", "phrases"),
    [
        ("[thing, person]", "Gives the thing that the robot carries to a pupil, a teacher or another person.",
         {"give {thing} to {person}"}),
        ("[thing, spot]", "Puts the thing in the gripper on or in something or leaves it in a room",
         {"put {thing} on {spot}", "put {thing} in {spot}", "leave {thing} in {spot}"}),
        ("[item, container]", "Puts the thing that is being carried inside a cupboard, which must be open.",
         {"put {item} inside {container}"}),
        ("[thing]", "Picks a thing up (no animals)", {"pick up {thing}"}),
        ("[material, {name: group, type: person}]", "Hands out a stack of material to a class.",
         {"hand out {material} to {group}"}),
        ("[person, destination]", "Brings a person or a class to a room or another place in the school.",
         {"guide {person} to {destination}", "bring {person} to {destination}"}),
        ("[person, {name: message, enum: [lunch is ready]}]", "Tells a person one of the school's messages.",
         {"tell {person} {message}"}),
        ("[room]", "Mops the floor of a room", {"mop the floor of {room}", "mop {room}"}),
        ("[machine]", "Switches a machine, lamp or other device off", {"switch off {machine}"}),
        ("[floor_of]", "Mops the floor of a room", {"mop {floor_of}"}),
        ("[guest]", "Lets a guest pay", {"let {guest} pay"}),
        ("[{name: spot, description: the pitch or device}]", "Cuts the power of a pitch or a device",
         {"cut the power of {spot}"}),
        ("[]", "Calls a carer to where the robot is", {"call the carer"}),
        ("[what]", "Looks for a thing in the hotel", {"look for {what}"}),
        ("[a, b]", "Blah, (: the.", set()),
        ("[a]", "", set()),
    ],
)  # fmt: skip
def test_a_description_is_how_a_skill_is_said(described, tmp_path, args, description, phrases):
    skills, _ = library(tmp_path, f'- {{name: zonk, args: {args}, description: "{description}"}}\n')
    assert set(described.phrases_of(skills["zonk"])) == phrases


def test_arguments_are_for_what_their_descriptions_say(tmp_path):
    skills, _ = library(tmp_path, """
- name: pass_over
  description: Gives the thing that the robot holds to a person
  parameters: {properties: {article: {type: string, description: the thing held},
                            taker: {type: string, description: the person who gets it}}, type: object}
- {name: lay, args: [{name: article, type: item}, {name: at, type: location}], doc: Puts a thing down somewhere}
""")  # fmt: skip
    assert {one.name: one.kind for one in skills["pass_over"].goal} == {"article": "", "taker": "person"}
    assert {one.name: one.kind for one in skills["lay"].goal} == {"article": "", "at": "location"}
    assert skills["lay"].description == "Puts a thing down somewhere"


VET = """
- {name: proceedTo, args: [{name: targetPlace, type: location}], description: Drives to a place, a thing or a person,
   effects: ["not stationed(vetty, *)", "stationed(vetty, $targetPlace)"]}
- {name: takeHold, args: [article], description: Picks a thing up, pre: ["stationed(vetty, $article)", gripOpen(vetty)],
   effects: ["clasps(vetty, $article)", "not gripOpen(vetty)"]}
- {name: layOff, args: [article, {name: depositAt, type: location}], description: Puts the thing on or in something,
   pre: ["clasps(vetty, $article)", "stationed(vetty, $depositAt)"],
   effects: ["not clasps(vetty, $article)", gripOpen(vetty), "stationed($article, $depositAt)"]}
- {name: passOver, args: [article, {name: taker, type: person}], description: Gives the thing to a person,
   pre: ["clasps(vetty, $article)", "stationed(vetty, $taker)"],
   effects: ["not clasps(vetty, $article)", gripOpen(vetty), "obtained($taker, $article)"]}
"""
SCENE = """
rooms: [reception, ward]
people: [{id: Paula, in: ward}]
objects: {towel: {type: towel, in: ward}, collar: {type: collar, in: ward}, hamper: {type: basket, in: reception}}
"""


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("put the towel in the hamper", [("takeHold", "towel"), ("layOff", "towel", "hamper")]),
        ("bring Paula the collar", [("takeHold", "collar"), ("passOver", "collar", "Paula")]),
        ("get Paula the towel and the collar", [("takeHold", "towel"), ("passOver", "towel", "Paula"),
                                                ("takeHold", "collar"), ("passOver", "collar", "Paula")]),
    ],
)  # fmt: skip
def test_a_hand_that_nothing_calls_empty_is_so_and_nobody_is_a_basket(tmp_path, text, done):
    skills, stated = library(tmp_path, VET)
    (tmp_path / "scene.yaml").write_text(SCENE)
    scene, facts = read_scene(tmp_path / "scene.yaml")
    assert {str(one) for one in stated} == {"grip_open(vetty)"}
    plan = Planner(skills).plan(Instruction(text), scene, place_facts(scene) | stated | facts)
    steps = [(one.skill, *one.arguments.values()) for one in plan.steps if one.skill != "proceedTo"]
    assert steps == done, plan.reason


def test_a_hand_that_holds_something_at_the_beginning_is_not_presumed_empty(tmp_path):
    _, stated = library(tmp_path, "facts: ['clasps(vetty, cup)']\nskills:" + VET.replace("\n", "\n "))
    assert {str(one) for one in stated} == {"clasps(vetty, cup)"}


def test_putting_inside_and_laying_upon_are_told_apart_by_their_descriptions(tmp_path):
    (tmp_path / "den.library.yaml").write_text("""
- {name: go, args: [place], effects: ["not at(bot, *)", "at(bot, $place)"]}
- {name: seize, args: [item], description: Picks a thing up, pre: ["at(bot, $item)"], effects: ["carrying(bot, $item)"]}
- name: layUpon
  args: [item, spot]
  description: Puts the thing that is being carried on a piece of furniture or leaves it in a room.
  pre: ["carrying(bot, $item)", "at(bot, $spot)"]
  effects: ["not carrying(bot, $item)", "lyingOn($item, $spot)"]
- name: tuckAway
  args: [item, container]
  description: Puts the thing that is being carried inside a cupboard, a drawer or a fridge.
  pre: ["carrying(bot, $item)", "at(bot, $container)"]
  effects: ["not carrying(bot, $item)", "inside($item, $container)"]
""")
    (tmp_path / "den.scene.yaml").write_text("""
rooms: [den, hall]
objects: {cup: {type: cup, in: den}, fridge: {type: fridge, in: den}, desk: {type: desk, in: hall}}
""")
    skills, stated = read_library(tmp_path / "den.library.yaml")
    scene, _ = read_scene(tmp_path / "den.scene.yaml")
    planner = Planner(skills)

    def last(words):
        return planner.plan(Instruction(words), scene, place_facts(scene) | stated).steps[-1].skill

    assert last("put the cup in the fridge") == "tuckAway"
    assert last("put the cup on the desk") == "layUpon"
    assert last("leave the cup in the hall") == "layUpon"
