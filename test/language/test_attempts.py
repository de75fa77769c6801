"""Remarks beside an instruction move nothing, and an order beside them is done."""

from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library, read_scene

DEV = Path(__file__).resolve().parents[1] / "data" / "language" / "dev"


@pytest.fixture(scope="module")
def home():
    library, stated = read_library(DEV / "home.library.yaml")
    scene = read_scene(DEV / "home.wishes.scene.yaml")[0]
    planner = Planner(library)

    def said(words):
        plan = planner.plan(Instruction(words), scene, place_facts(scene) | stated)
        status = "plan" if plan.steps else plan.status
        return status, [(step.skill, *map(str, step.arguments.values())) for step in plan.steps], plan

    return said


def test_a_remark_beside_an_instruction_moves_nothing(home):
    status, steps, _ = home("it's cold, close the window")
    assert status == "plan" and [step[0] for step in steps] == ["go_to", "close"]


def test_a_pronoun_may_mean_what_was_only_told_of(home):
    _, steps, _ = home("Where are my keys? Please pick them up.")
    assert steps[-1] == ("pick_up", "keys")


def test_instructions_that_are_refused_together_are_not_planned_apart(home):
    status, _, plan = home("open the window, fly to the moon")
    assert status == "refusal" and "fly" in plan.reason


def test_remarks_alone_stay_remarks(home):
    assert home("it is a nice day, the sun is yellow")[0] == "statement"


def test_until_is_a_repeat_that_a_fact_ends(home):
    _, steps, plan = home("wait until the front door is open, then go to the kitchen")
    first = plan.tree.children[0]
    assert first.arguments["until"] == "open(front_door)" and first.children[0].skill == "wait"
    assert steps[-1][:2] == ("go_to", "kitchen") and not plan.to_json()["steps_complete"]


def test_until_something_that_no_fact_tells_is_refused_by_name(home):
    status, _, plan = home("wait until it rains")
    assert status == "refusal" and "it rains" in plan.reason


AMONG = [
    ("It has been a long day. The kitchen smells of coffee. Close the window. That would help a lot.", "close"),
    ("The view is nice. Switch on the lamp, please. I love this house.", "switch_on"),
    ("I need some light to read. Switch on the lamp. The murmur of the street echoes through the window.", "switch_on"),
]


@pytest.mark.parametrize(("words", "skill"), AMONG)
def test_an_order_among_remarks_is_offered(home, words, skill):
    _, steps, plan = home(words)
    assert plan.proposed and steps[-1][0] == skill and words.split(".")[0] in plan.reason


@pytest.mark.parametrize("words", [
    "The day is nice. Close the window. You must not touch the plant. It is late.",
    "The day is nice. Close the window. If the lamp is on, do not. It is late.",
    "It is late. Close the window. Only if it rains. I am tired.",
])  # fmt: skip
def test_a_limit_among_remarks_is_never_left_out(home, words):
    status, _, plan = home(words)
    assert status == "refusal" and not plan.proposed


def test_what_was_told_before_an_order_among_remarks_gives_the_pronoun(home):
    _, steps, plan = home("The window was left open. It is getting cold. Please close it. Mornings are cold here.")
    assert plan.proposed and steps[-1] == ("close", "window")


def test_an_order_among_remarks_that_leaves_a_choice_is_asked_about(home):
    status, _, plan = home("I am tired. Switch it on. The day is nice.")
    assert status == "question" and not plan.proposed
