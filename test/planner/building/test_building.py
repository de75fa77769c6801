"""Structures of what is seen: bound, tried, placed in order, repaired, or refused with the reason."""

import os
from dataclasses import replace

import pytest

from skill_stack.core.instruction import Instruction
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.hardware.mujoco.standing_check import first_to_fall
from skill_stack.planner import Planner
from skill_stack.planner.building.remaining import fallen, remaining

TOP = 0.4


def thing(name, colour, x, y, size=(0.05, 0.05, 0.05), shape="box", z=TOP):
    kind = "ball" if shape == "sphere" else "box"
    return SceneObject(name, kind, (x, y, z + size[2] / 2), 0.0, shape, size, colour)


TABLE = SceneObject("table", "table", (0.3, 0.0, 0.2), 0.0, "box", (0.56, 0.84, 0.4), "brown")
THINGS = (
    TABLE, thing("red", "red", 0.2, 0.25), thing("green", "green", 0.2, 0.0), thing("blue", "blue", 0.2, -0.25),
    thing("ball", "yellow", 0.42, -0.1, (0.06, 0.06, 0.06), "sphere"),
)  # fmt: skip


def scene(*changed):
    return SceneGraph({one.id: one for one in (*THINGS, *changed)}, frozenset(), Pose2(0.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def library():
    resources = Resources.from_environment(os.environ)
    return load_library(resources, load_robot(resources.robot("gantry_allegro_right"), resources))


@pytest.fixture(scope="module")
def plan(library):
    planner = Planner(library, falls=first_to_fall)
    return lambda words: planner.plan(Instruction(words), scene(), frozenset())


def placings(tree):
    return [
        (node.arguments["target"], node.arguments["place"]) for node in tree.every_skill() if node.skill == "set_at"
    ]


def carried(plan):
    return [(node.arguments["target"], node.arguments["place"]) for node in plan.steps if node.skill == "carry_to"]


def test_a_tower_is_planned_from_below(plan):
    made = plan("build a tower of three, red on top")
    first, last = carried(made)
    assert made.status == "plan" and last == ("red", first[0]) and made.building is not None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("build a tower of four blocks", "needs 4 of 'block', and I see only 3"),
        ("stack the red block on the yellow ball", "in simulation the red box falls"),
        ("build a tower of two purple blocks", "I see none"),
        ("blocks:\n- {name: a, on: [a]}\n", "rest on one another"),
    ],
)
def test_what_cannot_be_built_is_refused_with_the_reason(plan, words, why):
    made = plan(words)
    assert made.status == "refusal" and why in made.reason


def test_what_fell_is_placed_again_and_nothing_else(plan, library):
    building = plan("build a tower of three, red on top").building
    below = [one.id for one in building.built()]
    now = [replace(building.things[name], position=one.position, yaw=one.yaw)
           for name, one in zip(building.places, building.built())]  # fmt: skip
    assert remaining(building, scene(*now), library) is None
    off = replace(now[2], position=(0.45, 0.2, TOP + 0.025))
    assert fallen(building, scene(*now[:2], off), frozenset(below)) == "the red box no longer stands there"
    assert placings(remaining(building, scene(*now[:2], off), library)) == [("red", below[1])]


def test_what_lies_where_a_block_goes_is_put_aside_first(plan, library):
    building = plan("build a tower of three, red on top").building
    low = building.built()[0]
    on_it = replace(THINGS[-1], position=(*low.position[:2], TOP + 0.08))
    first, *rest = placings(remaining(building, scene(low, on_it), library))
    assert first == ("ball", "table") and [target for target, _ in rest] == [one.id for one in building.built()[1:]]


def test_a_block_that_is_known_by_another_name_is_found_by_its_looks(plan, library):
    building = plan("stack the red block on the blue block").building
    objects = {name: one for name, one in scene().objects.items() if name != "red"}
    other = SceneGraph({**objects, "red_2": replace(THINGS[1], id="red_2")}, frozenset(), Pose2(0.0, 0.0, 0.0))
    assert placings(remaining(building, other, library)) == [("red_2", "blue")]
