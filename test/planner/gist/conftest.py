"""An inn, small and of its own, whose words no other test knows."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

LIBRARY = """
robot: inky
facts: ["at(inky, bar)", "free(inky)"]
skills:
  - {name: go, phrases: ["go to {place}"], parameters: {place: {type: object}},
     effects: ["not at(inky, *)", "at(inky, $place)"]}
  - {name: take, phrases: ["take {item}"], parameters: {item: {type: object}},
     preconditions: ["at(inky, $item)", "free(inky)"], effects: ["holding(inky, $item)", "not free(inky)"]}
  - {name: serve, phrases: ["give {item} to {person}"], parameters: {item: {type: object}, person: {type: person}},
     preconditions: ["holding(inky, $item)", "at(inky, $person)"], effects: ["not holding(inky, $item)", "free(inky)"]}
  - {name: lay, phrases: ["put {item} on {spot}"], parameters: {item: {type: object}, spot: {type: object}},
     preconditions: ["holding(inky, $item)", "at(inky, $spot)"],
     effects: ["not holding(inky, $item)", "free(inky)", "on($item, $spot)"]}
  - {name: lead, phrases: ["lead {guest} to {room}"], parameters: {guest: {type: person}, room: {type: object}},
     preconditions: ["at(inky, $guest)"], effects: ["in($guest, $room)"]}
  - {name: scour, phrases: ["scour {surface}", "wipe {surface}"], parameters: {surface: {type: object}},
     effects: ["scoured($surface)"]}
  - {name: broom, phrases: ["sweep {room}"], parameters: {room: {type: object}}, effects: ["swept($room)"]}
  - {name: flip, phrases: ["switch {device} {way}"],
     parameters: {device: {type: object}, way: {type: choice, choices: ["on", "off"]}},
     effects: ["switched($device, $way)"]}
  - {name: unbolt, phrases: ["open {thing}"], parameters: {thing: {type: object}},
     effects: ["open($thing)", "not closed($thing)"]}
  - {name: bolt, phrases: ["close {thing}"], parameters: {thing: {type: object}},
     effects: ["closed($thing)", "not open($thing)"]}
"""

SCENE = """
rooms: [{name: taproom}, {name: cellar}, {name: beer_garden, aliases: [garden]}]
people:
  - {name: Mr_Oduya, aliases: [Mr Oduya], in: taproom}
  - {name: Mrs_Pell, aliases: [Mrs Pell], in: beer_garden}
  - {name: Tess, in: cellar}
  - {name: keeper, aliases: [me], in: taproom}
objects:
  - {name: oak_table, type: table, in: taproom}
  - {name: long_shelf, type: shelf, in: cellar}
  - {name: crate, type: bin, aliases: [rubbish bin], in: cellar}
  - {name: hearth_lamp, type: lamp, in: taproom, state: "off"}
  - {name: jukebox, type: stereo, in: taproom, state: "on"}
  - {name: yard_gate, type: gate, in: beer_garden, state: closed}
  - {name: stew, type: food, on: oak_table}
  - {name: cider, type: drink, on: long_shelf}
  - {name: shawl, type: scarf, on: oak_table}
  - {name: cork, type: waste, on: oak_table}
"""


@pytest.fixture(scope="session")
def inn(tmp_path_factory):
    """A planner with its scene and what is so."""
    folder = tmp_path_factory.mktemp("inn")
    (folder / "library.yaml").write_text(LIBRARY, encoding="utf-8")
    (folder / "scene.yaml").write_text(SCENE, encoding="utf-8")
    library, stated = read_library(folder / "library.yaml")
    scene = read_scene(folder / "scene.yaml")[0]
    return Planner(library), scene, place_facts(scene) | stated


@pytest.fixture(scope="session")
def asked(inn):
    """What a sentence asks for: the steps that are no errand to a place or thing, or the kind of answer."""

    def steps(words):
        planner, scene, facts = inn
        plan = planner.plan(Instruction(words), scene, facts)
        if plan.tree is None:
            return plan.status
        errands = (one for one in plan.steps if one.skill not in ("go", "take"))
        return [" ".join([one.skill, *map(str, one.arguments.values())]) for one in errands]

    return steps
