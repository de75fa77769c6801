"""Troubles: where words leave a thing open, one that made no trouble is taken, and what was learnt of a kind counts."""

import pytest

from skill_stack.core.failure_cause import FailureCause
from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.world_facts import place_facts
from skill_stack.planner.memory.experience import Experience, StepRecord, things_of
from skill_stack.planner.memory.lessons import Lessons
from skill_stack.planner.memory.troubles import FORGOTTEN
from skill_stack.planner.planner import Planner

RESOURCES = Resources.from_environment({})


@pytest.fixture(scope="module")
def library():
    return load_library(RESOURCES, load_robot(RESOURCES.robot("go2"), RESOURCES))


def ball(colour, x, kind="ball"):
    return SceneObject(f"{colour}_{kind}", kind, (x, 0.0, 0.1), size=(0.2, 0.2, 0.2), colour=colour, names=("toy",))


THINGS = (ball("red", 2.0), ball("blue", -3.0), ball("green", -4.0, "bear"))
SCENE = SceneGraph({one.id: one for one in THINGS}, robot=Pose2(0.0, 0.0, 0.0))
FACTS = place_facts(SCENE) | {Fact("posture", ("robot", "standing"))}
USUAL = {"gap": 0.04, "side": "any", "way": ""}


def task(target, outcome="failed", cause=FailureCause.BLOCKED, skill="go_to"):
    step = StepRecord(
        skill, {"target": target, **USUAL}, outcome, facts=("posture(robot, standing)",), cause=cause.value
    )
    return Experience("", "go2", 1e6, 5.0, outcome, things=things_of(SCENE), steps=(step,))


def target_of(library, words, *tasks):
    plan = Planner(Lessons.from_experiences(tasks, library).apply(library)).plan(Instruction(words), SCENE, FACTS)
    return plan.steps[-1].arguments["target"], plan.reason


def test_another_thing_is_taken_and_the_cause_is_told(library):
    assert target_of(library, "go to a ball")[0] == "red_ball"
    taken, reason = target_of(library, "go to a ball", task("red_ball"))
    assert taken == "blue_ball" and "Not with the red ball: the way is blocked" in reason


def test_a_thing_that_is_named_is_gone_to_all_the_same(library):
    assert target_of(library, "go to the red ball", task("red_ball"))[0] == "red_ball"


@pytest.mark.parametrize("cause", [FailureCause.SWITCHED_OFF, FailureCause.UNKNOWN])
def test_causes_in_the_robot_tell_nothing_of_the_thing(library, cause):
    assert target_of(library, "go to a ball", task("red_ball", cause=cause))[0] == "red_ball"


def test_a_success_and_many_tasks_end_a_trouble(library):
    won = task("red_ball", "succeeded")
    assert target_of(library, "go to a ball", task("red_ball"), won)[0] == "red_ball"
    others = [task("green_bear", "succeeded")] * FORGOTTEN
    assert target_of(library, "go to a ball", task("red_ball"), *others)[0] == "red_ball"


def test_a_skill_that_was_done_in_another_way_counts_as_the_one_that_was_asked_for(library):
    assert target_of(library, "go to a ball", task("red_ball", skill="go_to_briskly"))[0] == "blue_ball"


def test_where_all_made_trouble_the_nearest_is_tried_again(library):
    assert target_of(library, "go to a ball", task("red_ball"), task("blue_ball"))[0] == "red_ball"


@pytest.mark.parametrize(
    ("cause", "taken"), [(FailureCause.TOO_HEAVY, "green_bear"), (FailureCause.BLOCKED, "blue_ball")]
)
def test_what_lies_in_the_thing_is_expected_of_its_kind_after_the_second_time(library, cause, taken):
    once, twice = [task("red_ball", cause=cause)], [task("red_ball", cause=cause)] * 2
    assert target_of(library, "go to a toy", *once)[0] == "blue_ball"
    assert target_of(library, "go to a toy", *twice)[0] == taken
    won = task("blue_ball", "succeeded")
    assert target_of(library, "go to a toy", *twice, won)[0] == "blue_ball"
