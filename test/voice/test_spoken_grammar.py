"""What people can say to a robot, as a grammar."""

import os

import pytest

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.voice.spoken_grammar import SpokenGrammar, spoken

RESOURCES = Resources.from_environment(os.environ)


@pytest.fixture(scope="module")
def grammar(settings):
    library = load_library(RESOURCES, load_robot(RESOURCES.robot("go2")))
    return SpokenGrammar.of_robot(library, ["red ball", "red_ball", "Gizmo 3000"], settings)


@pytest.mark.parametrize(("text", "said"), [("Red-Ball", "red ball"), ("don't  go!", "don't go"), ("Box 7", "box")])
def test_texts_are_spoken_as_words(text, said):
    assert spoken(text) == said


def test_phrases_of_skills_become_commands_with_slots_and_names_fill_them(grammar):
    assert "go to {thing}" in grammar.commands and "sit down" in grammar.commands
    assert "turn {number} {unit_rad}" in grammar.commands
    assert grammar.slots["name"] == ("red ball", "gizmo")  # once, however it is written
    assert "degrees" in grammar.slots["unit_rad"]
    assert any("{side_choice}" in command for command in grammar.commands) and "left" in grammar.slots["side_choice"]


def test_every_reference_of_the_grammar_is_a_rule(grammar):
    import re

    text = grammar.jsgf()
    rules = set(re.findall(r"^<(\w+)> =", text, re.MULTILINE))
    assert set(re.findall(r"<(\w+)>", text)) == rules | {"said"}
    assert "<order> = <command> | <command> <joining> <order>;" in text


def test_words_without_a_pronunciation_take_what_needs_them_along_and_nothing_else(grammar):
    assert "gizmo" in grammar.words()
    text = grammar.jsgf(lambda word: word not in ("gizmo", "degrees"))
    assert "gizmo" not in text and "red ball" in text
    assert "degrees" not in text and "<unit_rad>" not in text and "turn left" in text


def test_without_names_there_are_no_commands_for_things(settings):
    library = load_library(RESOURCES, load_robot(RESOURCES.robot("go2")))
    text = SpokenGrammar.of_robot(library, [], settings).jsgf()
    assert "<thing>" not in text and "sit down" in text
