"""Colours that share a noun, particles behind their thing, and names, verbs and places that leave something open."""

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = """
- {name: drive, phrases: ["go to {place}"], args: [place], effects: ["not near(robot, *)", "near(robot, $place)"]}
- {name: pack, phrases: ["put {item} in {place}"], args: [item, place], effects: ["in($item, $place)"]}
- {name: douse, phrases: ["switch off {device}"], args: [device], effects: ["not running($device)"]}
"""
DEAF = """
- {name: hush, phrases: ["turn down the volume"]}
"""
SCENE = {
    "rooms": ["hall", "den"],
    "objects": {
        **{f"{colour}_block_{number}": {"type": "block", "colour": colour, "in": "hall"}
           for colour in ("white", "blue", "red") for number in (1, 2)},
        "crate": {"type": "crate", "in": "hall"}, "basket": {"type": "basket", "in": "hall"},
        "radio": {"type": "radio", "in": "den"},
        "hall_light": {"type": "light", "in": "hall"}, "den_light": {"type": "light", "in": "den"},
        "desk": {"type": "desk", "in": "den", "names": ["table"]},
        "low_table": {"type": "table", "in": "hall"}, "high_table": {"type": "table", "in": "hall"},
        "couch_2": {"type": "bench", "in": "hall", "names": ["sofa"]}, "bed": {"type": "bed", "in": "den"},
    },
}  # fmt: skip


def robot(folder, library):
    (folder / "x.library.yaml").write_text(library)
    planner, scene = Planner(read_library(folder / "x.library.yaml")[0]), read_scene(SCENE)[0]
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene))


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    return robot(tmp_path_factory.mktemp("plain"), LIBRARY)


@pytest.mark.parametrize("text", ["put all the white and blue blocks in the crate", "put the white and the blue blocks "
                                  "in the crate"])  # fmt: skip
def test_colours_share_a_noun(ask, text):
    plan = ask(text)
    assert plan.status == "plan" and {step.arguments["item"] for step in plan.steps} == {
        "white_block_1", "white_block_2", "blue_block_1", "blue_block_2"
    }  # fmt: skip
    assert ask("put the white and green blocks in the crate").status == "refusal"


def test_a_thing_is_put_at_one_place(ask):
    plan = ask("put the radio in the crate and the basket")
    assert plan.status == "question" and "radio for: basket or crate" in plan.reason


def test_a_particle_may_stand_behind_its_thing_before_a_place(ask):
    plan = ask("switch the light off in the den")
    assert (plan.status, [step.arguments["device"] for step in plan.steps]) == ("plan", ["den_light"])
    assert ask("don't switch the light off in the den").steps == ()


def test_a_name_that_is_the_kind_of_others_is_asked_about(ask):
    assert ask("go to the table").status == "question"
    assert [step.arguments["place"] for step in ask("go to the sofa").steps] == ["couch_2"]


def test_a_preposition_behind_another_verb_is_no_destination(ask):
    assert (ask("listen to the radio").status, ask("to the radio").status) == ("question", "plan")


def test_a_place_is_not_dropped_where_the_robot_cannot_go(tmp_path):
    deaf = robot(tmp_path, DEAF)
    assert (deaf("turn down the volume").status, deaf("turn down the volume in the den").status) == ("plan", "question")
