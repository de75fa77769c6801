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


BAR = """
- {name: brew, phrases: ["make {drink}"],
   args: [{name: drink, type: choice, choices: [latte, tea]}, {name: milk, type: choice, choices: [oat milk, none],
          default: none}, {name: cups, type: number, default: 1}]}
- {name: light, phrases: ["switch on {lamp}"], args: [lamp], effects: ["lit($lamp)"]}
- {name: hand, phrases: ["serve {dish} to {guest}"], args: [dish, {name: guest, type: person}],
   effects: ["has($guest, $dish)"]}
- {name: lock, phrases: ["lock {gate}"], args: [{name: gate, type: gate}], effects: ["locked($gate)"]}
"""
GUESTS = """
people: [{id: ana, names: [Ana]}]
objects: {soup: {type: soup}, knob_lamp: {type: lamp}}
"""


@pytest.fixture(scope="module")
def wish(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wishes")
    (folder / "bar.library.yaml").write_text(BAR)
    (folder / "bar.scene.yaml").write_text(GUESTS)
    library, stated = read_library(folder / "bar.library.yaml")
    scene, _ = read_scene(folder / "bar.scene.yaml")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated)


@pytest.mark.parametrize(("text", "skill", "given"), [
    ("can I get a latte", "brew", {"drink": "latte"}),
    ("hello, could I have two teas", "brew", {"drink": "tea", "cups": 2.0}),
    ("I'd like a latte with oat milk, please", "brew", {"drink": "latte", "milk": "oat milk"}),
    ("a tea please", "brew", {"drink": "tea"}),
    ("I would also like a tea", "brew", {"drink": "tea"}),
    ("I'll have the soup", "hand", {"dish": "soup"}),
    ("Ana would like the soup", "hand", {"dish": "soup", "guest": "ana"}),
    ("lamp on please", "light", {"lamp": "knob_lamp"}),
])  # fmt: skip
def test_a_wish_is_asked_about_where_a_skill_makes_or_brings_it(wish, text, skill, given):
    plan = wish(text)

    assert plan.status == "question" and plan.certainty == "inferred" and not plan.others, plan.reason
    assert plan.steps[-1].skill == skill and given.items() <= plan.steps[-1].arguments.items()


@pytest.mark.parametrize("text", ["can I get out of here", "I want to leave", "can I get a taxi", "a bit further",
                                  "I'd like the soup heated", "no latte please", "I don't want a latte"])  # fmt: skip
def test_what_no_skill_makes_or_brings_is_no_wish(wish, text):
    assert wish(text).tree is None, wish(text).reason


def test_what_is_asked_for_and_not_made_here_is_refused_and_not_noted(wish):
    assert (wish("can I get a taxi").status, wish("I had a latte").status) == ("refusal", "statement")
