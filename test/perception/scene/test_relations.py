"""Left, right, before and behind for a viewer, for a thing itself, and on the map."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.world.scene import Pose2
from skill_stack.perception.scene.relations import SIDES, side_in

ORIGIN = np.zeros(3)
AHEAD, LEFT = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])


@pytest.mark.parametrize(
    ("frame", "place", "side"),
    [
        ("viewer", LEFT, "left"), ("viewer", -LEFT, "right"), ("viewer", AHEAD, "behind"), ("viewer", -AHEAD, "front"),
        ("object", LEFT, "left"), ("object", -LEFT, "right"), ("object", AHEAD, "front"), ("object", -AHEAD, "behind"),
        ("world", LEFT, "left"), ("world", AHEAD, "behind"),
    ],
)  # fmt: skip
def test_sides_of_a_thing_that_faces_along_x(frame, place, side) -> None:
    assert side_in(frame, place, ORIGIN, 0.0, Pose2(-2.0, 0.0, 0.0)) == side


def test_opposite_viewers_see_opposite_sides() -> None:
    sides = [side_in("viewer", LEFT, ORIGIN, 0.3, Pose2(x, 0.0, 0.0)) for x in (-2.0, 2.0)]
    assert sides == ["left", "right"]


@settings(max_examples=60, deadline=None)
@given(st.floats(-3.1, 3.1), st.floats(-3.1, 3.1), st.floats(-5, 5), st.floats(-5, 5))
def test_the_own_sides_of_a_thing_turn_with_it_whoever_looks(yaw, bearing, x, y) -> None:
    place = np.array([math.cos(bearing), math.sin(bearing), 0.0])
    turned = np.array([math.cos(bearing + yaw), math.sin(bearing + yaw), 0.0])
    if min(abs(math.sin(2 * bearing) ** 2 - 1.0), 1.0) < 1e-6:
        return  # exactly between two sides
    side = side_in("object", place, ORIGIN, 0.0, None)
    assert side_in("object", turned, ORIGIN, yaw, Pose2(x, y, 0.0)) == side and side in SIDES


def test_without_a_viewer_the_map_counts() -> None:
    assert side_in("viewer", LEFT, ORIGIN, 1.0, None) == side_in("world", LEFT, ORIGIN, 1.0, None) == "left"
