"""Clearing: what is free goes first, what is crowded is pushed free, and what stays is left after some attempts."""

import os
from dataclasses import replace

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.spatial.crowding import crowding_facts
from skill_stack.core.spatial.solids import plan_gap
from skill_stack.core.world.blueprint_layout import Unbuildable
from skill_stack.core.world.clearing import Clearing
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.planner.building.clearing import MOST, next_placing
from skill_stack.planner.given_plan import GivenPlan
from skill_stack.planner.planner import Planner

TABLE = SceneObject("table", "table", (0.3, 0.0, 0.2), 0.0, "box", (0.56, 1.0, 0.4), "brown", ("table",))
TRAY = SceneObject("tray", "tray", (0.28, 0.33, 0.41), 0.0, "box", (0.46, 0.32, 0.02), "grey", ("tray",))


def block(name: str, x: float, y: float, z: float = 0.425, colour: str = "red") -> SceneObject:
    return SceneObject(name, "box", (x, y, z), 0.0, "box", (0.05, 0.05, 0.05), colour, ("box",), True)


def scene(*things: SceneObject) -> SceneGraph:
    return SceneGraph({one.id: one for one in (TABLE, TRAY, *things)}, robot=Pose2(0.0, 0.0, 0.0))


PACKED = [block(f"b{i}{j}", 0.25 + 0.051 * i, -0.2 + 0.051 * j, colour="blue") for i in range(3) for j in range(3)]


@pytest.fixture(scope="module")
def planner() -> Planner:
    found = Resources.from_environment(os.environ)
    return Planner(load_library(found, load_robot(found.robot("gantry_allegro_right"), found)))


def planned(planner: Planner, words: str, graph: SceneGraph):
    return planner.plan(Instruction(words), graph, crowding_facts(planner.library, graph))


def test_the_free_thing_goes_first_and_nothing_is_pushed_for_it(planner):
    graph = scene(*PACKED, block("lone", 0.3, 0.08))
    plan = planned(planner, "put all the blocks on the tray", graph)
    assert plan.status == "plan", plan.reason
    skills = [node.skill for node in plan.steps]
    assert "make_room" not in skills
    assert {node.arguments["target"] for node in plan.steps if "target" in node.arguments} == {"lone"}


def test_packed_things_are_pushed_apart_before_they_are_taken(planner):
    plan = planned(planner, "clear the table", scene(*PACKED))
    skills = [node.skill for node in plan.steps]
    assert skills.index("point") < skills.index("make_room") < skills.index("reach_for")
    assert skills[skills.index("reach_for") - 1] == "shape_for"


def test_a_crowded_thing_is_pushed_free_before_it_is_picked_up(planner):
    graph = scene(*PACKED, block("lone", 0.3, 0.08))
    row = scene(block("a", 0.3, 0.0), block("b", 0.3, 0.051, colour="green"), block("c", 0.351, 0.0, colour="blue"))
    assert "make_room" in [node.skill for node in planned(planner, "pick up the red box", row).steps]
    assert "make_room" not in [node.skill for node in planned(planner, "pick up the red box", graph).steps]


def test_only_what_is_meant_is_moved_and_what_is_there_stays(planner):
    there = block("there", 0.28, 0.3, 0.445)
    graph = scene(there, block("red", 0.3, -0.1), block("green", 0.3, -0.3, colour="green"))
    step = next_placing(Clearing(TRAY, "green", count=1), graph, planner.library)
    assert step is not None and step.children[0].arguments["target"] == "green"
    x = 0.28 + float(step.children[0].arguments["x"])
    y = 0.33 + float(step.children[0].arguments["y"])
    assert max(abs(x - 0.28), abs(y - 0.3)) > 0.09, "beside what stands there"
    assert next_placing(Clearing(TRAY, "blue"), graph, planner.library) is None
    assert planned(planner, "put all the blue blocks on the tray", graph).status == "statement"


def test_a_thing_that_stays_is_left_for_others_and_given_up_at_last(planner):
    graph = scene(block("one", 0.3, -0.1), block("two", 0.3, -0.3))
    goal = Clearing(TRAY, count=2)
    first = next_placing(goal, graph, planner.library).children[0].arguments["target"]
    other = next_placing(goal.trying(first), graph, planner.library).children[0].arguments["target"]
    assert {first, other} == {"one", "two"}
    with pytest.raises(Unbuildable, match="without success"):
        next_placing(replace(goal, tried=("one", "two") * MOST), graph, planner.library)


def test_what_is_no_longer_seen_does_not_count_as_put_away(planner):
    there = [block(f"t{i}", 0.2 + 0.1 * i, 0.33, 0.445) for i in range(2)]
    assert next_placing(Clearing(TRAY, count=2), scene(*there), planner.library) is None
    with pytest.raises(Unbuildable, match="2 of the 3 things on the grey tray, the others nowhere"):
        next_placing(Clearing(TRAY, count=3), scene(*there), planner.library)


def test_a_plan_that_is_sent_may_leave_out_what_need_not_be_said(planner):
    graph = scene(block("red", 0.3, -0.1))
    text = "steps:\n- pick_up: {target: red}\n- put_down: {target: red, place: tray}\n"
    plan = GivenPlan.parse(text).plan(planner.library, graph, crowding_facts(planner.library, graph), 0.0)
    assert plan.status == "plan", plan.reason
    assert "carry_to" in [step.skill for step in plan.steps]


def test_where_the_grid_is_full_gaps_are_used_and_what_fits_goes_before_what_does_not(planner):
    there = [block(f"t{i}", 0.1 + 0.09 * i, 0.33 + 0.09 * (-1) ** i, 0.445) for i in range(5)]
    wide = replace(block("a_wide", 0.3, -0.4), size=(0.2, 0.2, 0.05))
    goal = Clearing(TRAY, count=2)
    step = next_placing(goal, scene(*there, wide, block("small", 0.3, -0.1)), planner.library).children[0]
    assert step.arguments["target"] == "small"
    put = block("put", 0.28 + float(step.arguments["x"]), 0.33 + float(step.arguments["y"]), 0.445)
    assert min(plan_gap(put, one) for one in there) >= 0.03
    with pytest.raises(Unbuildable, match="no room left on the grey tray"):
        next_placing(goal, scene(*there, wide), planner.library)


def test_without_a_place_it_asks_where(planner):
    graph = SceneGraph({one.id: one for one in (TABLE, *PACKED)}, robot=Pose2(0.0, 0.0, 0.0))
    assert planned(planner, "clear the table", graph).status == "question"
    assert "tray" in planned(planner, "put all blocks on the tray", graph).reason
