"""Points that networks gave: the thing there, and the argument of a skill."""

import os

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.runtime.line.pointed_out import pointed_out, skill_arguments

TABLE = SceneObject("table", "table", (0.3, 0.0, 0.2), 0.5, "box", (0.6, 1.0, 0.4))
MUG = SceneObject("red_mug", "mug", (0.3, 0.1, 0.45), 0.0, "cylinder", (0.08, 0.08, 0.1))
SCENE = SceneGraph({one.id: one for one in (TABLE, MUG)})


@pytest.fixture(scope="module")
def library():
    found = Resources.from_environment(os.environ)
    return load_library(found, load_robot(found.robot("gantry_allegro_right"), found))


@pytest.mark.parametrize(
    ("point", "thing"),
    [
        ((0.26, 0.1, 0.47), "red_mug"),  # its side
        ((0.3, 0.1, 0.5), "red_mug"),  # its top
        ((0.265, 0.1, 0.405), "red_mug"),  # its foot, which is on the table too
        ((0.3, -0.2, 0.402), "table"),
        ((0.3, -0.2, 0.6), ""),
        ((0.85, 0.0, 0.4), ""),
    ],
)
def test_the_smallest_thing_at_the_point_is_meant(point, thing):
    assert pointed_out(point, SCENE).thing == thing


def test_a_thing_is_the_argument_and_a_spot_its_offset(library):
    meant = pointed_out((0.26, 0.1, 0.47), SCENE)
    assert skill_arguments(library["pick_up"], meant, {}) == {"target": "red_mug"}
    spot = pointed_out((0.35, -0.2, 0.4), SCENE)
    arguments = skill_arguments(library["set_at"], spot, {"target": "red_mug", "heading": 0.5})
    assert arguments == {"target": "red_mug", "heading": 0.5, "place": "table", "x": 0.05, "y": -0.2}


def test_what_cannot_be_is_said(library):
    nothing = pointed_out((0.3, -0.2, 0.9), SCENE)
    with pytest.raises(DataError, match="nothing is known at 0.300 -0.200 0.900 m that 'pick_up'"):
        skill_arguments(library["pick_up"], nothing, {})
    with pytest.raises(DataError, match="no object that a point could name"):
        skill_arguments(library["open_hand"], pointed_out((0.3, 0.1, 0.5), SCENE), {})
