"""What things are like by themselves tells them apart: by taste, by what is in them, by what they are made of."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
robot: trolley
facts: ["empty(trolley)"]
skills:
  - {name: fetch, args: [{name: thing, type: item}], pre: ["empty(trolley)"], phrases: ["fetch {thing}"],
     effects: ["has(trolley, $thing)", "not empty(trolley)"]}
  - {name: serve, args: [{name: thing, type: item}, {name: guest, type: person}], pre: ["has(trolley, $thing)"],
     phrases: ["give {thing} to {guest}", "bring {thing} to {guest}"],
     effects: ["not has(trolley, $thing)", "empty(trolley)", "served($guest, $thing)"]}
  - {name: stow, args: [{name: thing, type: item}, {name: place, type: container}], pre: ["has(trolley, $thing)"],
     phrases: ["put {thing} in {place}"], effects: ["not has(trolley, $thing)", "empty(trolley)"]}
"""
SCENE = {
    "rooms": ["saloon", "galley"],
    "people": [{"id": "Ines", "in": "saloon"}, {"id": "speaker", "in": "saloon", "names": ["me"]}],
    "objects": {
        "locker": {"type": "locker", "in": "galley"},
        "pretzels": {"type": "snack", "in": "galley"},
        "chilli_crackers": {"type": "crackers", "in": "galley"},
        "oat_biscuits": {"type": "biscuit", "in": "galley"},
        "ginger_ale": {"type": "drink", "in": "galley"},
        "cold_brew": {"type": "drink", "in": "galley"},
        "white_wine": {"type": "wine", "in": "galley"},
        "plastic_fork": {"type": "fork", "in": "galley"},
        "steel_fork": {"type": "fork", "in": "galley"},
        "pear": {"type": "pear", "in": "galley"},
        "plum": {"type": "plum", "in": "galley"},
        "scissors": {"type": "scissors", "in": "galley"},
        "radio": {"type": "radio", "in": "saloon"},
        "chilli_bowl": {"type": "bowl", "in": "saloon"},
    },
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    file = tmp_path_factory.mktemp("traits") / "library.yaml"
    file.write_text(LIBRARY)
    (library, stated), (scene, facts) = read_library(file), read_scene(SCENE)
    planner = Planner(library)

    def ask(text):
        plan = planner.plan(Instruction(text), scene, facts | stated)
        return [" ".join(map(str, one.arguments.values())) for one in plan.steps if one.skill != "fetch"] or plan.status

    return ask


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Bring Ines something spicy.", ["chilli_crackers Ines"]),
        ("Bring Ines a spicy snack.", ["chilli_crackers Ines"]),
        ("Could you bring me a drink with caffeine?", ["cold_brew speaker"]),
        ("Bring me a caffeine-free drink without alcohol.", "refusal"),  # guessed, and "without" was not read
        ("Give Ines a drink that is not caffeinated.", ["ginger_ale Ines"]),
        ("Bring Ines something alcoholic.", ["white_wine Ines"]),
        ("Put something sharp in the locker.", ["scissors locker"]),
        ("Put the plastic fork in the locker.", ["plastic_fork locker"]),
        ("Give Ines a fruit that isn't a pear.", ["plum Ines"]),
        ("Give Ines a fork that is not plastic.", ["steel_fork Ines"]),
    ],
)
def test_what_is_so_is_meant(asked, text, steps):
    assert asked(text) == steps


@pytest.mark.parametrize("text", ["Bring Ines a sour snack.", "Bring Ines something sour."])
def test_what_nothing_is_like_is_not_replaced(asked, text):
    assert asked(text) in ("refusal", "question")


def test_what_is_said_of_one_thing_alone_tells_nothing_apart(asked):
    assert asked("Give Ines the crunchy plum.") == ["plum Ines"]
