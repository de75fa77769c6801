"""No part of an order is left out: verbs that are also names of things, goals behind a tool, and *drop it*."""

import pytest
import yaml

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene


def thing(name):
    return {"name": name, "type": "object"}


HOLDING = "holding(robot, $item)"
SKILLS = [
    {"name": "grab", "phrases": ["grab {item}", "pick up {item}"], "goal": [thing("item")],
     "preconditions": ["not holding(robot, *)"], "effects": [HOLDING]},
    {"name": "drop", "phrases": ["drop {item}"], "goal": [thing("item")], "preconditions": [HOLDING],
     "effects": [f"not {HOLDING}"]},
    {"name": "fold", "phrases": ["fold {item}"], "goal": [thing("item")]},
    {"name": "tip_out", "phrases": ["pour {liquid}"], "goal": [thing("liquid")]},
]  # fmt: skip
FROM = {"name": "pour_from",
        "phrases": ["pour {liquid} from {vessel} on {target}", "pour {liquid} on {target} with {vessel}"],
        "goal": [thing("liquid"), thing("vessel"), thing("target")]}  # fmt: skip
THINGS = ("cushion", "iron", "shirt", "juice", "jug", "fern")


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    file = tmp_path_factory.mktemp("library") / "home.yaml"
    scene, facts = read_scene({"objects": list(THINGS)})

    def made(text, *more):
        file.write_text(yaml.safe_dump({"robot": "butler", "skills": [*SKILLS, *more]}))
        library, stated = read_library(file)
        return Planner(library).plan(Instruction(text), scene, place_facts(scene) | stated | facts)

    return made


def steps(plan):
    return "; ".join(" ".join([step.skill, *map(str, step.arguments.values())]) for step in plan.steps)


def test_what_is_named_like_a_thing_may_be_an_order(plan) -> None:
    assert plan("iron the shirt and fold it").status != "plan"
    assert steps(plan("the shirt, fold it")) == "fold shirt"


def test_a_goal_behind_a_tool_is_not_left_out(plan) -> None:
    assert plan("pour juice with the jug on the fern").status != "plan"
    assert steps(plan("pour juice with the jug on the fern", FROM)) == "pour_from juice jug fern"


def test_drop_it_is_an_order_where_a_skill_drops(plan) -> None:
    assert steps(plan("pick up the cushion and drop it")) == "grab cushion; drop cushion"
    assert plan("pick up the cushion, never mind").status == "statement"
