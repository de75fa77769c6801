"""What pronouns and ``one`` stand for over several sentences, over libraries of several robots."""

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


def ask(name, text):
    planner, scene, facts = robot(name)
    return planner.plan(Instruction(text), scene, facts)


def last(name, text):
    """The last step, as words."""
    plan = ask(name, text)
    assert plan.tree is not None, plan.reason
    step = plan.steps[-1]
    return (step.skill, *map(str, step.arguments.values()))


@pytest.mark.parametrize(
    ("name", "text", "step"),
    [
        ("family_house", "Greet Anna and Leo, then bring her the apple.", ("hand_over_object", "apple", "Anna")),
    ],
)
def test_him_and_her_are_living(name, text, step):
    assert last(name, text) == step


def test_somebody_whom_nobody_named_is_asked_for():
    plan = ask("hotel", "Please bring the bathrobe to her.")
    assert plan.status == "question"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("museum", "Put it next to the other ones, please."),
    ],
)
def test_what_nobody_named_is_asked_for_and_not_refused(name, text):
    assert ask(name, text).status == "question"


def test_what_the_library_has_no_verb_for_stays_refused():
    assert ask("makerspace", "Juggle it for me.").status == "refusal"
