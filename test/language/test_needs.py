"""Needs that people state are errands that the robot asks about, with a library and scene of their own."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
robot: pax
facts: ["free(pax)"]
skills:
  - {name: roll_to, description: "Drives somewhere.", phrases: ["roll to {goal}"], params: {goal: {type: location}},
     effects: ["not near(pax, *)", "near(pax, $goal)"]}
  - {name: seize, description: "Picks a thing up.", phrases: ["pick up {item}"], params: {item: {type: item}},
     preconditions: ["near(pax, $item)", "free(pax)"], effects: ["holds(pax, $item)", "not free(pax)"]}
  - {name: present, description: "Hands a thing to a person.", phrases: ["give {item} to {person}"],
     params: {item: {type: item}, person: {type: person}},
     preconditions: ["holds(pax, $item)", "near(pax, $person)"],
     effects: ["not holds(pax, $item)", "free(pax)", "has($person, $item)"]}
  - {name: light_up, description: "Switches a lamp on.", phrases: ["switch on {lamp}"], params: {lamp: {type: item}},
     preconditions: ["near(pax, $lamp)"], effects: ["on($lamp)"]}
"""
SCENE = """
rooms: [parlour, attic]
people: [{id: Ulf, in: parlour}, {id: me, in: parlour}]
objects:
  lemonade: {type: drink, in: parlour}
  reading_lamp: {type: lamp, in: parlour}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("needs")
    (folder / "manor.library.yaml").write_text(LIBRARY)
    (folder / "manor.scene.yaml").write_text(SCENE)
    library, stated = read_library(folder / "manor.library.yaml")
    scene, _ = read_scene(folder / "manor.scene.yaml")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated)


@pytest.mark.parametrize(("text", "skill", "arguments"), [
    ("I'm thirsty", "present", {"item": "lemonade", "person": "me"}),
    ("Ulf is thirsty", "present", {"item": "lemonade", "person": "Ulf"}),
    ("It's getting dark in here.", "light_up", {"lamp": "reading_lamp"}),
])  # fmt: skip
def test_what_serves_a_need_is_asked_about(ask, text, skill, arguments):
    plan = ask(text)

    assert plan.status == "question" and plan.proposed, plan.reason
    assert (plan.steps[-1].skill, plan.steps[-1].arguments) == (skill, arguments)


@pytest.mark.parametrize("text", [
    "I'm not thirsty any more", "Ulf was thirsty last night", "the pilot closed the parlour door",
    "candles burn faster in a draught", "lemonade makes Ulf sleepy", "my aunt is always thirsty",
])  # fmt: skip
def test_what_is_over_elsewhere_or_so_in_general_moves_nothing(ask, text):
    plan = ask(text)

    assert plan.status == "statement" and not plan.steps, plan.reason
