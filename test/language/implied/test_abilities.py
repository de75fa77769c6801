"""Which deeds skills are known to do, whatever their arguments are called."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

LIBRARY = """
robot: deckhand
facts: ["free(deckhand)"]
skills:
  - {name: steerTo, description: "Drives to a cabin, a thing or a member of the crew.",
     params: {heading: {type: location}},
     effects: ["not by(deckhand, *)", "by(deckhand, $heading)"]}
  - {name: hoist, description: "Picks a thing up.",
     params: {freight: {type: item}},
     preconditions: ["by(deckhand, $freight)", "free(deckhand)"],
     effects: ["lugs(deckhand, $freight)", "not free(deckhand)"]}
  - {name: deliverTo, description: "Gives the freight that the robot lugs to a member of the crew.",
     params: {freight: {type: item}, member: {type: person}},
     preconditions: ["lugs(deckhand, $freight)", "by(deckhand, $member)"],
     effects: ["not lugs(deckhand, $freight)", "free(deckhand)", "got($member, $freight)"]}
  - {name: bringAlong, description: "Takes a member of the crew along to a cabin.",
     params: {member: {type: person}, heading: {type: location}},
     preconditions: ["by(deckhand, $member)"],
     effects: ["at($member, $heading)"]}
  - {name: swingOpen, description: "Opens a door or a hatch.",
     params: {hatch: {type: furniture}},
     preconditions: ["by(deckhand, $hatch)"],
     effects: ["ajar($hatch)"]}
"""
SCENE = """
rooms: [galley, bridge]
people: [{id: Mira, in: bridge}, {id: me, in: galley}]
objects:
  cabin_door: {type: door, in: bridge, state: closed}
  lemonade: {type: drink, in: galley}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("abilities")
    (folder / "deck.library.yaml").write_text(LIBRARY)
    (folder / "deck.scene.yaml").write_text(SCENE)
    library, stated = read_library(folder / "deck.library.yaml")
    scene, _ = read_scene(folder / "deck.scene.yaml")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated)


def test_who_gets_a_thing_is_told_by_the_type_of_the_argument(ask):
    plan = ask("Mira is terribly thirsty after the watch")

    assert plan.steps[-1].skill == "deliverTo"
    assert plan.steps[-1].arguments == {"freight": "lemonade", "member": "Mira"}


def test_a_participle_tells_how_a_thing_is_now(ask):
    plan = ask("the pilot is knocking at the closed cabin door")

    assert [step.skill for step in plan.steps][-1] == "swingOpen"


@pytest.mark.parametrize("text", ["the pilot closed the cabin door", "Mira was thirsty after the watch"])
def test_what_was_so_asks_for_nothing(ask, text):
    assert ask(text).status == "statement"


@pytest.mark.parametrize("text", [
    "my dog can open doors", "Mira painted the cabin door herself", "lemonade makes Mira sleepy",
])  # fmt: skip
def test_what_somebody_can_do_or_has_done_alone_moves_nothing(ask, text):
    assert ask(text).status == "statement"
