"""Verbs of the hand that no skill has: a person is asked whether a template motion is meant."""

from pathlib import Path

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.core.world.world_facts import body_facts
from skill_stack.planner import Planner

FOUND = Resources.from_environment({})


@pytest.fixture(scope="module")
def ask():
    library = load_library(FOUND, load_robot(Path(__file__).parents[2] / "urdf" / "g1"))
    planner, scene = Planner(library), set_up(load_scene(FOUND.scene("playground")), 0).graph()
    return lambda words: planner.plan(Instruction(words), scene, body_facts(library, "stand", 1.0))


@pytest.mark.parametrize(
    ("words", "motion"),
    [("stir the soup", "circling"), ("Please wipe the table!", "stroking"), ("could you knock on the door", "rapping"),
     ("screw it in", "twisting"), ("scratch my back", "dragging")],
)  # fmt: skip
def test_the_motion_is_asked_about_with_its_numbers(ask, words, motion):
    plan = ask(words)
    assert plan.status == "question" and plan.certainty == "nearest", "nothing moves without a yes"
    assert [(step.skill, step.arguments["motion"]) for step in plan.steps][-1] == ("move_hand_like", motion)
    assert "I know no skill for" in plan.reason and motion in plan.reason and "times a second" in plan.reason


@pytest.mark.parametrize("words", ["don't stir the soup", "never poke anybody", "stop", "turn left", "wave",
                                   "shake the baby", "scratch the dog", "pat the old man"])  # fmt: skip
def test_what_is_forbidden_or_known_or_done_to_somebody_is_no_such_question(ask, words):
    plan = ask(words)
    assert all(step.skill != "move_hand_like" for step in plan.steps)


def test_an_unknown_verb_without_a_meaning_is_refused_as_before(ask):
    assert ask("blorp the soup").status != "plan" and "move_hand_like" not in str(ask("blorp the soup").tree)


def test_the_motion_can_be_asked_for_by_its_name(ask):
    plan = ask("move your left hand by circling")
    assert plan.status == "plan"
    assert (plan.steps[-1].arguments["motion"], plan.steps[-1].arguments["side"]) == ("circling", "left")
