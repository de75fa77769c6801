"""Tables of which a relation tells what is meant: laid so that only one answer is right, and the planner finds it."""

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene_file import set_up
from skill_stack.evaluation.scenes.relation_scenes import APART, CLEAR, PLACE, TABLE, WRONG, angle_off, relation_scene
from skill_stack.planner.planner import Planner

seeds = st.integers(0, 100_000)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_one_of_two_that_look_alike_is_meant_and_the_other_is_clearly_not(seed) -> None:
    table = relation_scene(seed)
    target, alike, other, *more = (thing for thing in table.file.objects if thing.movable)
    assert (target.id, target.colour, target.kind) == (table.target, alike.colour, alike.kind)
    looks = [(thing.colour, thing.kind) for thing in (target, other, *more)]
    assert len(set(looks)) == len(looks), "nothing else looks like one of the three"
    assert len(more) >= 1, "at least three others stand there"
    places = [thing.position[:2] for thing in (target, alike, other)]
    assert angle_off(table.relation, places[0], places[2]) <= CLEAR
    assert angle_off(table.relation, places[1], places[2]) >= WRONG
    assert target.colour in table.words and other.colour in table.words


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_things_stand_apart_on_the_table(seed) -> None:
    things = [thing for thing in relation_scene(seed).file.objects if thing.movable]
    assert all(math.dist(a.position[:2], b.position[:2]) >= APART for a, b in combinations(things, 2))
    for thing in things:
        assert all(abs(at - m) < size / 2 for at, m, size in zip(thing.position, PLACE, TABLE))


def test_the_same_seed_lays_the_same_table() -> None:
    assert relation_scene(7) == relation_scene(7)
    assert relation_scene(7) != relation_scene(8)


@pytest.mark.parametrize(
    ("relation", "spot"), [("left", (1.0, 0.2)), ("right", (1.0, -0.2)), ("behind", (1.2, 0.0)), ("front", (0.8, 0.0))]
)
def test_sides_are_those_of_who_looks_along_the_x_axis(relation, spot) -> None:
    others = {"left", "right", "behind", "front"} - {relation}
    assert angle_off(relation, spot, (1.0, 0.0)) == pytest.approx(0.0, abs=1e-9)
    assert all(angle_off(other, spot, (1.0, 0.0)) > 1.5 for other in others)


def test_the_planner_means_the_same_thing_where_the_map_is_known() -> None:
    found = Resources.from_environment({})
    robot = load_robot(found.robot("gantry_allegro_right"), found)
    planner = Planner(load_library(found, robot))
    wrong = []
    for seed in range(900, 920):
        table = relation_scene(seed)
        plan = planner.plan(Instruction(table.words, "test", 0.0), set_up(table.file, seed).graph(), frozenset())
        targets = {step.arguments.get("target") for step in plan.steps if "target" in step.arguments}
        wrong += [] if targets == {table.target} else [(seed, table.words, plan.reason, targets)]
    assert not wrong
