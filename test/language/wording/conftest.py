"""A robot of a mountain lodge, which no other test has."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
robot: helper
skills:
  - {name: walk, phrases: ["walk to {place}"], args: [place], effects: ["not at(helper, *)", "at(helper, $place)"]}
  - {name: lift, phrases: ["pick up {item}"], args: [item], pre: ["at(helper, $item)", "not holding(helper, *)"],
     effects: ["holding(helper, $item)"]}
  - {name: give, phrases: ["give {item} to {person}"], args: [item, person],
     pre: ["holding(helper, $item)", "at(helper, $person)"], effects: ["not holding(helper, $item)"]}
  - {name: lay, phrases: ["put {item} on {spot}", "put {item} in {spot}"], args: [item, spot],
     pre: ["holding(helper, $item)", "at(helper, $spot)"], effects: ["not holding(helper, $item)", "on($item, $spot)"]}
  - {name: open, phrases: ["open {thing}"], args: [thing], pre: ["at(helper, $thing)"], effects: ["open($thing)"]}
  - {name: close, phrases: ["close {thing}"], args: [thing], pre: ["at(helper, $thing)"], effects: ["not open($thing)"]}
  - {name: turn_on, phrases: ["turn on {device}"], args: [device],
     pre: ["at(helper, $device)"], effects: ["on($device)"]}
  - {name: turn_off, phrases: ["turn off {device}"], args: [device], pre: ["at(helper, $device)"],
     effects: ["not on($device)"]}
  - {name: sweep, phrases: ["sweep {room}"], args: [room], pre: ["at(helper, $room)"], effects: ["swept($room)"]}
  - {name: wipe, phrases: ["wipe {surface}"], args: [surface],
     pre: ["at(helper, $surface)"], effects: ["wiped($surface)"]}
  - {name: greet, phrases: ["greet {person}"], args: [person],
     pre: ["at(helper, $person)"], effects: ["greeted($person)"]}
  - {name: tell, phrases: ["tell {person} {message}"], pre: ["at(helper, $person)"],
     args: [person, {name: message, type: choice, choices: [supper is ready, the bus is here]}],
     effects: ["told($person, $message)"]}
"""
SCENE = """
rooms: [{id: parlour}, {id: attic}, {id: scullery}]
people:
  Vroni: {in: parlour, names: [the maid]}
  Mr_Abel: {in: parlour, names: [Mr Abel]}
  Tarek: {in: attic}
  warden: {in: parlour, names: [me]}
objects:
  long_table: {type: table, in: parlour, names: [long table]}
  hatch: {type: hatch, in: scullery, state: open}
  window: {type: window, in: attic, state: closed}
  gramophone: {type: radio, in: parlour, state: "on"}
  fan: {type: fan, in: attic, state: "off"}
  rack: {type: rack, in: scullery}
  chest: {type: chest, in: attic}
  lamp: {type: lamp, in: parlour, state: "on"}
  flask: {type: flask, on: rack}
  scarf: {type: scarf, on: rack}
  rope: {type: rope, on: rack}
  novel: {type: book, on: long_table, names: [novel]}
"""


@pytest.fixture(scope="session")
def lodge_plan(tmp_path_factory):
    """The plan for a sentence in the lodge."""
    folder = tmp_path_factory.mktemp("lodge")
    (folder / "lodge.library.yaml").write_text(LIBRARY)
    (folder / "lodge.scene.yaml").write_text(SCENE)
    library, facts = read_library(folder / "lodge.library.yaml")
    scene = read_scene(folder / "lodge.scene.yaml")[0]
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | facts)


@pytest.fixture(scope="session")
def lodge(lodge_plan):
    """What is done in the lodge, without walking and lifting; the status where nothing is."""

    def done(text):
        plan = lodge_plan(text)
        several = [one for one in plan.steps if one.skill not in ("walk", "lift")]
        if plan.tree is None:
            return [plan.status]
        return [" ".join([one.skill, *(str(value) for value in one.arguments.values())]) for one in several]

    return done
