"""Everyday errands of several clauses: what they share, what they speak of again, and what is only told beside them."""

import json

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

SKILLS = (
    ("drive", ["drive to {place}"], ["place"], [], ["not at(*)", "at($place)"]),
    ("fetch", ["fetch {item}", "take {item}"], ["item"], ["at($item)", "free()"], ["holding($item)", "not free()"]),
    ("hand", ["hand {item} to {person}"], ["item", "person"], ["holding($item)", "at($person)"],
     ["not holding($item)", "free()"]),
    ("lay", ["put {item} on {spot}", "put {item} in {spot}"], ["item", "spot"], ["holding($item)", "at($spot)"],
     ["not holding($item)", "free()", "on($item, $spot)"]),
    ("lead", ["lead {guest} to {room}"], ["guest", "room"], ["at($guest)"], ["not at(*)", "at($room)"]),
    ("order", ["take {guest}'s order"], ["guest"], ["at($guest)"], ["ordered($guest)"]),
    ("bill", ["bring {guest} the bill"], ["guest"], ["at($guest)"], ["billed($guest)"]),
    ("rinse", ["rinse {dish}"], ["dish"], ["at($dish)"], ["rinsed($dish)"]),
    ("dry", ["dry {dish}"], ["dish"], ["at($dish)"], ["dried($dish)"]),
    ("open", ["open {thing}"], ["thing"], ["at($thing)"], ["open($thing)"]),
    ("close", ["close {thing}"], ["thing"], ["at($thing)"], ["not open($thing)"]),
    ("start", ["switch on {device}"], ["device"], ["at($device)"], ["running($device)"]),
)  # fmt: skip
NUMBERS = (
    {"name": "pause", "phrases": ["pause {seconds} seconds"], "effects": [],
     "parameters": [{"name": "seconds", "type": "number", "unit": "s", "default": 5}]},
    {"name": "warm", "phrases": ["set the temperature of {room} to {degrees} degrees"],
     "parameters": [{"name": "room", "type": "object"}, {"name": "degrees", "type": "number", "unit": "1"}]},
    {"name": "measureVitals", "effects": [], "preconditions": ["at($patient)"],
     "parameters": [{"name": "vital", "type": "choice", "choices": ["pulse", "temperature"]}, "patient"]},
    {"name": "pageStaff", "effects": [],
     "parameters": [{"name": "role", "type": "choice", "choices": ["doctor", "porter"]}]},
    {"name": "remind", "phrases": ["remind {person} of {matter}"], "effects": [], "preconditions": ["at($person)"],
     "parameters": ["person", {"name": "matter", "type": "choice", "choices": ["tablets", "lunch"]}]},
)  # fmt: skip
LIBRARY = {
    "robot": "helper", "facts": ["free()"],
    "skills": [
        {"name": name, "description": name, "phrases": said, "parameters": given, "preconditions": needs,
         "effects": effects} for name, said, given, needs, effects in SKILLS
    ] + [{"description": one["name"], **one} for one in NUMBERS],
}  # fmt: skip
SCENE = {
    "rooms": ["dining room", "yard", {"id": "room_7", "names": ["room 7"]}],
    "people": [
        {"id": "Mr_Abel", "in": "dining room", "names": ["Mr Abel"]},
        {"id": "Ines", "in": "yard", "names": ["the guest at table one"]},
        {"id": "the_Kellers", "in": "yard", "names": ["the Kellers", "the Keller family"]},
        {"id": "boss", "in": "dining room", "names": ["me"]},
    ],
    "objects": {
        "table_one": {"type": "table", "in": "yard"}, "round_table": {"type": "table", "in": "dining room"},
        "old_dish_cart": {"type": "cart", "in": "dining room", "names": ["cart for old dishes"]},
        "stew": {"type": "dish", "on": "round_table"}, "yard_heater": {"type": "heater", "in": "yard"},
        "room_heater": {"type": "heater", "in": "dining room"}, "gate": {"type": "door", "in": "yard"},
        "plate": {"type": "plate", "on": "round_table"}, "bowl": {"type": "bowl", "on": "round_table"},
        "menu": {"type": "menu", "on": "round_table"}, "salt": {"type": "spice", "on": "round_table"},
        "water": {"type": "drink", "on": "round_table"}, "grey_hat": {"type": "hat", "names": ["Mr Abel's hat"]},
        "big_box": {"type": "box", "in": "yard"}, "small_box": {"type": "box", "in": "yard"},
    },
}  # fmt: skip

ERRANDS = {
    "rinse and dry the plate": "rinse(plate) dry(plate)",
    "please rinse, dry and fetch the bowl": "rinse(bowl) dry(bowl) fetch(bowl)",
    "open the gate, pause 15 seconds and close it again": "open(gate) pause(15) close(gate)",
    "open the gate, fetch the menu and close it again": "open(gate) fetch(menu) close(gate)",
    "take Mr Abel's order": "order(Mr_Abel)",
    "take Ines's order and then bring her the menu": "order(Ines) hand(menu,Ines)",
    "lead the Kellers to the yard and bring them the menu": "lead(the_Kellers,yard) hand(menu,the_Kellers)",
    "bring the Keller family the menu and lead them to the yard": "hand(menu,the_Kellers) lead(the_Kellers,yard)",
    "bring Ines the menu and then the salt": "hand(menu,Ines) hand(salt,Ines)",
    "put the plate on table one, no, the round table": "lay(plate,round_table)",
    "bring the menu to Ines, no, to Mr Abel": "hand(menu,Mr_Abel)",
    "bring Ines the menu as well as the salt": "hand(menu,Ines) hand(salt,Ines)",
    "bring Ines the menu together with the salt": "hand(menu,Ines) hand(salt,Ines)",
    "set room 7 to 19": "warm(room_7,19)",
    "remind Mr Abel of his tablets and Ines of lunch": "remind(Mr_Abel,tablets) remind(Ines,lunch)",
    "open the gate for ten seconds, then close it": "open(gate) pause(10) close(gate)",
    "fetch the plate and the bowl and take them to Ines": "fetch(plate) hand(plate,Ines) fetch(bowl) hand(bowl,Ines)",
    "put the plate on table one and start the heater in the yard": "lay(plate,table_one) start(yard_heater)",
    "put the menu on the cart for old dishes and close the gate": "lay(menu,old_dish_cart) close(gate)",
    "bring Ines the menu, the salt and the water, in that order": "hand(menu,Ines) hand(salt,Ines) hand(water,Ines)",
}

TOLD = {
    "The plate is standing on the round table, but it belongs on the cart. Put it there.": "lay(plate,old_dish_cart)",
    "Mr Abel is waiting for the menu. It is on the round table; take it to him.": "hand(menu,Mr_Abel)",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("errands")
    for name, content in (("library", LIBRARY), ("scene", SCENE)):
        (folder / f"{name}.yaml").write_text(json.dumps(content), encoding="utf-8")
    library, state = read_library(folder / "library.yaml")
    scene, _ = read_scene(folder / "scene.yaml")
    planner, facts = Planner(library), place_facts(scene) | state

    def ask(text):
        plan = planner.plan(Instruction(text), scene, facts)
        done = [one for one in plan.steps if one.skill != "drive" and one.why.startswith("asked")]
        said = (
            f"{one.skill}({','.join(_plain(one.arguments[p.name]) for p in library[one.skill].goal)})" for one in done
        )
        return " ".join(["plan", *said]) if plan.tree is not None else f"{plan.status} {plan.reason}"

    return ask


def _plain(value):
    return f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("text", ERRANDS)
def test_errands_of_several_clauses_are_done_whole(asked, text):
    assert asked(text) == f"plan {ERRANDS[text]}"


@pytest.mark.parametrize("text", TOLD)
def test_what_is_told_beside_a_request_says_what_it_speaks_of(asked, text):
    assert asked(text) == f"plan {TOLD[text]}"


def test_there_without_a_place_moves_nothing(asked):
    assert asked("put the plate there").startswith(("question", "refusal"))


def test_a_number_that_no_skill_is_set_to_is_not_dropped(asked):
    assert not asked("switch on the heater in the yard to 20").startswith("plan")
