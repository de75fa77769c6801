"""Relations in three frames, distances of solids, and what hides what."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.spatial import relations, solids
from skill_stack.core.spatial.relations import COMPASS, SIDES, Viewing, margin, related, side_of
from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import Pose2, SceneObject

VIEWER = Pose2(-2.0, 0.0, 0.0)
PLACES = {"ahead": (1.0, 0.0), "back": (-1.0, 0.0), "left": (0.0, 1.0), "right": (0.0, -1.0)}


def thing(name="box", x=0.0, y=0.0, z=None, size=(0.2, 0.2, 0.2), yaw=0.0, kind="box", shape="box"):
    return SceneObject(name, kind, (x, y, size[2] / 2 if z is None else z), yaw, shape, size)


CHAIR = thing("chair", kind="chair")


@pytest.mark.parametrize(
    ("frame", "place", "side"),
    [
        ("viewer", "left", "left"), ("viewer", "right", "right"), ("viewer", "ahead", "behind"),
        ("viewer", "back", "front"), ("own", "left", "left"), ("own", "right", "right"), ("own", "ahead", "front"),
        ("own", "back", "behind"), ("world", "left", "left"), ("world", "ahead", "behind"),
    ],
)  # fmt: skip
def test_sides_of_a_chair_that_faces_away_from_the_viewer(frame, place, side):
    assert side_of(thing("ball", *PLACES[place]), CHAIR, Viewing(frame, VIEWER)) == side


def test_the_own_side_counts_of_what_has_a_front_and_of_others_where_somebody_says_so():
    ball, box = thing("ball", *PLACES["ahead"]), thing("box")
    assert side_of(ball, box, Viewing("own", VIEWER)) == "behind", "a box has no front"
    assert side_of(ball, box, Viewing("own", VIEWER, said=True)) == "front"
    assert relations.framed("left", CHAIR) and not relations.framed("left", box) and not relations.framed("on", CHAIR)


@settings(max_examples=60, deadline=None)
@given(st.floats(-3.1, 3.1), st.floats(-3.1, 3.1), st.floats(-5, 5), st.floats(-5, 5))
def test_the_own_sides_of_a_thing_turn_with_it_whoever_looks(yaw, bearing, x, y):
    if abs(math.sin(2 * bearing)) > 0.999:
        return  # exactly between two sides
    straight = thing("ball", math.cos(bearing), math.sin(bearing))
    turned = thing("ball", math.cos(bearing + yaw), math.sin(bearing + yaw))
    there = thing("chair", yaw=yaw, kind="chair")
    assert side_of(straight, CHAIR, Viewing("own")) == side_of(turned, there, Viewing("own", Pose2(x, y, 0.0)))


@settings(max_examples=40, deadline=None)
@given(st.floats(-3.1, 3.1), st.sampled_from(sorted(SIDES)))
def test_exactly_one_side_holds_and_its_opposite_does_not(bearing, side):
    if abs(abs(math.sin(2 * bearing)) - 1) < 1e-6:
        return
    ball = thing("ball", math.cos(bearing), math.sin(bearing))
    holding = [one for one in SIDES if margin(one, ball, [CHAIR], Viewing("viewer", VIEWER)) >= 0]
    assert len(holding) == 1
    world = [one for one in COMPASS if margin(one, ball, [CHAIR], Viewing()) >= 0]
    assert len(world) == 1


def test_left_of_a_body_is_its_own_and_wide():
    robot = relations.body_of(Pose2(0.0, 0.0, math.pi / 2))
    assert margin("left", thing("ball", -1.0, 1.0), [robot], Viewing("viewer", VIEWER)) >= 0
    ahead = thing("ball", 0.02, 1.0)
    assert margin("left", ahead, [robot], Viewing()) < 0 <= margin("front", ahead, [robot], Viewing())


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        (thing(), thing(x=1.0), 0.8),
        (thing(shape="sphere"), thing(x=1.0, shape="sphere"), 0.8),
        (thing(shape="cylinder"), thing(x=1.0), 0.8),
        (thing(), thing(x=1.0, yaw=math.pi / 4), 0.9 - 0.1 * math.sqrt(2)),
        (thing(), thing(z=0.5), 0.2),
        (thing(shape="sphere"), thing(x=0.5, z=0.5, shape="sphere"), math.hypot(0.5, 0.4) - 0.2),
        (thing(size=(1.0, 1.0, 1.0)), thing(x=0.3), 0.0),
        (thing(size=(2.0, 0.02, 0.2)), thing(size=(0.02, 2.0, 0.2), yaw=0.1), 0.0),
    ],
)
def test_distances_are_between_surfaces(one, other, away):
    assert solids.gap(one, other) == pytest.approx(away, abs=1e-6) == solids.gap(other, one)


def test_a_button_in_the_side_of_a_box_is_on_it_and_a_ball_beside_it_is_not():
    box = thing("box", size=(0.4, 0.5, 1.0))
    button = thing("button", x=0.2, z=0.8, size=(0.06, 0.06, 0.06), shape="sphere")
    assert margin("on", button, [box], Viewing()) > 0
    ball = thing("ball", x=0.24, z=0.8, size=(0.06, 0.06, 0.06))
    for other in (ball, thing("low", x=0.2, z=0.05), thing("inside", z=0.5)):
        assert margin("on", other, [box], Viewing()) < 0, other.id


def test_on_in_under_and_beside():
    table, cup = thing("table", size=(1.0, 1.0, 0.7)), thing("cup", 0.2, 0.2, z=0.8, size=(0.1, 0.1, 0.2))
    below, near = thing("ball", 0.1, 0.0, size=(0.2, 0.2, 0.2)), thing("bin", 0.9, 0.0)
    holds = {name: margin(name, cup, [table], Viewing()) >= 0 for name in ("on", "under", "beside", "above")}
    assert holds == {"on": True, "under": False, "beside": False, "above": False}
    assert margin("under", below, [table], Viewing()) >= 0 and margin("beside", near, [table], Viewing()) >= 0
    told = Viewing(facts=frozenset({Fact("on", ("cup", "shelf"))}))
    assert margin("on", cup, [table], told) < 0, "a fact counts more"
    assert relations.support(cup, [table, near]) == "table" and relations.support(near, [table]) == ""


def test_between_fits_and_facing():
    a, b, c = thing("a"), thing("b", 2.0), thing("c", 1.0, 0.2)
    assert margin("between", c, [a, b], Viewing()) >= 0 > margin("between", thing("d", 1.0, 1.0), [a, b], Viewing())
    close = [a, thing("e", 0.35)]
    assert margin("fits_between", c, [a, b], Viewing()) >= 0 > margin("fits_between", c, close, Viewing())
    crate = thing("crate", size=(0.3, 0.5, 0.2))
    assert margin("fits_in", thing(size=(0.6, 0.2, 0.2)), [crate], Viewing()) >= 0, "standing on end"
    assert margin("fits_in", thing(size=(0.6, 0.4, 0.4)), [crate], Viewing()) < 0
    ahead, aside = thing("w", 2.0, 0.5), thing("w", 0.0, 2.0)
    assert margin("facing", CHAIR, [ahead], Viewing()) >= 0 > margin("facing", CHAIR, [aside], Viewing())


def test_what_stands_before_a_thing_hides_it():
    ball, screen = thing("ball", 2.0), thing("screen", 1.0, size=(0.1, 1.0, 1.0))
    see = Viewing("viewer", Pose2(0.0, 0.0, 0.0), solids=(ball, screen))
    alone = Viewing("viewer", see.viewer, solids=(ball,))
    assert margin("visible", ball, [], see) < 0 <= margin("visible", ball, [], alone)
    assert margin("visible", screen, [], see) >= 0
    assert solids.hiding((0.0, 0.0, 2.5), ball, (ball, screen)) is None, "from above it is in sight"
    behind = Viewing("viewer", Pose2(0.0, 0.0, math.pi))
    assert margin("visible", ball, [], behind) < 0, "it is behind the viewer"


def test_without_a_viewer_the_map_counts():
    ball = thing("ball", *PLACES["left"])
    assert side_of(ball, CHAIR, Viewing("viewer")) == side_of(ball, CHAIR, Viewing("world")) == "left"


def test_of_several_the_likeliest_is_first_and_a_vague_one_counts_where_none_is_clear():
    near, far, vague = thing("near", 0.1, 0.6), thing("far", 0.0, 1.5), thing("vague", 1.0, 0.7)
    view = Viewing("viewer", VIEWER)
    assert [one.id for one in related("left", [far, near, vague], [CHAIR], view)] == ["near", "far"]
    assert [one.id for one in related("left", [vague], [CHAIR], view)] == ["vague"]
    assert related("left", [thing("other", 0.0, -1.0)], [CHAIR], view) == []
    assert [one.id for one in related("far", [near, far], [CHAIR], view)] == ["far", "near"]
