"""For whom, why and to what end something is to be done, over libraries of several robots."""

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


def asked(name, text):
    """The steps that were asked for, each as words."""
    planner, scene, facts = robot(name)
    plan = planner.plan(Instruction(text), scene, facts)
    assert plan.tree is not None, plan.reason
    steps = (one for one in plan.tree.every_skill() if one.why.startswith("asked"))
    return "; ".join(" ".join([one.skill, *map(str, one.arguments.values())]) for one in steps)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("apartment", "leave the novel on the deck chair for grandma", "deposit novel deck_chair"),
        ("dining", "put the newspaper on the sideboard for Helga and close the window of the dining room",
         "SetDown newspaper sideboard; PushShut dining_window"),
        ("vet", "The scalpel needs to be on the operating table for Dr Quist",
         "lay_off scalpel operating_table"),
        ("vet", "take the tissues to Ivo because he is crying", "pass_over tissues Ivo"),
    ],
)  # fmt: skip
def test_a_place_counts_before_the_one_for_whom(name, text, expected):
    assert asked(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("dining", "Would you chop the carrot? Helga needs it for the soup.", "ChopUp carrot"),
        ("vet", "close the waiting room window, as Ivo may catch a cold, and switch the fan off",
         "fasten waiting_room_window; deactivate ceiling_fan"),
        ("vet", "switch on the heat lamp because Snowy is shivering", "activate heat_lamp"),
        ("bungalow", "Take the orange to Dan as he has had no breakfast and close the fridge",
         "HandOver orange Dan; Close fridge"),
        ("bungalow", "follow Yuki for a little while, for she may need help", "FollowPerson Yuki"),
        ("bungalow", "make it warm in the guest room: turn the heater on", "TurnOn heater"),
    ],
)  # fmt: skip
def test_a_reason_adds_no_step(name, text, expected):
    assert asked(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("bungalow", "Keep the bugs out by closing the patio door.", "Close patio_door"),
        ("vet", "make sure nobody steals drugs by closing the drug cabinet", "fasten medicine_cabinet"),
        ("vet", "Keep Snowy in by shutting the cage", "fasten rabbit_cage"),
        ("family_house", "Show our visitor where the bathroom is by taking her there.", "escort Aunt_Vera bath"),
    ],
)
def test_what_is_done_for_an_end_counts(name, text, expected):
    assert asked(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("cottage", "show Mrs Castillo the stable; go there with her", "bringAlong Mrs_Castillo stable"),
        ("cottage", "Mrs Castillo should be shown the orchard", "bringAlong Mrs_Castillo orchard"),
        ("cottage", "take the postwoman along to Seamus in the stable; she has a letter for him",
         "bringAlong postwoman stable"),
        ("bungalow", "ask Yuki to come along and bring her to the patio", "GuidePerson Yuki patio"),
        ("bungalow", "ask Dan to come with you to the kitchen", "GuidePerson Dan kitchen"),
        ("bakery", "show Ida where the toilet is, and go with her", "show_to Ida customer_toilet"),
    ],
)  # fmt: skip
def test_somebody_is_brought_where_something_is_shown(name, text, expected):
    assert asked(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("vet", "The tissues are needed by the nurse, so get them from the front desk for her",
         "pass_over tissues Paula"),
        ("bungalow", "The bike key is needed by Dan. Take it from Karim's desk and give it to him.",
         "Pick bike_key; HandOver bike_key Dan"),
        ("cottage", "Seamus has left the pears on the picnic table. Take them to Greta.",
         "reachTo basket_of_pears Greta"),
        ("bungalow", "The dirty boots in the lounge belong on the shoe rack", "Place muddy_boots shoe_rack"),
        ("bungalow", "The AC should run", "TurnOn air_conditioner"),
        ("bakery", "the mixer should not run any more", "set_power dough_mixer off"),
        ("bungalow", "The banana skin must be thrown away in the kitchen", "Place banana_peel waste_bin"),
    ],
)  # fmt: skip
def test_what_is_said_of_things_is_an_order(name, text, expected):
    assert asked(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [("school", "the guitar belongs in the gym"), ("bakery", "the mixer must not run while it is open")],
)
def test_what_is_only_told_is_no_order(name, text):
    planner, scene, facts = robot(name)
    assert planner.plan(Instruction(text), scene, facts).status != "plan"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("bakery", "let Mrs Ocampo pay and give her the croissant",
         "take_payment Mrs_Ocampo; hand_customer croissant Mrs_Ocampo"),
        ("restaurant", "let Mr Rossi pay", "presentBill Mr_Rossi"),
    ],
)  # fmt: skip
def test_a_description_says_what_somebody_is_let_do(name, text, expected):
    assert asked(name, text) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("dining", "Lotte would like the window of the dining room closed", "PushShut dining_window"),
        ("dining", "Helga needs the carrot chopped for the soup", "ChopUp carrot"),
        ("vet", "Get the floor of the surgery mopped", "mop_floor surgery"),
        ("family_house", "Could I have the coffee table cleaned?", "clean_surface coffee_table"),
        ("family_house", "Leo wants you to bring him the toy train", "hand_over_object toy_train Leo"),
        ("restaurant", "ask Mr Rossi for his order and, while you are there, bring him the menu",
         "takeOrder Mr_Rossi; serveTo menu_card Mr_Rossi"),
    ],
)  # fmt: skip
def test_what_somebody_wants_done_is_an_order(name, text, expected):
    assert asked(name, text) == expected
