"""What a remark asks for without saying so, with a library and a scene that nothing was written for."""

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.language.implied.doing import Do, read_do
from skill_stack.language.implied.forms import Forms
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

LIBRARY = """
robot: kit
facts: ["free(kit)"]
skills:
  - {name: roam_to, description: "Drives to a place, a thing or a person.", phrases: ["drive to {goal}"],
     goal: [{name: goal, type: location}],
     effects: ["not at(kit, *)", "at(kit, $goal)"]}
  - {name: seize, description: "Picks a thing up.",
     goal: [{name: item, type: item}],
     preconditions: ["at(kit, $item)", "free(kit)"],
     effects: ["holding(kit, $item)", "not free(kit)"]}
  - {name: convey, description: "Hands a thing to a person.",
     goal: [{name: item, type: item}, {name: person, type: person}],
     preconditions: ["holding(kit, $item)", "at(kit, $person)"],
     effects: ["not holding(kit, $item)", "free(kit)", "has($person, $item)"]}
  - {name: lodge, description: "Puts a thing on or in something.",
     goal: [{name: item, type: item}, {name: spot, type: location}],
     preconditions: ["holding(kit, $item)", "at(kit, $spot)"],
     effects: ["not holding(kit, $item)", "free(kit)", "at($item, $spot)"]}
  - {name: squire, description: "Accompanies a person to a place.",
     goal: [{name: person, type: person}, {name: goal, type: location}],
     preconditions: ["at(kit, $person)"],
     effects: ["at($person, $goal)"]}
  - {name: flip, description: "Switches a device on or off.",
     goal: [{name: device, type: device},
            {name: state, type: choice, choices: ["on", "off"]}],
     preconditions: ["at(kit, $device)"]}
  - {name: swab, description: "Mops the floor of a room.",
     goal: [{name: room, type: room}],
     preconditions: ["at(kit, $room)"]}
  - {name: page_help, description: "Calls a member of staff."}
"""
SCENE = """
rooms: [hall, cafe, washroom]
people: [{id: Ines, in: cafe}, {id: me, in: hall}]
objects:
  chiller: {type: fridge, in: cafe}
  bin: {type: bin, in: cafe}
  reading_lamp: {type: lamp, in: cafe, state: "off"}
  wireless: {type: radio, in: hall, state: "on"}
  lemonade: {type: drink, in: chiller}
  butter: {type: butter, in: hall}
  lozenges: {type: medicine, in: hall}
  plasters: {type: plaster, in: hall}
  brolly: {type: umbrella, in: hall}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("implied")
    (folder / "kit.library.yaml").write_text(LIBRARY)
    (folder / "kit.scene.yaml").write_text(SCENE)
    library, stated = read_library(folder / "kit.library.yaml")
    scene, _ = read_scene(folder / "kit.scene.yaml")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated)


@pytest.mark.parametrize(("text", "skill", "arguments"), [
    ("Ines is parched", "convey", {"item": "lemonade", "person": "Ines"}),
    ("Ines keeps coughing", "convey", {"item": "lozenges", "person": "Ines"}),
    ("Ines has sliced her thumb and it's bleeding", "convey", {"item": "plasters", "person": "Ines"}),
    ("it's pouring and I have to walk to the station", "convey", {"item": "brolly", "person": "me"}),
    ("the butter is going soft in the hall", "lodge", {"item": "butter", "spot": "chiller"}),
    ("somebody walked through the hall with muddy boots", "swab", {"room": "hall"}),
    ("Ines badly needs the loo", "squire", {"person": "Ines", "goal": "washroom"}),
    ("it's terribly dark in the cafe", "flip", {"device": "reading_lamp", "state": "on"}),
    ("the wireless has been on for hours and nobody is listening", "flip", {"device": "wireless", "state": "off"}),
    ("Ines has fainted", "page_help", {}),
])  # fmt: skip
def test_what_helps_is_done_by_what_things_and_skills_are_for(ask, text, skill, arguments):
    plan = ask(text)
    assert plan.steps, plan.reason
    assert (plan.steps[-1].skill, plan.steps[-1].arguments) == (skill, arguments)


@pytest.mark.parametrize("text", [
    "I'm not thirsty any more", "my aunt is always parched", "the puddle in the hall has been mopped",
    "Ines was cold last winter", "the tea smells lovely",
    "candles burn faster in a draught", "I used to have a terrible cough", "they say butter melts at thirty degrees",
    "the hall is nice and warm",
])  # fmt: skip
def test_what_was_is_over_or_is_so_in_general_moves_nothing(ask, text):
    plan = ask(text)
    assert plan.status == "statement" and not plan.steps, plan.reason


def test_forms_of_a_word_are_known():
    forms = Forms({"spill": ("spilt",)})
    assert "sneeze" in forms.of("sneezing") and "spill" in forms.of("spilt") and "sneeze" not in forms.of("knees")


def test_what_helps_is_read_and_what_is_not_known_is_named():
    deeds, functions = {"put", "clean room"}, {"home freezer"}
    assert read_do("put x home freezer", deeds, functions, ()) == Do("put", "x", "home freezer")
    assert read_do("clean room room", deeds, functions, ()) == Do("clean room", "room")
    with pytest.raises(DataError, match="function"):
        read_do("put x attic", deeds, functions, ())
    with pytest.raises(DataError, match="deed"):
        read_do("juggle x", deeds, functions, ())
