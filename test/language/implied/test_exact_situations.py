"""What named things, places and people are told to be like, with a library and a scene that nothing was written for."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

LIBRARY = """
robot: pax
facts: ["free(pax)"]
skills:
  - {name: rollTo, description: "Drives somewhere.", params: {goal: {type: location}},
     effects: ["not near(pax, *)", "near(pax, $goal)"]}
  - {name: seize, description: "Picks a thing up.", params: {item: {type: item}},
     preconditions: ["near(pax, $item)", "free(pax)"], effects: ["holds(pax, $item)", "not free(pax)"]}
  - {name: present, description: "Hands a thing to a person.", params: {item: {type: item}, person: {type: person}},
     preconditions: ["holds(pax, $item)", "near(pax, $person)"],
     effects: ["not holds(pax, $item)", "free(pax)", "has($person, $item)"]}
  - {name: usher, description: "Leads a person to a room.", params: {person: {type: person}, room: {type: room}},
     preconditions: ["near(pax, $person)"], effects: ["at($person, $room)"]}
  - {name: seal, description: "Closes a door, a window or a blind.", params: {barrier: {type: item}},
     preconditions: ["near(pax, $barrier)"], effects: ["closed($barrier)"]}
  - {name: unseal, description: "Opens a door, a window or a blind.", params: {barrier: {type: item}},
     preconditions: ["near(pax, $barrier)"], effects: ["open($barrier)"]}
  - {name: rub, description: "Wipes a surface.", params: {surface: {type: item}},
     preconditions: ["near(pax, $surface)"], effects: ["wiped($surface)"]}
  - {name: brushUp, description: "Sweeps the floor of a room.", params: {room: {type: room}},
     preconditions: ["near(pax, $room)"], effects: ["swept($room)"]}
  - {name: shower, description: "Waters a plant.", params: {plant: {type: item}},
     preconditions: ["near(pax, $plant)"], effects: ["watered($plant)"]}
  - {name: douse, description: "Switches a device off.", params: {device: {type: item}},
     preconditions: ["near(pax, $device)"], effects: ["not on($device)"]}
"""
SCENE = """
rooms: [parlour, attic]
people: [{id: Ulf, in: parlour}, {id: Mrs_Dee, in: attic}, {id: me, in: parlour}]
objects:
  card_table: {type: table, in: parlour}
  bunk: {type: bed, in: attic}
  ivy: {type: plant, in: attic}
  blind: {type: blind, in: parlour, state: open}
  shutter: {type: blind, in: attic, state: closed}
  attic_window: {type: window, in: attic, state: open}
  gramophone: {type: radio, in: parlour, state: "on"}
  hankies: {type: tissues, in: attic}
  telegram: {type: letter, in: attic}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exact")
    (folder / "manor.library.yaml").write_text(LIBRARY)
    (folder / "manor.scene.yaml").write_text(SCENE)
    library, stated = read_library(folder / "manor.library.yaml")
    scene, _ = read_scene(folder / "manor.scene.yaml")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated)


@pytest.mark.parametrize(("text", "skill", "arguments"), [
    ("there is wine all over the card table", "rub", {"surface": "card_table"}),
    ("the card table is sticky from the punch", "rub", {"surface": "card_table"}),
    ("the leaves of the ivy are curling up", "shower", {"plant": "ivy"}),
    ("the low sun is shining straight into Ulf's eyes", "seal", {"barrier": "blind"}),
    ("wasps are coming in through the attic window", "seal", {"barrier": "attic_window"}),
    ("the gramophone is getting on my nerves", "douse", {"device": "gramophone"}),
    ("Ulf's nose is running", "present", {"item": "hankies", "person": "Ulf"}),
    ("the telegram is addressed to Mrs Dee", "present", {"item": "telegram", "person": "Mrs_Dee"}),
    ("Ulf has no idea where to sleep", "usher", {"person": "Ulf", "room": "attic"}),
    ("there is confetti all over the floor of the parlour", "brushUp", {"room": "parlour"}),
])  # fmt: skip
def test_what_helps_is_done_with_what_is_named(ask, text, skill, arguments):
    plan = ask(text)

    assert plan.tree is not None, plan.reason
    assert plan.steps[-1].skill == skill
    assert plan.steps[-1].arguments == arguments


def test_what_is_so_already_is_not_turned_into_its_opposite(ask):
    assert ask("the sun is waking Mrs Dee up in the attic").status == "statement"
