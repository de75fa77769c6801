"""Things that are put away kind by kind, and what somebody shuns left out of what he asks for."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

LIBRARY = """
robot: tidier
facts: ["free(tidier)"]
skills:
  - {name: lift, args: [{name: thing, type: item}], pre: ["free(tidier)"], phrases: ["pick up {thing}"],
     effects: ["held(tidier, $thing)", "not free(tidier)"]}
  - {name: drop, args: [{name: thing, type: item}, {name: place, type: location}], pre: ["held(tidier, $thing)"],
     phrases: ["put {thing} in {place}", "put {thing} on {place}"],
     effects: ["not held(tidier, $thing)", "free(tidier)", "lies($thing, $place)"]}
  - {name: pass, args: [{name: thing, type: item}, {name: who, type: person}], pre: ["held(tidier, $thing)"],
     phrases: ["give {thing} to {who}"], effects: ["not held(tidier, $thing)", "free(tidier)"]}
"""
SCENE = {
    "rooms": ["playroom"],
    "people": [{"id": "Oda", "in": "playroom"}, {"id": "speaker", "in": "playroom", "names": ["me"]}],
    "objects": {
        "chest": {"type": "chest", "in": "playroom"},
        "left_drawer": {"type": "drawer", "in": "playroom"},
        "window_sill": {"type": "windowsill", "in": "playroom"},
        "toy_tractor": {"in": "playroom"},
        "rag_doll": {"type": "doll", "in": "playroom"},
        "atlas": {"in": "playroom"},
        "poetry_book": {"in": "playroom"},
        "wool_socks": {"in": "playroom"},
        "yellow_raincoat": {"in": "playroom"},
        "blue_jumper": {"in": "playroom"},
        "quince_pear": {"type": "pear", "in": "playroom"},
        "walnuts": {"type": "nuts", "in": "playroom"},
        "rice_crackers": {"type": "crackers", "in": "playroom"},
    },
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    file = tmp_path_factory.mktemp("sorting") / "library.yaml"
    file.write_text(LIBRARY)
    (library, stated), (scene, facts) = read_library(file), read_scene(SCENE)
    planner = Planner(library)

    def ask(text):
        plan = planner.plan(Instruction(text), scene, facts | stated)
        return {" ".join(map(str, one.arguments.values())) for one in plan.steps if one.skill != "lift"} or plan.status

    return ask


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Put toys in the chest and books on the window sill.",
         {"toy_tractor chest", "rag_doll chest", "atlas window_sill", "poetry_book window_sill"}),
        ("Put clothing in the left drawer.",
         {"wool_socks left_drawer", "yellow_raincoat left_drawer", "blue_jumper left_drawer"}),
        ("Put jackets in the chest and other clothes in the left drawer, please.",
         {"yellow_raincoat chest", "wool_socks left_drawer", "blue_jumper left_drawer"}),
        ("Sort clothes into the chest, books into the left drawer and socks on the window sill.",
         {"yellow_raincoat chest", "blue_jumper chest", "wool_socks window_sill", "atlas left_drawer",
          "poetry_book left_drawer"}),
    ],
)  # fmt: skip
def test_kinds_go_where_they_belong(asked, text, steps):
    assert asked(text) == steps


@pytest.mark.parametrize("text", ["Put toys in the chest and kitchen gadgets on the window sill."])
def test_nothing_is_sorted_where_a_kind_is_not_here(asked, text):
    assert asked(text) in ("refusal", "question")


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("I'm allergic to nuts. Can you give me a snack?", {"rice_crackers speaker"}),
        ("Oda doesn't eat nuts, give Oda a snack.", {"rice_crackers Oda"}),
        ("Give me a snack, but I can't eat crackers.", {"walnuts speaker"}),
    ],
)
def test_what_is_shunned_is_left_out(asked, text, steps):
    assert asked(text) == steps


def test_what_is_shunned_alone_moves_nothing(asked):
    assert asked("I'm allergic to nuts.") == "statement"
