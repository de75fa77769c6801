"""Who goes first through a doorway, where the other one waits, and where there is room for both."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.connector.paths.object_outline import Outlines
from skill_stack.connector.team.right_of_way import Course, PassageClaim, has_to_wait, narrow, refuge
from skill_stack.core.world.scene import SceneObject

WIDTH, CLEARANCE = 1.0, 0.3


def doorway(width):
    walls = [
        SceneObject(f"wall {side}", "wall", (0.0, side * (2.0 + width / 2), 0.5), 0.0, "box", (0.1, 4.0, 1.0))
        for side in (-1, 1)
    ]
    return Outlines.from_objects(walls)


def course(*points):
    return Course.from_path(points[0], points[1:])


@pytest.mark.parametrize(("width", "is_narrow"), [(0.8, True), (1.2, True), (1.9, False)])
def test_a_doorway_is_narrow_where_two_do_not_fit(width, is_narrow):
    through = course((-2.0, 0.0), (2.0, 0.0))
    found = narrow(through, doorway(width), CLEARANCE, WIDTH)
    assert found.any() == is_narrow
    assert not found[np.abs(through.points[:, 0]) > 0.6].any(), "only in the doorway"


def test_a_wall_on_one_side_is_no_narrow_place():
    wall = SceneObject("wall", "wall", (0.0, 0.5, 0.5), 0.0, "box", (6.0, 0.1, 1.0))
    assert not narrow(course((-2.0, 0.0), (2.0, 0.0)), Outlines.from_objects([wall]), CLEARANCE, WIDTH).any()
    assert not narrow(course((-2.0, 0.0), (2.0, 0.0)), Outlines.from_objects([]), CLEARANCE, WIDTH).any()


names = st.sampled_from([("ada", "bolt"), ("rex", "ada")])
distances = st.floats(0.0, 5.0)


@given(names, distances, distances, st.booleans(), st.booleans())
def test_of_two_always_exactly_one_waits(both, a, b, first_yields, second_yields):
    one = PassageClaim(both[0], a, (both[1],) if first_yields else ())
    other = PassageClaim(both[1], b, (both[0],) if second_yields else ())
    assert has_to_wait(one, other) != has_to_wait(other, one)


def test_who_is_inside_goes_on_then_who_was_let_go_then_the_nearer_then_the_name():
    assert not has_to_wait(PassageClaim("rex", 0.1), PassageClaim("ada", 1.0, ()))
    assert has_to_wait(PassageClaim("ada", 1.0, ("rex",)), PassageClaim("rex", 2.0))
    assert has_to_wait(PassageClaim("ada", 2.0), PassageClaim("rex", 1.0))
    assert has_to_wait(PassageClaim("rex", 1.0), PassageClaim("ada", 1.3)), "about as near: the name decides"


def test_a_refuge_is_off_the_path_on_the_same_side():
    corner = refuge(doorway(1.0), (-1.0, 0.0), [course((1.5, 0.0), (-3.0, 0.0))], 1.1, CLEARANCE)
    assert corner is not None and corner[0] < 0.0
    sides = [(0.0, 0.5, (5.0, 0.1, 1.0)), (0.0, -0.5, (5.0, 0.1, 1.0))]
    ends = [(-2.5, 0.0, (0.1, 1.1, 1.0)), (2.5, 0.0, (0.1, 1.1, 1.0))]
    corridor = Outlines.from_objects(
        SceneObject(str(n), "wall", (x, y, 0.5), 0.0, "box", size) for n, (x, y, size) in enumerate(sides + ends)
    )
    assert refuge(corridor, (0.0, 0.0), [course((2.0, 0.0), (-2.0, 0.0))], 1.1, CLEARANCE) is None


def test_a_course_ends_where_the_path_does_or_out_of_sight():
    assert course((0.0, 0.0), (1.0, 0.0), (1.0, 0.2)).points[-1] == pytest.approx((1.0, 0.2))
    assert course((0.0, 0.0), (50.0, 0.0)).along[-1] <= 5.0
    assert len(Course.from_path((1.0, 2.0), ()).points) == 1
