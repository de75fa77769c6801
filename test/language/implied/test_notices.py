"""Who is told what, where somebody does not know something that concerns him."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

LIBRARY = """
robot: usher
skills:
  - {name: wheelTo, description: "Drives to somebody.", params: {goal: {type: location}},
     effects: ["not by(usher, *)", "by(usher, $goal)"]}
  - name: whisper
    description: Tells somebody one of its messages.
    params:
      person: {type: person}
      words: {type: choice, choices: [supper is ready, your cab is here, no smoking, silence please]}
    preconditions: ["by(usher, $person)"]
    effects: ["told($person)"]
"""
SCENE = """
rooms: [vestry, nave]
people: [{id: Agnes, in: vestry}, {id: Mr_Pike, in: nave}, {id: me, in: nave}]
objects: {organ: {type: instrument, in: nave}}
"""


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notices")
    (folder / "church.library.yaml").write_text(LIBRARY)
    (folder / "church.scene.yaml").write_text(SCENE)
    library, stated = read_library(folder / "church.library.yaml")
    scene, _ = read_scene(folder / "church.scene.yaml")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated)


@pytest.mark.parametrize(("text", "who", "words"), [
    ("the soup is on the table and nobody has told Agnes", "Agnes", "supper is ready"),
    ("Mr Pike's cab has pulled up outside", "Mr_Pike", "your cab is here"),
    ("Mr Pike has lit up a cigarette next to Agnes", "Mr_Pike", "no smoking"),
    ("Agnes is shouting at the top of her voice", "Agnes", "silence please"),
])  # fmt: skip
def test_who_does_not_know_is_told(ask, text, who, words):
    plan = ask(text)

    assert plan.tree is not None, plan.reason
    assert plan.steps[-1].arguments == {"person": who, "words": words}


@pytest.mark.parametrize("text", [
    "supper is on the table and they don't know it yet",  # whom nobody names is not guessed
    "the cab was here yesterday", "I know that supper is ready",
])  # fmt: skip
def test_nobody_is_told_who_was_not_named(ask, text):
    assert ask(text).status == "statement"
