"""Words to a hand on a gantry, through planner, connector, controllers and physics; truth says what became of it."""

import math

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.evaluation.hand_suite import load_hand_suite
from skill_stack.planner.planner import Planner
from skill_stack.runtime.episodes.hand_truth import HandTruth
from skill_stack.runtime.line.parts_line import PartsLine

FOUND = Resources.from_environment({})
FINGERS = load_hand_suite(FOUND.find("config/scenarios/allegro_right.yaml", "suite")).fingers
SCENE = load_scene(FOUND.scene("grasping"))
GESTURES = {
    "show three fingers": ["index", "middle", "ring"],
    "make a fist": [],
    "please open your hand": ["index", "middle", "ring", "thumb"],
    "point": ["index"],
    "count four": ["index", "middle", "ring", "thumb"],
}
LIFTED = {
    "pick up the cylinder with a tripod grasp": "cylinder",
    "pick up the ball with a spherical grasp": "ball",
    "grab the can": "cylinder",
    "grab the can at the top": "cylinder",
    "pick up the can from the side": "cylinder",
    "grasp the cylinder from above": "cylinder",
    "take the can with a tripod grasp at the top from the side": "cylinder",
}
FEW = ("pick up the ball with a spherical grasp", "grab the can at the top")  # of them in the quick suite

ASKED = {
    "grasp the cylinder from above": {"approach": "above"},
    "take the cylinder with a lateral pinch": {"grasp": "lateral"},
    "take the cylinder with a key grip": {"grasp": "lateral"},
    "pick up the ball with a precision pinch": {"grasp": "pinch"},
    "pick up the can with a power sphere grasp": {"grasp": "spherical"},
    "pick up the can on your open hand": {"grasp": "platform"},
    "take the can with a tripod grasp at the top from the side": {"grasp": "tripod", "area": "top", "approach": "side"},
    "take the can from above with a power grasp": {"grasp": "power", "approach": "above"},
    "pick up the can by the top": {"area": "top"},
    "pick up the can by the left half": {"area": "left_half"},
    "pick up the can on its right side": {"area": "right_half"},
}


@pytest.fixture(scope="module")
def hand():
    robot = load_robot(FOUND.robot("gantry_allegro_right"), FOUND)
    library = load_library(FOUND, robot)
    return robot, library, Planner(library)


def told(hand, words, thing=""):
    """The line after the words, its truth, and where the thing was before."""
    robot, library, planner = hand
    line = PartsLine(robot, library, set_up(SCENE, 7))
    truth = HandTruth(line, thing)
    before = truth.position() if thing else None
    line.idle(0.2)
    plan = planner.plan(Instruction(words, "test", line.now), line.scene, frozenset())
    assert plan.tree is not None, plan.reason
    outcomes = line.run_plan(plan)
    assert [one.outcome for one in outcomes] == ["succeeded"] * len(outcomes), outcomes[-1].reason
    line.idle(0.5)
    return line, truth, before


@pytest.mark.parametrize("words", ASKED)
def test_words_say_by_which_grasp_where_and_from_where(hand, words) -> None:
    plan = hand[2].plan(Instruction(words, "test", 0.0), set_up(SCENE, 7).graph(), frozenset())
    assert plan.tree is not None, plan.reason
    usual = {"grasp": "fitting", "area": "middle", "approach": "usual"}
    closing = next(step for step in plan.steps if step.skill == "close_on")
    assert {name: closing.arguments[name] for name in usual} == usual | ASKED[words]


@pytest.mark.parametrize("words", GESTURES)
def test_words_show_fingers(hand, words) -> None:
    _, truth, _ = told(hand, words)
    assert [name for name, finger in FINGERS.items() if truth.flexion(finger.bends) < 0.6] == GESTURES[words]


@pytest.mark.parametrize(
    "words", [pytest.param(words, marks=() if words in FEW else pytest.mark.slow) for words in LIFTED]
)
def test_words_take_things_up(hand, words) -> None:
    _, truth, before = told(hand, words, LIFTED[words])
    assert truth.position()[2] - before[2] > 0.1 and truth.touching() >= 2


def test_words_take_something_up_and_turn_it(hand) -> None:
    line, truth, before = told(hand, "pick up the cylinder with a tripod grasp and turn it", "cylinder")
    turn = line.device.data.body("cylinder").xmat.reshape(3, 3)
    assert truth.position()[2] - before[2] > 0.1
    assert math.atan2(turn[1, 0], turn[0, 0]) == pytest.approx(math.pi / 2, abs=0.15)


def test_words_put_something_where_it_shall_stand(hand) -> None:
    line, truth, _ = told(hand, "pick up the can and put it on the black table", "cylinder")
    goal = line.scene.objects["third_table"].position
    assert math.dist(truth.position()[:2], goal[:2]) < 0.03
    assert truth.position()[2] == pytest.approx(0.37, abs=0.005) and truth.tilt() < 0.1 and truth.touching() == 0


def test_every_phrase_of_what_the_leap_hand_learnt_plans_that_skill() -> None:
    library = load_library(FOUND, load_robot(FOUND.robot("leap"), FOUND))
    planner, cube = Planner(library), set_up(load_scene(FOUND.scene("cube_in_hand")), 1).graph()
    learnt = [task.skill for task in load_hand_suite(FOUND.find("config/scenarios/leap.yaml", "suite")).tasks]
    for skill in learnt:
        for words in library[skill].phrases:
            plan = planner.plan(Instruction(words, "test", 0.0), cube, frozenset())
            assert [step.skill for step in plan.steps] == [skill], (words, plan.reason)
