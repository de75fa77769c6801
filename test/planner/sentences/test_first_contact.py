"""What is said to a robot that the planner has never seen: facts of one argument, names with blanks, a guide."""

import json

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

LIBRARY = {
    "robot": "butler",
    "facts": ["hand_empty()"],
    "skills": [
        {"name": name, "description": text, "parameters": given, "preconditions": needs, "effects": effects}
        for name, text, given, needs, effects in (
            ("Escort", "Leads a person to a place", ["person", "place"], ["by($person)"],
             ["not by(*)", "by($place)"]),
            ("Travel", "Drives to a room, a thing or a person", ["destination"], [], ["not by(*)", "by($destination)"]),
            ("Grasp", "Picks up an object", ["object"], ["by($object)", "hand_empty()"],
             ["holding($object)", "not hand_empty()"]),
            ("Place", "Puts the object on or in furniture", ["object", "surface"], ["holding($object)", "by($surface)"],
             ["not holding($object)", "hand_empty()", "on($object, $surface)"]),
            ("Give", "Gives the object to a person", ["object", "person"], ["holding($object)", "by($person)"],
             ["not holding($object)", "hand_empty()"]),
            ("SwitchOff", "Switches a device off", ["device"], ["by($device)"], ["not running($device)"]),
            ("Inspect", "Looks at a thing and takes a photo", ["thing"], ["by($thing)"], ["inspected($thing)"]),
            ("AskName", "Asks a person for the name", ["person"], ["by($person)"], []),
            ("Wash", "Washes a dish", ["dish"], ["by($dish)"], ["clean($dish)"]),
        )
    ] + [
        {"name": "Pause", "description": "Waits",
         "parameters": [{"name": "minutes", "type": "number", "unit": "min", "default": 1.0}]},
        {"name": "Say", "description": "Says something",
         "parameters": [{"name": "text", "type": "choice", "choices": ["joke", "time"]}]},
        {"name": "Count", "description": "Counts things on furniture", "preconditions": ["by($location)"],
         "parameters": [{"name": "category", "type": "choice", "choices": ["drinks", "fruits"]},
                        {"name": "location", "type": "place"}]},
    ],
}  # fmt: skip
SCENE = {
    "rooms": ["living room", "bedroom", {"id": "room_7", "names": ["room 7"]}, "bar"],
    "people": [{"id": "Mia", "in": "bedroom", "names": ["the chef"]}, {"id": "user", "in": "bar"}],
    "objects": {
        "sofa": {"type": "sofa", "in": "living room"},
        "radio": {"type": "radio", "in": "living room"},
        "floor_lamp": {"type": "lamp", "in": "living room"},
        "night_light": {"type": "light", "in": "bedroom"},
        "bedside_lamp": {"type": "lamp", "in": "bedroom"},
        "bar_counter": {"type": "counter", "in": "bar", "names": ["bar"]},
        "coffee_table": {"type": "table", "in": "living room"},
        "night_table": {"type": "table", "in": "room_7"},
        "kettle": {"type": "kettle", "in": "bar"},
        "water": {"type": "drink", "on": "bar_counter"},
        "plate": {"type": "plate", "on": "coffee table"},
        "pear": {"type": "fruit", "on": "coffee_table"},
    },
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    file = tmp_path_factory.mktemp("butler") / "butler.library.yaml"
    file.write_text(json.dumps(LIBRARY), encoding="utf-8")
    library, stated = read_library(file)
    scene, _ = read_scene(SCENE)
    planner, facts = Planner(library), place_facts(scene) | stated

    def answer(words):
        plan = planner.plan(Instruction(words), scene, facts)
        steps = [f"{step.skill}({', '.join(map(str, step.arguments.values()))})" for step in plan.steps]
        return steps if plan.tree is not None else plan.status

    return answer


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("go to the sofa in the living room", ["Travel(sofa)"]),
        ("give the plate to the chef", ["Travel(plate)", "Grasp(plate)", "Travel(Mia)", "Give(plate, Mia)"]),
        ("fetch the pear for me", ["Travel(pear)", "Grasp(pear)", "Travel(user)", "Give(pear, user)"]),
        ("take Mia over to the sofa", ["Travel(Mia)", "Escort(Mia, sofa)"]),
        ("tell a joke to Mia", ["Travel(Mia)", "Say(joke)"]),
        ("go to the bar", ["Travel(bar)"]),
        ("go to the table of room 7", ["Travel(night_table)"]),
        ("switch off all the lights", ["Travel(bedside_lamp)", "SwitchOff(bedside_lamp)", "Travel(night_light)",
                                       "SwitchOff(night_light)", "Travel(floor_lamp)", "SwitchOff(floor_lamp)"]),
        ("switch off everything in the living room", ["Travel(floor_lamp)", "SwitchOff(floor_lamp)", "Travel(radio)",
                                                      "SwitchOff(radio)"]),
        ("have a close look at the kettle", ["Travel(kettle)", "Inspect(kettle)"]),
        ("count the fruits on the coffee table", ["Travel(coffee_table)", "Count(fruits, coffee_table)"]),
        ("bring the plate to the bar and wash it", ["Travel(plate)", "Grasp(plate)", "Travel(bar)", "Place(plate, bar)",
                                                    "Travel(plate)", "Wash(plate)"]),
        ("switch off the living room", "refusal"),
        ("put the plate on the plate", "refusal"),
        ("Mia asked for her plate, take it to her please", ["Travel(plate)", "Grasp(plate)", "Travel(Mia)",
                                                            "Give(plate, Mia)"]),
        ("we won't need the radio any more, so you can turn it off", ["Travel(radio)", "SwitchOff(radio)"]),
        ("after you have washed the plate, go to the bar", ["Travel(plate)", "Wash(plate)", "Travel(bar)"]),
        ("wait half a minute", ["Pause(0.5)"]),
        ("say a joke to Mia", ["Travel(Mia)", "Say(joke)"]),
        ("bring a pear for me", ["Travel(pear)", "Grasp(pear)", "Travel(user)", "Give(pear, user)"]),
    ],
)  # fmt: skip
def test_steps_of_a_robot_that_nobody_prepared(ask, words, steps):
    found = ask(words)
    assert sorted(found) == sorted(steps) if "all the" in words or "everything" in words else found == steps


@pytest.mark.parametrize(
    "words",
    [
        "I won't be needing you today",
        "you won't believe what happened",
        "well I never", "I know that you can't climb stairs",
        "the kids are asleep already", "while I was asleep, somebody rang the bell",
        "haven't we met before?",
        "the towel in the bar is for guests", "the pear goes in the bowl",
    ],
)  # fmt: skip
def test_statements_move_nothing(ask, words):
    assert ask(words) == "statement"


@pytest.mark.parametrize(
    "words",
    [
        "let me introduce you to my wife, Helga", "I read that book twice",
        "you put the plate in the wrong place yesterday", "no need to switch off the radio",
        "after dinner Mia plays the piano", "after the party there were stains on the carpet",
    ],
)  # fmt: skip
def test_statements_that_are_not_known_for_such_move_nothing(ask, words):
    assert ask(words) == "refusal"


@pytest.mark.parametrize(
    "words",
    [
        "you'd better switch off the radio",
        "I was hoping you could switch off the radio",
        "somebody ought to turn off the radio",
    ],
)  # fmt: skip
def test_near_statements_that_ask_for_something(ask, words):
    assert ask(words) == ["Travel(radio)", "SwitchOff(radio)"]
