"""Sentences that follow one another without a stop, as a speech recogniser writes them."""

import functools
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.language.text import tokenise
from skill_stack.planner.library_file import read_library, read_scene

PLACE = Path(__file__).parents[1] / "data" / "language" / "rounds" / "apartment"


@functools.cache
def home():
    """A planner, its scene and what is true there."""
    library, stated = read_library(PLACE.with_name("apartment.library.yaml"))
    scene = read_scene(PLACE.with_name("apartment.scene.yaml"))[0]
    return Planner(library), scene, place_facts(scene) | stated


def done(text: str) -> str:
    """What is done beside driving."""
    planner, scene, facts = home()
    plan = planner.plan(Instruction(text), scene, facts)
    if plan.tree is None:
        return plan.status
    steps = (step for step in plan.steps if step.skill != "travelTo")
    return "; ".join(" ".join([step.skill, *map(str, step.arguments.values())]) for step in steps)


@pytest.mark.parametrize(("text", "steps"), [
    ("there's a blanket in the blue bedroom can you bring it to ana",
     "obtain woolly_blanket; handTo woolly_blanket Ana"),
    ("the television is too loud switch it off please", "switchOffDevice flat_tv"),
    ("i want to go to sleep turn off the bedside lamp", "switchOffDevice bedside_lamp"),
    ("get me my glasses they are on the coffee table", "obtain reading_glasses; handTo reading_glasses holidaymaker"),
    ("could you close the awning please stefan has gone out", "closeUp awning"),
    ("i need the umbrella please bring it to me", "obtain umbrella; handTo umbrella holidaymaker"),
    ("take the novel to ana she is in the lounge", "obtain novel; handTo novel Ana"),
    ("the boy has left his teddy on the sofa could you please take it to him", "obtain teddy; handTo teddy Milo"),
    ("milo wants his goggles they should be on the bunk bed bring them to him",
     "obtain swim_goggles; handTo swim_goggles Milo"),
    ("find the charger it might be in the twin bedroom", "locateThing phone_charger"),
    ("i'm thirsty go to the balcony", ""),
])  # fmt: skip
def test_every_sentence_counts_for_itself(text, steps) -> None:
    assert done(text) == steps


@pytest.mark.parametrize("text", [
    "ana told me about her grandchildren", "milo said there is a ghost in the bathroom",
    "i would like the heater set to twenty degrees", "the fridge must be closed and the juice put into it",
    "find out how many people are in the lounge", "i saw stefan take the car keys",
    "tell ana dinner is ready", "the moment the awning is open close it",
    "every time the fridge is open close it", "i want you to open the awning and bring me the iced tea",
])  # fmt: skip
def test_no_stop_is_put_within_a_sentence(text) -> None:
    planner, scene, facts = home()
    run_on = planner.reading(planner._words_of(scene), facts).run_on()
    tokens = tokenise(text, planner.lexicon.small.contractions).tokens
    assert run_on.marked(tokens) == tokens
