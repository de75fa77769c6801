"""What has to be done, said of the thing itself: passives, needs and wishes, over libraries of several robots."""

import functools
from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

ROUNDS = Path(__file__).resolve().parents[2] / "data" / "language" / "rounds"

GOING = frozenset("moveTo navigate head_to proceed_to GoTo fetchItem pick_object grasp_item take_hold PickUp".split())
"""Skills that go somewhere or take something up."""


@functools.cache
def robot(name):
    library, stated = read_library(ROUNDS / f"{name}.library.yaml")
    scene = read_scene(ROUNDS / f"{name}.scene.yaml")[0]
    return Planner(library), scene, place_facts(scene) | stated


def ask(name, text):
    planner, scene, facts = robot(name)
    return planner.plan(Instruction(text), scene, facts)


def done(name, text):
    """The steps that are more than going there and taking something up, as words."""
    plan = ask(name, text)
    assert plan.tree is not None, plan.reason
    going = frozenset(
        "moveTo navigate head_to proceed_to GoTo fetchItem pick_object grasp_item take_hold PickUp".split()
    )
    return [(step.skill, *map(str, step.arguments.values())) for step in plan.steps if step.skill not in going]


@pytest.mark.parametrize(
    ("name", "text", "steps"),
    [
        ("school", "The office door must be opened and the copier switched off.",
         [("openIt", "office_door"), ("switchDevice", "copier", "off")]),
        ("school", "Lucy needs to be taken to the sick bay.", [("takeAlong", "Lucy", "sick_bay")]),
        ("school", "The guitar is to be put on the piano.", [("dropAt", "guitar", "piano")]),
        ("school", "I'd like the chalk to be taken to classroom 3a.", [("dropAt", "chalk", "classroom_3a")]),
        ("school", "Jonas should be given the ice pack.", [("giveToPerson", "ice_pack", "Jonas")]),
        ("family_house", "The coffee table should be wiped and the hall vacuumed.",
         [("clean_surface", "coffee_table"), ("vacuum_floor", "hall")]),
        ("family_house", "The storybook is to be handed to Leo.", [("hand_over_object", "story_book", "Leo")]),
        ("family_house", "Claire should be told that dinner is ready.", [("announce", "Claire", "dinner is ready")]),
        ("museum", "Madame Leroux has to be reminded of closing time.",
         [("remind_visitor", "Madame_Leroux", "closing time")]),
        ("museum", "The audioguide has to be returned to the locker.", [("shelve", "audio_guide", "locker")]),
        ("vet", "Rex has to be fed and Mimi weighed.", [("feed_animal", "Rex"), ("weigh_animal", "Mimi")]),
        ("vet", "The drug cabinet must be closed to keep the children out.", [("fasten", "medicine_cabinet")]),
        ("vet", "I want the kennel room to be mopped and the heat lamp to be turned on.",
         [("mop_floor", "kennel_room"), ("activate", "heat_lamp")]),
        ("makerspace", "The workbench ought to be wiped down.", [("WipeDown", "long_bench")]),
    ],
)  # fmt: skip
def test_passives_are_orders(name, text, steps):
    assert done(name, text) == steps


@pytest.mark.parametrize(
    ("name", "text", "steps"),
    [
        ("school", "The whistle must go to Mr Ferrari.", [("giveToPerson", "whistle", "Mr_Ferrari")]),
        ("school", "The used tray has to go to the canteen.", [("dropAt", "dirty_tray", "canteen")]),
        ("museum", "The rucksack should go in the locker.", [("shelve", "rucksack", "locker")]),
        ("makerspace", "The drill has to go back on the tool wall.", [("PlaceAt", "cordless_drill", "tool_wall")]),
    ],
)
def test_a_thing_that_has_to_go_somewhere_is_put_there(name, text, steps):
    assert done(name, text) == steps


@pytest.mark.parametrize(
    ("name", "text", "steps"),
    [
        ("school", "The blackboard needs wiping.", [("wipeBoard", "blackboard")]),
        ("family_house", "The fridge door wants closing.", [("shut", "fridge")]),
        ("school", "It would be great if the blinds could be closed.", [("closeIt", "blinds")]),
        ("school", "The blackboard has to be wiped, but the whiteboard can stay as it is.",
         [("wipeBoard", "blackboard")]),
    ],
)  # fmt: skip
def test_needs_and_wishes_are_orders_and_what_may_stay_is_left(name, text, steps):
    assert done(name, text) == steps


def test_a_thing_that_was_told_of_is_put_where_it_belongs_then():
    told = "There is a basketball in the schoolyard. It belongs on the equipment rack."
    assert done("school", told) == [("dropAt", "basketball", "equipment_rack")]
    assert ask("school", "The basketball belongs on the equipment rack.").status == "statement"


def test_what_was_said_to_be_done_is_asked_for_once():
    assert done("vet", "Rex has to be fed. Could you do that, please?") == [("feed_animal", "Rex")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("school", "The copier had to be repaired yesterday."),
        ("school", "The exams must have been difficult."),
        ("school", "The beamer was switched off."),
        ("school", "The atlas belongs to Mr Osei."),
        ("museum", "The shutters will be closed by the guard."),
        ("vet", "Dogs must be kept on a leash."),
        ("vet", "The vet has to be paid."),
    ],
)
def test_rules_and_what_others_do_move_nothing(name, text):
    assert ask(name, text).status == "statement"


@pytest.mark.parametrize(
    ("name", "text", "steps"),
    [
        ("school", "The exams must be collected and given to Mrs Dalgaard.",
         [("giveToPerson", "exam_papers", "Mrs_Dalgaard")]),
        ("school", "The carton of apple juice has to be carried to the sick bay, and Jonas should be greeted.",
         [("dropAt", "apple_juice", "sick_bay"), ("sayHelloTo", "Jonas")]),
        ("family_house", "The remote control is under the sofa. Dad needs it on the coffee table.",
         [("place_object", "remote", "coffee_table")]),
        ("family_house", "The dirty plate can go in the sink now.", [("place_object", "dirty_plate", "sink")]),
        ("hotel", "The temperature of room 12 should be set to 21 degrees.", [("set", "room_12", "21.0")]),
    ],
)  # fmt: skip
def test_subjects_and_verbs_are_shared(name, text, steps):
    assert done(name, text) == steps
