"""Corrections: only what is said instead is done."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
robot: porter
skills:
  - {name: drive, phrases: ["drive to {place}"], args: [place], effects: ["not at(porter, *)", "at(porter, $place)"]}
  - {name: take, phrases: ["take {item}"], args: [item], pre: ["at(porter, $item)", "not holding(porter, *)"],
     effects: ["holding(porter, $item)"]}
  - {name: hand, phrases: ["hand {item} to {person}"], args: [item, person],
     pre: ["holding(porter, $item)", "at(porter, $person)"], effects: ["not holding(porter, $item)"]}
  - {name: lay, phrases: ["put {item} on {spot}", "put {item} in {spot}"], args: [item, spot],
     pre: ["holding(porter, $item)", "at(porter, $spot)"], effects: ["not holding(porter, $item)", "on($item, $spot)"]}
  - {name: lead, phrases: ["lead {person} to {room}"], args: [person, room], pre: ["at(porter, $person)"],
     effects: ["not at(porter, *)", "at(porter, $room)"]}
  - {name: open, phrases: ["open {thing}"], args: [thing], pre: ["at(porter, $thing)"], effects: ["open($thing)"]}
  - {name: close, phrases: ["close {thing}"], args: [thing], pre: ["at(porter, $thing)"], effects: ["not open($thing)"]}
  - {name: warm, phrases: ["set {device} to {warmth}"], pre: ["at(porter, $device)"],
     args: [device, {name: warmth, type: number, unit: celsius, lower: 0, upper: 95}]}
  - {name: tell, phrases: ["tell {person} {message}"], pre: ["at(porter, $person)"],
     args: [person, {name: message, type: choice,
            choices: [your taxi is here, no smoking, quiet please, come to the lobby, closing time]}],
     effects: ["told($person, $message)"]}
"""
SCENE = """
rooms: [lobby, {id: bar}, {id: spa, names: [sauna]}]
people:
  Nora: {in: bar}
  Mr_Pike: {in: lobby, names: [Mr Pike, the porter's boss]}
  guests: {in: spa, names: [the guests]}
objects:
  shelf: {type: shelf, in: lobby}
  counter: {type: counter, in: bar}
  parcel: {type: parcel, on: shelf}
  grey_hat: {type: hat, in: spa}
  jug: {type: jug, in: bar, names: [jug of milk]}
  gate: {type: gate, in: lobby}
  hatch: {type: hatch, in: bar}
  boiler: {type: boiler, in: spa}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hotel")
    (folder / "hotel.library.yaml").write_text(LIBRARY)
    (folder / "hotel.scene.yaml").write_text(SCENE)
    library, facts = read_library(folder / "hotel.library.yaml")
    scene = read_scene(folder / "hotel.scene.yaml")[0]
    planner = Planner(library)

    def steps(text):
        plan = planner.plan(Instruction(text), scene, place_facts(scene) | facts)
        several = [one for one in plan.steps if one.skill not in ("drive", "take")]
        return [" ".join([one.skill, *(str(value) for value in one.arguments.values())]) for one in several]

    return steps


@pytest.mark.parametrize(("text", "wanted"), [
    ("Put the jug on the counter. No, sorry, put it on the shelf.", ["lay jug shelf"]),
    ("Put the parcel on the counter. Sorry, I mean on the shelf.", ["lay parcel shelf"]),
    ("Put the parcel on the counter, or rather no, give it to Nora.", ["hand parcel Nora"]),
    ("Lead Mr Pike to the bar. No, sorry, lead him to the spa.", ["lead Mr_Pike spa"]),
    ("Lead Mr Pike to the bar. No, I mean Nora.", ["lead Nora bar"]),
    ("Open the gate. Scratch that, close the hatch.", ["close hatch"]),
    ("Open the gate, no, close it.", ["close gate"]),
    ("Set the boiler to fifty degrees. Sorry, to seventy.", ["warm boiler 70.0"]),
    ("Set the boiler to 40 °C. No, I mean 45.", ["warm boiler 45.0"]),
    ("Don't let the guests into the bar.", []),
    ("Open the gate and close the hatch. Sorry, I mean close the gate.", ["close gate", "close hatch"]),
    ("Take the parcel and put it on the counter. No, sorry, put it on the shelf.", ["lay parcel shelf"]),
])  # fmt: skip
def test_only_what_is_said_in_the_end_is_done(ask, text, wanted):
    assert ask(text) == wanted


@pytest.mark.parametrize("text", [
    "Put the parcel on the counter. No, give it to Nora instead.",
    "Hand the jug to Nora. On second thoughts, put it on the shelf.",
    "Hand the jug to Nora. Wait, no, not to Nora, to Mr Pike.",
    "Open the gate in the lobby. No, leave it and close the hatch.",
    "Put the jug on the shelf. Forget that, put the parcel there.",
    "Open the gate, never mind.",
])  # fmt: skip
def test_a_correction_that_is_not_read_moves_nothing(ask, text):
    assert ask(text) == []


@pytest.mark.parametrize("text", [
    "Open the gate. Sorry, could you also close the hatch?", "Open the gate. Actually, could you close the hatch, too?",
])  # fmt: skip
def test_an_apology_before_one_more_order_takes_nothing_back(ask, text):
    assert ask(text) == ["open gate", "close hatch"]


@pytest.mark.parametrize("text", [
    "Tell Nora to smoke.", "Ask the guests not to be quiet.", "Tell Nora her car is here.",
])  # fmt: skip
def test_what_says_something_else_is_no_such_message(ask, text):
    assert ask(text) == []
