"""Sentences that ask for two things at once, for a Go2 that carries a hand."""

from pathlib import Path

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.claims import Anatomy
from skill_stack.core.skills.skill_library import load_library
from skill_stack.planner import Planner
from skill_stack.planner.notations.library_file import read_library

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def carrier():
    resources = Resources((ROOT,), ROOT / "nowhere")
    robot = load_robot(ROOT / "urdf" / "go2_hand", resources)
    library = load_library(resources, robot)
    assert library.anatomy == Anatomy.from_robot(robot)
    return Planner(library)


@pytest.fixture(scope="module")
def say(carrier, scene, standing):
    return lambda words, facts=standing: carrier.plan(Instruction(words), scene, facts)


def shape(node):
    """A tree as nested names."""
    if node.type == "skill":
        return node.skill
    return (node.type, *(shape(child) for child in node.children))


WALK_AND_CLOSE = ("parallel", "go_to", "close_hand")
CLOSE_AND_WALK = ("parallel", "close_hand", "go_to")


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("walk to the red ball while you close your hand", [WALK_AND_CLOSE]),
        ("close your hand while walking to the red ball", [CLOSE_AND_WALK]),
        ("While you walk to the red ball, close your hand.", [CLOSE_AND_WALK]),
        ("while walking to the red ball close your hand", [CLOSE_AND_WALK]),
        ("go to the red ball. Meanwhile, close your hand. Then sit down.", [WALK_AND_CLOSE, "sit"]),
        ("go to the red ball and meanwhile make a fist", [WALK_AND_CLOSE]),
        ("please walk over to the red ball and, at the same time, close your hand", [WALK_AND_CLOSE]),
        ("close your hand and walk to the red ball at the same time", [CLOSE_AND_WALK]),
        ("simultaneously close the hand and walk to the red ball", [CLOSE_AND_WALK]),
        ("close your hand at the same time as you walk to the red ball", [CLOSE_AND_WALK]),
        ("go to the red ball and close your hand while you are at it", [WALK_AND_CLOSE]),
        ("as you walk to the red ball, close your hand", [CLOSE_AND_WALK]),
        ("could you close the hand whilst you're walking to the red ball, then sit?", [CLOSE_AND_WALK, "sit"]),
        ("open the hand, then go to the red ball while closing it's hand", None),
        ("point as you turn left, then open your hand", [("parallel", "point", "turn"), "open_hand"]),
        ("wait for a while", ["wait"]),
        ("wait 3 seconds while you close the hand", [("parallel", "wait", "close_hand")]),
        ("wait 3 seconds while you sit", [("parallel", "wait", "sit")]),
    ],
)
def test_two_things_at_once_become_a_parallel_node(say, words, steps):
    plan = say(words)
    if steps is None:
        assert plan.tree is None
        return
    assert plan.tree is not None, plan.reason
    assert [shape(child) for child in plan.tree.children] == steps


def test_the_answer_says_that_both_are_done_at_once(say):
    assert "go to the red ball and at the same time close the hand" in say(
        "walk to the red ball while you close your hand"
    ).reason


def test_one_without_an_end_ends_with_the_other(say):
    assert say("walk while you close the hand").tree.children[0].arguments == {"main": 1}
    assert say("as you walk, close your hand").tree.children[0].arguments == {"main": 0}
    assert say("sit while you close the hand").tree.children[0].arguments == {}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("sit down while you walk to the red ball", ("sit", "go_to", "the legs")),
        ("go to the red ball while looking at the blue box", ("go_to", "face", "the legs")),
        ("close your hand and at the same time open your hand", ("close_hand", "open_hand", "the right hand")),
    ],
)
def test_what_needs_the_same_piece_of_the_body_is_refused_by_its_name(say, words, names):
    plan = say(words)
    assert plan.status == "refusal" and all(name in plan.reason for name in names), plan.reason


def test_what_must_come_first_comes_before_both(say, sitting):
    plan = say("walk to the red ball while you close your hand", sitting)
    assert [shape(child) for child in plan.tree.children] == ["rise", WALK_AND_CLOSE]


def test_as_long_as_something_is_so(say):
    (repeat,) = say("wait while you are near the red ball").tree.children
    assert repeat.type == "repeat" and repeat.arguments["until"] == "not near(robot, red_ball)"


@pytest.mark.parametrize("words", ["while", "while, while while", "sit while", "meanwhile sit", "sit at the same time",
                                   "walk to the red ball while you fly", "as you wish"])  # fmt: skip
def test_half_of_it_is_nothing(say, words):
    assert say(words).status != "plan"


LIBRARY = """
robot: helper
groups: {arms: [left_arm, right_arm]}
skills:
  - {name: walk_to, phrases: ["walk to {place}"], needs: [legs], prefers: [arms], goal: [{name: place, type: object}]}
  - {name: wave, phrases: [wave], needs: [right_arm]}
  - {name: kick, phrases: ["kick {thing}"], needs: [legs], goal: [{name: thing, type: object}]}
  - {name: greet, phrases: [say hello], needs: []}
  - {name: bow, phrases: [bow]}
"""


def test_a_library_file_says_what_its_skills_need(tmp_path, scene, standing):
    path = tmp_path / "library.yaml"
    path.write_text(LIBRARY)
    planner = Planner(read_library(path)[0])

    def ask(words):
        return planner.plan(Instruction(words), scene, standing)

    assert "walk_to leaves the right arm to wave" in ask("as you walk to the red ball, wave").reason
    assert "both need the legs" in ask("kick the red ball while you walk to the blue box").reason
    assert ask("say hello while you bow").status == "plan"
    refused = ask("wave while you bow").reason  # what a skill does not say, it may need
    assert "wave and bow" in refused and "the right arm" in refused


@pytest.mark.parametrize("groups", ["arms", "{arms: left}", "{arms: [1]}", "{arms: [arms]}"])
def test_wrong_groups_are_named(tmp_path, groups):
    path = tmp_path / "library.yaml"
    path.write_text(f"groups: {groups}\nskills: [{{name: wave, needs: [arms]}}]")
    with pytest.raises(DataError, match="library.yaml.*groups"):
        read_library(path)


def test_repeating_what_brings_about_the_opposite_of_its_end_is_refused(ask):
    plan = ask("go to the red ball until you are not near the red ball")
    assert plan.status == "refusal" and "near(robot, red_ball)" in plan.reason
