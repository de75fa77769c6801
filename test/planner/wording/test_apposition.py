"""Words that say once more who or what is meant, what something is for, and a place that is said twice."""

import functools
from pathlib import Path

import pytest

from skill_stack.core.fact import Fact
from skill_stack.core.instruction import Instruction
from skill_stack.core.scene import SceneGraph
from skill_stack.core.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.library_file import read_library, read_scene

ROUNDS = Path(__file__).parents[2] / "data" / "language" / "rounds"
DRIVES = {"moveTo", "proceed_to", "head_to", "navigate"}

PLANS = [
    ("school", "Tell the headmistress, Mrs Dalgaard, that lunch is served.",
     "passOnMessage Mrs_Dalgaard lunch is served"),
    ("school", "Give the janitor, Mr Pohl, his keys.",
     "fetchItem bunch_of_keys; giveToPerson bunch_of_keys caretaker"),
    ("school", "Find Mr Ferrari, the PE teacher, and bring him to the canteen.",
     "lookFor Mr_Ferrari; takeAlong Mr_Ferrari canteen"),
    ("school", "Take Meera, the new girl, to her class in classroom 3a.", "takeAlong new_pupil classroom_3a"),
    ("school", "Hand out the worksheets to my class, 5b.", "fetchItem worksheets; handOut worksheets class_5b"),
    ("school", "Both pens, the red one and the blue one, should go to the headmistress.",
     "fetchItem red_marker; giveToPerson red_marker Mrs_Dalgaard; "
     "fetchItem blue_marker; giveToPerson blue_marker Mrs_Dalgaard"),
    ("school", "Greet all three pupils, Lucy, Tariq and Jonas.",
     "sayHelloTo Lucy; sayHelloTo Tariq; sayHelloTo Jonas"),
    ("school", "Bring two things from the canteen, namely the sandwich and the apple juice, to Lucy.",
     "fetchItem sandwich; giveToPerson sandwich Lucy; fetchItem apple_juice; giveToPerson apple_juice Lucy"),
    ("school", "Put the beaker on the lab bench for Ms Brandt's next lesson.",
     "fetchItem beaker; dropAt beaker lab_bench"),
    ("school", "For Jonas I want you to get the ice pack from the canteen.",
     "fetchItem ice_pack; giveToPerson ice_pack Jonas"),
    ("vet", "Weigh all three patients: Rex, Mimi and Pip.", "weigh_animal Rex; weigh_animal Mimi; weigh_animal Pip"),
    ("vet", "Feed everyone with a tail: Rex, Mimi and Snowy.", "feed_animal Rex; feed_animal Mimi; feed_animal Snowy"),
    ("vet", "Take the thermometer to the nurse, Paula.", "take_hold thermometer; pass_over thermometer Paula"),
    ("vet", "Take the boy with the hamster, Ivo, to room two.", "usher_client Ivo exam_room_2"),
    ("vet", "Both leads, the red one and the green one, should be brought to Mr Tanner.",
     "take_hold red_leash; pass_over red_leash Mr_Tanner; take_hold green_leash; pass_over green_leash Mr_Tanner"),
    ("museum", "Dust both tables, the reading table and the corner table.", "dust reading_table; dust corner_table"),
    ("museum", "Give the waitress, Ines, the brush.", "grasp_item fine_brush; bestow fine_brush Ines"),
    ("museum", "Put the scarf in one of the lockers.", "grasp_item red_scarf; shelve red_scarf locker"),
    ("museum", "Before the pupils arrive there, turn on the information screen.", "light_up info_screen"),
    ("family_house", "Say good night to both children, Leo and Anna.",
     "announce Leo good night; announce Anna good night"),
    ("school", "Open the window in 5b and close the other one, in 3a.", "openIt window_5b; closeIt window_3a"),
    ("school", "Meera has not met the headmistress yet. Please take her to the office.",
     "takeAlong new_pupil school_office"),
    ("vet", "Mrs Bloom does not know the nurse. Please show her to room two.", "usher_client Mrs_Bloom exam_room_2"),
]  # fmt: skip


@functools.cache
def place(domain: str) -> tuple[Planner, SceneGraph, frozenset[Fact]]:
    """A planner, its scene and what is true there."""
    library, stated = read_library(ROUNDS / f"{domain}.library.yaml")
    scene, *_ = read_scene(ROUNDS / f"{domain}.scene.yaml")
    return Planner(library), scene, frozenset(place_facts(scene) | stated)


def steps_of(domain: str, text: str) -> str:
    """What a plan does but drive somewhere; its status where it is none."""
    planner, scene, facts = place(domain)
    plan = planner.plan(Instruction(text), scene, facts)
    if plan.tree is None:
        return plan.status
    done = (step for step in plan.steps if step.skill not in DRIVES)
    return "; ".join(" ".join((step.skill, *map(str, step.arguments.values()))) for step in done)


@pytest.mark.parametrize(("domain", "text", "steps"), PLANS)
def test_what_is_named_twice_is_done_once(domain: str, text: str, steps: str) -> None:
    assert steps_of(domain, text) == steps


def test_a_list_that_goes_on_loses_nothing() -> None:
    done = steps_of("family_house", "put the milk, the apple and the banana on the coffee table")
    assert [f"place_object {name} coffee_table" in done for name in ("milk", "apple", "banana")] == [True] * 3


def test_a_list_of_another_length_is_no_second_name() -> None:
    assert "relay_notice" not in steps_of("vet", "Tell all three clients, Mrs Bloom and Ivo, that the vet is ready.")
