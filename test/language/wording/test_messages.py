"""Messages in other words than those of the robot, to one or several people, over libraries of several robots."""

import functools
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

ROUNDS = Path(__file__).resolve().parents[2] / "data" / "language" / "rounds"


@functools.cache
def robot(name):
    library, stated = read_library(ROUNDS / f"{name}.library.yaml")
    scene = read_scene(ROUNDS / f"{name}.scene.yaml")[0]
    return Planner(library), scene, place_facts(scene) | stated


def told(name, text):
    """Who is told what, in order."""
    planner, scene, facts = robot(name)
    plan = planner.plan(Instruction(text), scene, facts)
    assert plan.tree is not None, plan.reason
    steps = (tuple(one.arguments.values()) for one in plan.tree.every_skill() if one.why.startswith("asked"))
    return list(steps)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("theatre", "tell Jules that the interval is over", [("Jules", "the interval is over")]),
        ("vet", "tell Ivo that the vet is ready", [("Ivo", "the vet is ready")]),
        ("cottage", "holler to Nell that supper's ready", [("Nell", "supper is ready")]),
        ("cottage", "say good night to Mr Castillo", [("Mr_Castillo", "good night")]),
    ],
)
def test_other_words_than_the_robots_own(name, text, expected):
    assert told(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "vet",
            "ask Mrs Bloom to wait and tell Ivo that his bill is ready",
            [("Mrs_Bloom", "please wait"), ("Ivo", "your bill is ready")],
        ),
    ],
)
def test_several_people_are_told(name, text, expected):
    assert told(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vet", "tell Ivo that the vet is not ready"),
        ("hotel", "tell Ms Tanaka about her bill"),
    ],
)
def test_nothing_is_told_that_was_not_said(name, text):
    planner, scene, facts = robot(name)
    assert planner.plan(Instruction(text), scene, facts).status != "plan"


def test_a_meal_is_said_with_for():
    assert told("dining", "lay the kitchen table for lunch") == [("small_table", "lunch")]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("restaurant", "Ms Kaya's order must be taken", [("Ms_Kaya",)]),
    ],
)
def test_whose_something_is_tells_whom(name, text, expected):
    assert told(name, text) == expected
