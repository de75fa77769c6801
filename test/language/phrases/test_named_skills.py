"""A library that gives its skills nothing but names and arguments is understood by these."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.language.phrases.name_phrases import NamePhrases
from skill_stack.language.words.lexicon import load_lexicon
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

SKILLS = {
    "navigate_to": ["location"], "pick_up": ["object"], "place_on": ["object", "surface"],
    "place_in": ["object", "container"],
    "hand_over": ["object", "person"], "guide_person": ["person", "destination"], "turn_on": ["device"],
    "pick_object_from_shelf": ["object", "shelf"], "open_door": ["door"], "look_at": ["target"],
}  # fmt: skip
PHRASES = {
    "navigate_to": "navigate to {location}", "pick_up": "pick up {object}", "place_on": "place {object} on {surface}",
    "place_in": "place {object} in {container}", "hand_over": "hand over {object} to {person}",
    "guide_person": "guide {person} to {destination}", "turn_on": "turn on {device}", "open_door": "open {door}",
    "pick_object_from_shelf": "pick {object} from {shelf}", "look_at": "look at {target}",
}  # fmt: skip


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    file = tmp_path_factory.mktemp("named") / "library.yaml"
    lines = [f"  - {{name: {name}, goal: [{', '.join(f'{{name: {one}, type: object}}' for one in names)}]}}\n"
             for name, names in SKILLS.items()]  # fmt: skip
    file.write_text("skills:\n" + "".join(lines))
    return read_library(file)[0]


@pytest.mark.parametrize("name", SKILLS)
def test_a_name_gives_a_phrase(kit, name):
    assert NamePhrases(load_lexicon()).phrases_of(kit[name])[0] == PHRASES[name]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("drive to the kitchen", [("navigate_to", "kitchen")]),
        ("give the cup to Anna", [("hand_over", "cup", "anna")]),
        ("put the cup on the table", [("place_on", "cup", "table")]),
        ("put the cup in the box", [("place_in", "cup", "box")]),
        ("escort Anna to the kitchen", [("guide_person", "anna", "kitchen")]),
        ("switch the lamp on", [("turn_on", "lamp")]),
    ],
)
def test_names_are_widened_as_phrases_are(kit, text, steps):
    scene, _ = read_scene({"objects": [
        {"id": "kitchen", "kind": "room", "shape": "point", "position": [3, 0]},
        {"id": "cup", "kind": "cup", "position": [1, 0]}, {"id": "table", "kind": "table", "position": [2, 0]},
        {"id": "box", "kind": "box", "position": [2, 1]}, {"id": "lamp", "kind": "lamp", "position": [2, 2]},
        {"id": "anna", "kind": "person", "position": [2, 3], "names": ["Anna"]},
    ]})  # fmt: skip
    plan = Planner(kit).plan(Instruction(text), scene, frozenset())
    assert [(step.skill, *step.arguments.values()) for step in plan.steps] == steps, plan.reason
