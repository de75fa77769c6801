"""Orders as people speak them at home: walking where a skill also walks people, searching rooms, places in rooms."""

import functools
from dataclasses import replace
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

ROUNDS = Path(__file__).parents[2] / "data" / "language" / "rounds"


@functools.cache
def home():
    """A planner, its scene and what is true there."""
    library, stated = read_library(ROUNDS / "apartment.library.yaml")
    scene = read_scene(ROUNDS / "apartment.scene.yaml")[0]
    return Planner(library), scene, place_facts(scene) | stated


@pytest.mark.parametrize(("text", "steps"), [
    ("can you put the teddy on the double bed",
     "travelTo teddy; obtain teddy; travelTo double_bed; deposit teddy double_bed"),
    ("follow Ana closely", "travelTo Ana; tailPerson Ana"),
    ("walk to the kitchen", "travelTo kitchenette"),
    ("Dear service robot, walk to the kitchen", "travelTo kitchenette"),
    ("please walk to the sofa quickly", "travelTo corner_sofa"),
    ("walk towards the balcony", "travelTo balcony"),
    ("walk Milo to the sofa", "travelTo Milo; escort Milo corner_sofa"),
    ("put the teddy on the shelf in the lounge",
     "travelTo teddy; obtain teddy; travelTo bookshelf; deposit teddy bookshelf"),
])  # fmt: skip
def test_what_is_said_is_done(text, steps) -> None:
    planner, scene, facts = home()
    plan = planner.plan(Instruction(text), scene, facts)
    assert plan.tree is not None, plan.reason
    assert "; ".join(" ".join([step.skill, *map(str, step.arguments.values())]) for step in plan.steps) == steps


def test_one_pile_that_is_called_clothes_is_meant_before_all_that_is_worn() -> None:
    library, stated = read_library(ROUNDS / "apartment.library.yaml")
    scene = read_scene(ROUNDS / "apartment.scene.yaml")[0]
    pile = replace(scene.objects["wet_trunks"], id="clothes", names=("my clothes",))
    scene = replace(scene, objects={**scene.objects, "clothes": pile})
    plan = Planner(library).plan(Instruction("put my clothes in the washer"), scene, place_facts(scene) | stated)
    assert [step.arguments["thing"] for step in plan.steps if step.skill == "deposit"] == ["clothes"]
