"""What only tells or asks something moves nothing; what asks for something to be done is no mere statement."""

from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

DEV = Path(__file__).resolve().parents[1] / "data" / "language" / "dev"


@pytest.fixture(scope="module")
def butler():
    library, stated = read_library(DEV / "butler.library.yaml")
    scene, _ = read_scene(DEV / "butler.scene.yaml")
    planner = Planner(library)
    return lambda text: planner.plan(Instruction(text), scene, place_facts(scene) | stated)


@pytest.mark.parametrize(
    "text",
    [
        "I think it will rain",
        "the meeting was moved to Friday",
        "my name is Bob",
        "that was fast",
        "nobody is in the kitchen",
        "well done",
        "we bought a new sofa yesterday",
        "Peter works in accounting",
        "glass breaks easily",
        "you did that perfectly",
        "foxes live in the woods",
        "it doesn't matter",
        "elephants never forget",
        "do you know Karl?",
        "can birds fly?",
        "just to let you know, the stairs were waxed",
        "hey, my name's Lucy",
        "keep up the good work",
        "poor you",
        "don't forget that the umbrella is mine",
        "the umbrella belongs in the hall",
        "no one told me",
        "dinner's ready",
        "all good here",
        "the bathroom is upstairs, next to the bedroom",
        "heads up, the boss is coming",
    ],
)
def test_what_tells_or_asks_something_moves_nothing(butler, text):
    plan = butler(text)
    assert plan.status == "statement" and not plan.steps, plan.reason


@pytest.mark.parametrize("text", [
    "still waiting for the plumber", "makes sense", "I'd forgotten how loud the mixer is",
    "if I had known I would have stayed", "I heard the door slam",
])  # fmt: skip
def test_what_is_not_known_for_a_remark_moves_nothing(butler, text):
    assert butler(text).status != "plan"


@pytest.mark.parametrize(
    "text",
    [
        "you should take the umbrella",
        "I'd like the umbrella",
        "let's go to the kitchen",
        "someone should take the umbrella",
        "fly to the moon",
        "that was good, now go to the kitchen",
        "your job is to go to the kitchen",
        "I suggest you go to the kitchen",
        "well done, now bring me the umbrella",
        "levitate",
        "blorp and go to the kitchen",
        "can't you just go to the kitchen",
        "you must be in the kitchen",
        "any chance you could take the umbrella",
        "my sister said you should take the umbrella",
        "somebody take the umbrella",
        "there is an umbrella in the hall, bring it to the kitchen",
        "defenestrate the umbrella",
        "one two three",
    ],
)
def test_what_asks_for_something_is_no_statement(butler, text):
    assert butler(text).status != "statement"


@pytest.mark.parametrize("text", ["I am usually thirsty on Mondays", "I was thirsty last night"])
def test_a_need_of_another_time_moves_nothing(butler, text):
    assert butler(text).status == "statement"


def test_a_need_is_asked_about(butler):
    plan = butler("I am thirsty")
    assert plan.status == "question" and plan.proposed


def test_a_thing_that_is_told_of_is_learnt(butler):
    assert butler("don't forget that the umbrella is mine").facts == ("belongs_to(umbrella, speaker)",)
