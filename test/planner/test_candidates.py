"""Candidates: other checked plans for the same words."""

import math
from dataclasses import replace

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.planner.candidate import USUAL
from skill_stack.planner.candidates import Candidates
from skill_stack.planner.detours import SIDESTEPS
from skill_stack.planner.route_alternatives import CLEAR, ways_to
from skill_stack.planner.symbolic.checker import Checker


@pytest.fixture(scope="module")
def candidates(planner):
    return Candidates(planner)


@pytest.fixture
def made(candidates, scene, standing):
    def of(text, where=scene, facts=standing, most=40):
        return candidates.for_instruction(Instruction(text), where, facts, most)

    return of


def skills(candidate):
    return [step.skill for step in candidate.plan.steps]


@pytest.mark.parametrize(
    "text",
    ["go to a ball", "visit the red ball and the blue box", "walk forward 3 metres", "go to the green box, then sit",
     "sit down", "go to any box and sit down", "face the red ball", "turn left 90 degrees twice"],
)  # fmt: skip
@pytest.mark.parametrize("posture", ["standing", "lying"])
def test_every_candidate_passes_the_checker_and_no_two_do_the_same(text, posture, made, library, scene, standing):
    facts = frozenset(f for f in standing if f.predicate != "posture") | {Fact("posture", ("robot", posture))}
    found = made(text, facts=facts)
    assert found[0].label == USUAL
    assert len({candidate.label for candidate in found}) == len(found)
    assert len({candidate.plan.id for candidate in found}) == len(found)
    for candidate in found:
        assert Checker(library, tuple(scene.objects)).check(candidate.plan.tree, facts) is None
        assert candidate.plan.instruction == text
    done = [[(s.skill, sorted(s.arguments.items())) for s in candidate.plan.steps] for candidate in found]
    assert all(done.count(one) == 1 for one in done)


def test_what_cannot_be_planned_has_no_candidates(made):
    assert made("fly to the moon") == ()
    assert made("go to the box") == ()  # three of them: a question
    assert made("hello") == ()


def test_the_number_of_candidates_is_kept(made):
    assert len(made("go to a ball", most=3)) == 3
    assert [c.label for c in made("go to a ball", most=1)] == [USUAL]


def test_a_robot_that_lies_is_offered_no_way_of_standing_up_that_is_more_hazardous(made, library, standing):
    lying = frozenset(f for f in standing if f.predicate != "posture") | {Fact("posture", ("robot", "lying"))}
    found = made("go to the red ball", facts=lying)
    assert len(found) > 1 and "rise" in skills(found[0])
    assert {library.hazard(name) for one in found for name in skills(one)} == {"low"}
    assert "get_up" in skills(made("get up after your fall", facts=lying)[0])  # what was asked for stays


def test_words_that_leave_the_thing_open_let_other_things_of_the_kind_in(made):
    targets = {step.arguments["target"] for c in made("go to a ball") for step in c.plan.steps if step.skill == "go_to"}
    assert targets == {"red_ball", "blue_ball", "green_ball"}
    named = {s.arguments["target"] for c in made("go to the red ball") for s in c.plan.steps if s.skill == "go_to"}
    assert named == {"red_ball"}


def test_a_colour_that_was_said_binds_the_other_things_too(made, scene):
    twin = replace(scene.objects["red_ball"], id="second_red_ball", position=(-2.0, -1.0, 0.12))
    more = replace(scene, objects={**scene.objects, twin.id: twin})
    found = made("go to any red ball", more)
    targets = {s.arguments["target"] for c in found for s in c.plan.steps if s.skill == "go_to"}
    assert targets == {"red_ball", "second_red_ball"}
    assert any("near(robot, red_ball)" in c.plan.facts for c in found)


def test_things_of_one_clause_change_order_and_those_with_then_do_not(made):
    def orders(text):
        found = set()
        for candidate in made(text):
            steps = [s.arguments["target"] for s in candidate.plan.steps if s.skill == "go_to"]
            found.add(tuple(steps))
        return {order for order in found if len(order) == 2}

    assert len(orders("visit the red ball and the blue box")) == 2
    assert orders("go to the red ball, then to the blue box") == {("red_ball", "blue_box")}
    assert orders("visit the red ball and the blue box, then sit down") == {("red_ball", "blue_box")}


def test_another_order_says_what_it_does(made):
    other = next(c for c in made("visit the red ball and the blue box") if "order" in c.label)
    assert other.plan.reason == "I will go to the blue box, then go to the red ball."
    assert "near(robot, red_ball)" in other.plan.facts
    assert "near(robot, blue_box)" not in other.plan.facts


def test_a_walk_is_shifted_to_either_side_and_ends_where_it_would_have(made):
    found = [c for c in made("walk forward 3 metres") if c.label != USUAL]
    shifts = set()
    for candidate in found:
        assert set(skills(candidate)) == {"move"}
        assert sum(s.arguments["forward"] for s in candidate.plan.steps) == pytest.approx(3.0)
        assert sum(s.arguments["left"] for s in candidate.plan.steps) == pytest.approx(0.0)
        shifts.add(candidate.plan.steps[0].arguments["left"])
    assert shifts == {sign * size for sign in (1, -1) for size in SIDESTEPS}


def test_ways_round_lead_in_the_map_to_where_their_label_says(made, scene):
    left = next(c for c in made("go to the green ball") if c.label == "go round by the left")
    target = scene.objects["green_ball"]
    pose = scene.robot
    for step in left.plan.steps:
        if step.skill == "face":
            pose = Pose2(pose.x, pose.y, math.atan2(target.position[1] - pose.y, target.position[0] - pose.x))
        if step.skill == "move":
            pose = pose.compose(Pose2(step.arguments["forward"], step.arguments["left"], 0.0))
    (ax, ay), (bx, by) = target.position[:2], (pose.x, pose.y)
    assert ax * by - ay * bx > 0.5  # the robot begins at the origin


def test_ways_keep_clear_of_what_the_map_states():
    target = SceneObject("ball", "ball", (4.0, 0.0, 0.1), shape="sphere", size=(0.2, 0.2, 0.2))
    wall = SceneObject("wall", "wall", (2.0, 2.0, 0.2), shape="box", size=(0.1, 3.4, 0.4))
    here = Pose2(0.0, 0.0, 0.0)
    free = {way.label for way in ways_to(here, target, [target])}
    blocked = list(ways_to(here, target, [target, wall]))
    assert {"go round by the left", "go round by the right"} <= free
    assert "go round by the left" not in {way.label for way in blocked}
    for way in blocked:
        for x, y in way.points:
            assert math.hypot(max(abs(x - 2.0) - 0.05, 0), max(abs(y - 2.0) - 1.7, 0)) >= CLEAR


def test_a_robot_that_does_not_know_where_it_is_gets_no_ways(made, scene):
    lost = replace(scene, robot=None)
    assert all("round" not in c.label for c in made("go to the red ball", lost))


def test_numbers_that_were_asked_for_stay(made):
    asked = [c for c in made("go to the red ball, leaving 20 cm") if c.plan.steps]
    assert {s.arguments["gap"] for c in asked for s in c.plan.steps if s.skill == "go_to"} == {0.2}
