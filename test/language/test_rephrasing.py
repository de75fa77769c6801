"""Plainer words for the same, statements told from instructions, conditions over several things, usual places."""

import json
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.language.grammar.rephrasing import MOST_WAYS, Rephraser
from skill_stack.language.words.lexicon import load_lexicon
from skill_stack.language.words.text import tokenise
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

DEV = Path(__file__).resolve().parents[1] / "data" / "language" / "dev"


@pytest.fixture(scope="module")
def lexicon():
    return load_lexicon()


@pytest.fixture(scope="module")
def ask():
    made = {}

    def plan(domain, text):
        if domain not in made:
            library, stated = read_library(DEV / f"{domain}.library.yaml")
            scene, _ = read_scene(DEV / f"{domain}.scene.yaml")
            made[domain] = Planner(library), scene, place_facts(scene) | stated
        planner, scene, facts = made[domain]
        return planner.plan(Instruction(text), scene, facts)

    return plan


@pytest.mark.parametrize("text,plain", [
    ("give the pear to whoever is in the kitchen", "give the pear to the person that is in the kitchen"),
    ("throw the paper away", "put the paper in the bin"),
    ("show Tom the way to the exit", "guide tom to the exit"),
    ("go to the hall in order to meet Ann", "go to the hall , then meet ann"),
    ("bring the cup because I am thirsty", "bring the cup"),
    ("put the axle , which is in the tray , into the case", "put the axle that is in the tray into the case"),
])  # fmt: skip
def test_words_are_put_more_plainly(lexicon, text, plain):
    tokens = tokenise(text, lexicon.small.contractions).tokens
    assert plain in [" ".join(token.text for token in way) for way in Rephraser(lexicon).ways(tokens)]


def test_rephrasing_ends_and_keeps_what_is_plain(lexicon):
    rephraser = Rephraser(lexicon)
    assert not list(rephraser.ways(tokenise("sit down", lexicon.small.contractions).tokens))
    assert not list(rephraser.ways(tokenise("so that " * 80, lexicon.small.contractions).tokens))
    endless = tokenise("throw it away so that it is away because it is away", lexicon.small.contractions).tokens
    assert len(list(rephraser.ways(endless))) <= MOST_WAYS


@pytest.mark.parametrize("text", [
    "my brother collects stamps", "it was raining all night", "dinner will be ready at eight", "oh dear",
    "we had a lovely evening",
    "thanks for everything", "who painted this?", "do you like jazz?", "the printer makes a strange noise",
])  # fmt: skip
def test_statements_move_nothing(ask, text):
    assert ask("arena", text).status == "statement"


@pytest.mark.parametrize(
    "text", ["paint the bathroom", "I want you to fly", "juggle the fruits", "the lawn must be mowed"]
)
def test_what_is_asked_for_is_no_statement(ask, text):
    plan = ask("arena", text)
    assert plan.status == "refusal" or plan.certainty == "nearest"


@pytest.mark.parametrize("text,conditions", [
    ("if the main gate or the meadow gate is open, bark", ["open(main_gate)", "open(meadow_gate)"]),
    ("if neither gate is open, bark", ["not open(main_gate)", "not open(meadow_gate)"]),
    ("if both gates are closed, bark", ["closed(main_gate)", "closed(meadow_gate)"]),
    ("bark if you have inspected the pump", ["inspected(pump)"]),
])  # fmt: skip
def test_conditions_over_several_things(ask, text, conditions):
    plan = ask("farm", text)
    told = json.dumps(plan.tree.to_json())
    assert plan.tree is not None and all(one in told for one in conditions)


def test_what_is_put_away_goes_to_its_usual_place(ask):
    (step,) = [step for step in ask("arena", "put the mustard away").steps if step.skill == "place"]
    assert step.arguments["furniture"] == "refrigerator"


def test_a_category_stands_for_its_things_where_the_scene_has_no_such_word(ask):
    steps = ask("arena", "bring me a beverage from the fridge").steps
    assert [step.arguments["object"] for step in steps] == ["tropical_juice"] * 2


def test_what_cannot_be_so_is_refused(ask):
    assert "people" in ask("butler", "escort the pear to the exit").reason
    assert ask("arena", "pick up the operator").status == "refusal"
