"""What a library calls an argument tells which things it is for, where the scene has such things."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
robot: yardbot
skills:
  - {name: prune, args: [{name: which, type: plant}], effects: ["pruned($which)"]}
  - {name: open_hatch, args: [hatch], doc: Pulls a hatch open, effects: ["open($hatch)"]}
  - {name: press, args: [button], doc: Presses a button, effects: ["pressed($button)"]}
  - {name: sweep, args: [{name: r, type: room}], effects: ["swept($r)"]}
  - {name: put_on, args: [{name: device, type: device}], doc: Switches a device on, effects: ["on($device)"]}
  - {name: shift_crate, args: [crate, {name: way, type: choice, choices: [left, right, back]}],
     doc: Pushes a crate in a direction, effects: ["shifted($crate, $way)"]}
"""
SCENE = {
    "rooms": ["shed", "orchard"],
    "objects": {
        "rosemary": {"type": "herb", "in": "orchard"},
        "ladder_hatch": {"type": "hatch", "in": "shed"},
        "red_button": {"type": "button", "in": "shed"},
        "apple_crate": {"type": "crate", "in": "shed"},
        "spade": {"type": "spade", "in": "shed"},
        "ceiling_lamp": {"type": "lamp", "in": "shed"},
    },
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    file = tmp_path_factory.mktemp("called") / "library.yaml"
    file.write_text(LIBRARY)
    planner, (scene, facts) = Planner(read_library(file)[0]), read_scene(SCENE)

    def ask(text):
        plan = planner.plan(Instruction(text), scene, facts)
        return [" ".join((one.skill, *map(str, one.arguments.values()))) for one in plan.steps] or plan.status

    return ask


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("prune the rosemary", ["prune rosemary"]),
        ("pull the hatch open", ["open_hatch ladder_hatch"]),
        ("push the button", ["press red_button"]),
        ("trim the rosemary, then sweep out the shed", ["prune rosemary", "sweep shed"]),
    ],
)
def test_what_is_called_so_is_meant(asked, text, steps):
    assert asked(text) == steps


@pytest.mark.parametrize("text", ["prune the spade", "sweep the rosemary", "pull the crate open", "prune the shed"])
def test_what_is_called_otherwise_is_refused(asked, text):
    assert asked(text) in ("refusal", "question")


@pytest.mark.parametrize("text", ["switch the orchard lamp on", "switch on the lamp in the orchard"])
def test_what_stays_in_another_room_is_not_meant(asked, text):
    assert asked(text) == "refusal"
