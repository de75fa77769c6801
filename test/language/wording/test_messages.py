"""Messages in other words than those of the robot, to one or several people, over libraries of several robots."""

import functools
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

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
        ("vet", "let Mrs Bloom know the vet can see her now", [("Mrs_Bloom", "the vet is ready")]),
        ("school", "get 5b to pipe down", [("class_5b", "quiet please")]),
        ("school", "tell class 3a to be quiet because an exam is being written", [("class_3a", "quiet please")]),
        ("school", "let Tariq know that the bus has arrived", [("Tariq", "the bus is here")]),
        ("school", "I want the children of 5b to know that their lesson is over", [("class_5b", "lesson is over")]),
        ("school", "Mr Osei has to be told that the bus is here", [("Mr_Osei", "the bus is here")]),
        ("hotel", "explain to Ms Tanaka how she gets on the wifi", [("Ms_Tanaka", "the wifi password")]),
        ("museum", "let Hugo know we're shutting soon", [("Hugo", "closing time")]),
        ("cottage", "holler to Nell that supper's ready", [("Nell", "supper is ready")]),
        ("cottage", "say good night to Mr Castillo", [("Mr_Castillo", "good night")]),
    ],
)
def test_other_words_than_the_robots_own(name, text, expected):
    assert told(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("vet", "The results are in; tell Mr Tanner so.", [("Mr_Tanner", "the results are in")]),
        ("school", "Tariq is wanted in the office, off you go and tell him", [("Tariq", "come to the office")]),
        ("school", "grub's up, let 3a know", [("class_3a", "lunch is served")]),
        ("dining", "Please call Helga: tell her that dinner is ready.", [("Helga", "dinner is ready")]),
    ],
)
def test_what_was_said_before_is_passed_on(name, text, expected):
    assert told(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "vet",
            "ask Mrs Bloom to wait and tell Ivo that his bill is ready",
            [("Mrs_Bloom", "please wait"), ("Ivo", "your bill is ready")],
        ),
        (
            "dining",
            "Tell Lotte it's time for bed and Helga that breakfast is ready.",
            [("Lotte", "time for bed"), ("Helga", "breakfast is ready")],
        ),
        (
            "vet",
            "tell the clients in the waiting room except Mr Tanner to wait",
            [("Ivo", "please wait"), ("Mrs_Bloom", "please wait")],
        ),
        (
            "theatre",
            "tell the actors Oskar and Nils that the doors are open",
            [("Oskar", "the doors are open"), ("Nils", "the doors are open")],
        ),
        ("bakery", "Tell Ida, not Mr Pham, that we close in ten minutes.", [("Ida", "we close in ten minutes")]),
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
        ("bungalow", "tell Pia the time and a joke", [("Pia", "the time"), ("Pia", "a joke")]),
        (
            "bungalow",
            "Tell Dan your name first, since you have never met, and after that what day it is.",
            [("Dan", "your name"), ("Dan", "the day of the week")],
        ),
        (
            "museum",
            "Tell Ines and then Hugo that the guided tour begins",
            [("Ines", "the guided tour"), ("Hugo", "the guided tour")],
        ),
        ("makerspace", "Let Bashir know that his print is done", [("Bashir", "print finished")]),
    ],
)
def test_several_messages_and_people_one_after_the_other(name, text, expected):
    assert told(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("vet", "Mr Tanner's bill is ready; tell him so", [("Mr_Tanner", "your bill is ready")]),
        ("restaurant", "Ms Kaya's order must be taken", [("Ms_Kaya",)]),
    ],
)
def test_whose_something_is_tells_whom(name, text, expected):
    assert told(name, text) == expected


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("supper is ready, Tarek, tell him", ["tell Tarek supper is ready"]),
        ("Mr Abel: the bus is here", ["tell Mr_Abel the bus is here"]),
        ("the bus is here, word to the maid", ["tell Vroni the bus is here"]),
        ("bus is here, shout Tarek", ["tell Tarek the bus is here"]),
    ],
)
def test_a_message_in_the_robots_words_needs_no_verb(lodge, text, steps):
    assert lodge(text) == steps
