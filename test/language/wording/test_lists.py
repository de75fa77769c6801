"""Several things and people in one instruction: each gets its own, and none is lost without a word."""

import functools
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

ROUNDS = Path(__file__).parents[2] / "data" / "language" / "rounds"
MOVES = {
    "travelTo", "proceed_to", "moveTo", "proceedTo", "trundleTo", "visit", "GoTo", "navigate", "head_to", "drive_over",
    "MoveNear", "obtain", "take_hold", "fetchItem", "collectProp", "liftThing", "collect", "PickUp", "pick_object",
    "Pick", "grasp_item", "pick_good", "Grip",
}  # fmt: skip

PLANS = [
    ("vet", "Weigh all the animals in the waiting room except the hamster.", "weigh_animal Mimi; weigh_animal Rex"),
]  # fmt: skip

ASKED = [
    ("apartment", "Give the novel to Ana and Milo.", "Which one is the novel for: Ana or Milo?"),
    ("apartment", "Bring the novel to Ana and her friend.", "her friend"),
]

TOLD = [
    ("apartment", "The fridge is in the kitchen and the sofa in the lounge."),
    ("apartment", "Olek is the neighbour and Milo is the boy."),
]


@functools.cache
def place(domain: str) -> tuple[Planner, SceneGraph, frozenset[Fact]]:
    """A planner, its scene and what is true there."""
    library, stated = read_library(ROUNDS / f"{domain}.library.yaml")
    scene = read_scene(ROUNDS / f"{domain}.scene.yaml")[0]
    return Planner(library), scene, place_facts(scene) | stated


@pytest.mark.parametrize(("domain", "text", "steps"), PLANS)
def test_each_gets_its_own(domain, text, steps):
    planner, scene, facts = place(domain)
    plan = planner.plan(Instruction(text), scene, facts)
    asked = [one for one in plan.steps if one.skill not in MOVES]
    assert "; ".join(" ".join(map(str, (one.skill, *one.arguments.values()))) for one in asked) == steps, plan.reason


@pytest.mark.parametrize(("domain", "text", "named"), ASKED)
def test_what_cannot_be_shared_is_named(domain, text, named):
    planner, scene, facts = place(domain)
    plan = planner.plan(Instruction(text), scene, facts)
    assert plan.status in ("question", "refusal")
    assert named in plan.reason


@pytest.mark.parametrize(("domain", "text"), TOLD)
def test_where_things_are_is_no_errand(domain, text):
    planner, scene, facts = place(domain)
    assert planner.plan(Instruction(text), scene, facts).status == "statement"


@pytest.mark.parametrize("text", ["Tarek's Tarek's", "attic Vroni's Vroni's Vroni's rope, then Tarek's"])
def test_owners_of_owners_are_answered(lodge, text):
    assert lodge(text)
