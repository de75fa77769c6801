"""Household goals as people write them down: headings, things in other things, states to be in, light to see by."""

import json

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.plan import Plan
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

HELD = "holds(?it)"
SKILLS = (
    ("MoveTo", ["spot"], [], ["not at(*)", "at(?spot)"]),
    ("PickUp", ["it"], ["at(?it)", "empty_hand()"], [HELD, "not empty_hand()", "not lies(?it, *)"]),
    ("PlaceObject", ["it", "receptacle"], [HELD, "at(?receptacle)"],
     [f"not {HELD}", "empty_hand()", "lies(?it, ?receptacle)"]),
    ("RinseObject", ["it", "sink"], [HELD, "at(?sink)"], ["rinsed(?it)"]),
    ("HeatObject", ["it", "microwave"], [HELD, "at(?microwave)"], ["hot(?it)"]),
    ("SliceObject", ["food", "knife"], ["holds(?knife)", "at(?food)"], ["sliced(?food)"]),
    ("TurnOn", ["device"], ["at(?device)"], ["lit(?device)"]),
)  # fmt: skip
THINGS = (
    ("ReadingLamp", ""), ("SideTable", ""), ("Sink", ""), ("Microwave", ""), ("GarbageCan", ""), ("Worktop", ""),
    ("Bathtub", ""), ("Bowl", "Worktop"), ("Ladle", "SideTable"), ("Tray", "Worktop"), ("Watch", "SideTable"),
    ("Cucumber", "Worktop"), ("Knife", "Worktop"), ("Map", "SideTable"), ("SoapBar", "Worktop"),
)  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Asks one sentence of a robot whose skills and things have names in camel case."""
    file = tmp_path_factory.mktemp("household") / "robot.yaml"
    skills = [dict(zip(("name", "parameters", "preconditions", "effects"), one, strict=True)) for one in SKILLS]
    file.write_text(json.dumps({"robot": "dobby", "facts": ["empty_hand()"], "skills": skills}))
    library, stated = read_library(file)
    things = [{"id": f"{kind}_1", "type": kind} | ({"on": f"{place}_1"} if place else {}) for kind, place in THINGS]
    things += [{"id": "SoapBar_2", "type": "SoapBar", "on": "SideTable_1"}]
    scene, facts = read_scene({"objects": things})
    planner = Planner(library)

    def ask(text: str) -> Plan:
        return planner.plan(Instruction(text), scene, place_facts(scene) | stated | facts)

    return ask


def done(plan: Plan) -> list[str]:
    """The steps of a plan, without the ways in between."""
    steps = [(step.skill, *step.arguments.values()) for step in plan.steps if step.skill != "MoveTo"]
    return [" ".join(str(part).removesuffix("_1") for part in step) for step in steps]


@pytest.mark.parametrize(
    "text",
    [
        "put the map on the side table lamp",
        "put two ladles in the bowl",
        "Placing two ladles in the bowl",
    ],
)
def test_what_is_not_there_is_not_done(asked, text):
    assert asked(text).status != "plan"


@pytest.mark.parametrize(
    "text", ["Putting the watch in the bowl", "put watch in bowl"]
)
def test_headings_are_orders(asked, text):
    assert done(asked(text)) == ["PickUp Watch", "PlaceObject Watch Bowl"]


@pytest.mark.parametrize(
    "text",
    [
        "put the watch on the worktop to the left of the sink",
    ],
)
def test_the_only_one_there_is_is_meant_wherever_it_is_said_to_be(asked, text):
    assert done(asked(text)) == ["PickUp Watch", "PlaceObject Watch Worktop"]


@pytest.mark.parametrize("text", ["put the map under the worktop", "put a rinsed blunt ladle in the bowl"])
def test_what_cannot_be_seen_to_is_not_left_out(asked, text):
    assert asked(text).status != "plan"


@pytest.mark.parametrize("text", ["pick up the ladle and hold", "examine", "place the bowl with the", "to put"])
def test_sentences_that_break_off_are_answered(asked, text):
    assert asked(text).status in ("plan", "question", "refusal", "statement")


def test_a_place_that_is_not_here_is_no_switch(asked):
    assert not any(step.skill == "TurnOn" for step in asked("place cucumber slice on top rack").steps)
    assert not any(step.skill == "TurnOn" for step in asked("remove the dirty map on the right").steps)
