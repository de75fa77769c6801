"""Stated and seen scenes together."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.core.world.fact import Fact
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.perception.scene.scene_merging import merge, with_followed, with_rooms


def ball(name, x, colour="red", kind="ball", **more):
    return SceneObject(name, kind, (x, 0.0, 0.1), shape="sphere", size=(0.2, 0.2, 0.2), colour=colour, **more)


def scene(*things, facts=()):
    return SceneGraph({one.id: one for one in things}, frozenset(facts))


def test_a_stated_thing_keeps_its_name_and_is_where_it_is_seen() -> None:
    merged = merge(scene(ball("bobs_ball", 1.0, kind="football", names=("bob",))), scene(ball("red_ball", 1.3)))
    (one,) = merged.things
    assert (one.id, one.kind, one.names, one.position[0]) == ("bobs_ball", "football", ("bob",), 1.3)


def test_what_is_followed_keeps_its_stated_name_wherever_it_is_carried() -> None:
    stated, followed = scene(ball("bobs_ball", 1.0, movable=True), ball("post", 3.0, "blue")), {}
    for x in (1.2, 1.6, 2.4):
        merged = merge(stated, scene(ball("red_ball", x), ball("blue_ball", 3.0, "blue")), known=followed)
        assert set(merged.objects) == {"bobs_ball", "post"} and merged["bobs_ball"].position[0] == x
        assert followed == {"red_ball": "bobs_ball"}, "what cannot be moved is known by its place"
    merged = merge(stated, scene(), known=followed)
    assert merged["bobs_ball"].position[0] == 1.0 and not followed
    assert "red_ball" in merge(stated, scene(ball("red_ball", 2.4)), known=followed).objects


def test_other_colours_and_places_far_off_are_other_things() -> None:
    seen = scene(ball("red_ball", 3.0), ball("green_ball", 0.0, "green"))
    merged = merge(scene(ball("a", 0.0), ball("b", 0.2, "blue")), seen)
    assert set(merged.objects) == {"a", "b", "red_ball", "green_ball"}


def test_what_stands_on_a_stated_thing_of_nearly_its_colour_is_not_that_thing() -> None:
    desk = SceneObject("desk", "desk", (0.0, 0.0, 0.35), shape="box", size=(0.6, 1.1, 0.7), colour="orange")
    box = SceneObject("yellow_box", "box", (0.0, 0.0, 0.87), shape="box", size=(0.3, 0.15, 0.34), colour="yellow")
    top = replace(desk, id="orange_table", kind="table", position=(0.05, 0.1, 0.35))
    merged = merge(scene(desk), scene(box, top, facts=[Fact("on", ("yellow_box", "orange_table"))]))
    assert set(merged.objects) == {"desk", "yellow_box"} and Fact("on", ("yellow_box", "desk")) in merged.facts


def test_a_name_that_is_taken_is_numbered_and_facts_follow() -> None:
    seen = scene(ball("red_ball", 3.0), ball("cup", 3.0, "blue"), facts=[Fact("on", ("cup", "red_ball"))])
    merged = merge(scene(ball("red_ball", 0.0), facts=[Fact("on", ("cup", "shelf"))]), seen)
    assert merged.objects["red_ball"].position[0] == 0.0 and merged.objects["red_ball_2"].position[0] == 3.0
    assert merged.facts == {Fact("on", ("cup", "red_ball_2"))}, "what is seen counts before what was stated"


def leaf(name, **more):
    return SceneObject(name, "door", (1.0, 0.0, 0.3), 0.2, "box", (1.0, 0.04, 0.6), "brown", **more)


def test_a_leaf_with_a_hinge_turns_about_it_and_a_box_beside_it_is_another_thing() -> None:
    told = leaf("door", hinge=(-0.5, 0.0), swing=(0.0, 1.5), movable=True)
    merged = merge(scene(told), scene(replace(told.turned(1.2), last_seen=3.0), leaf("brown_box")))
    assert set(merged.objects) == {"door", "brown_box"}
    assert merged["door"].opened == pytest.approx(1.2) and merged["door"].last_seen == 3.0
    assert (merged["door"].axis.x, merged["door"].axis.y) == pytest.approx((told.axis.x, told.axis.y))


def test_a_lid_is_as_far_open_as_was_measured_and_what_lies_there_is_not_taken_for_it() -> None:
    told = SceneObject(
        "lid", "lid", (1.0, 0.0, 0.6), 0.2, "box", (0.2, 0.2, 0.02), "red", movable=True, mass=0.2, lifted=0.0
    )
    beside = replace(told, id="red_box", position=(1.1, 0.0, 0.5), size=(0.16, 0.2, 0.2), lifted=None)
    merged = merge(scene(told), scene(replace(told, lifted=1.2, last_seen=3.0), beside), fixed=True)
    assert set(merged.objects) == {"lid", "red_box"} and merged["lid"].position == told.position
    assert (merged["lid"].lifted, merged["lid"].last_seen) == (1.2, 3.0)
    assert merge(scene(told), scene(beside), fixed=True)["lid"] == told, "what is not measured stays as it was"


def test_walls_of_a_fixed_map_are_as_it_states_them() -> None:
    wall = SceneObject("wall_1", "wall", (0.0, 0.0, 0.5), 0.0, "box", (6.0, 0.1, 1.0))
    assert set(merge(scene(ball("a", 1.0)), scene(wall), fixed=True).objects) == {"a"}
    assert set(merge(scene(ball("a", 1.0)), scene(wall)).objects) == {"a", "wall_1"}
    end = SceneObject("grey_cylinder", "cylinder", (3.05, 0.0, 0.2), 0.0, "cylinder", (0.1, 0.1, 0.4), "grey")
    crate = SceneObject("grey_box", "box", (1.0, 0.25, 0.2), 0.0, "box", (0.4, 0.4, 0.4), "grey")
    stated = scene(replace(wall, id="north"))
    assert set(merge(stated, scene(end, crate), fixed=True).objects) == {"north", "grey_box"}


places = st.lists(st.floats(-5, 5), max_size=5, unique=True)


@given(stated=places, found=places)
def test_nothing_is_lost_and_nothing_is_there_twice(stated, found) -> None:
    first = scene(*(ball(f"s{i}", x) for i, x in enumerate(stated)))
    second = scene(*(ball(f"f{i}", x) for i, x in enumerate(found)))
    merged = merge(first, second)
    assert set(first.objects) <= set(merged.objects)
    assert max(len(stated), len(found)) <= len(merged.objects) <= len(stated) + len(found)
    assert {round(one.position[0], 9) for one in second.objects.values()} <= {
        round(one.position[0], 9) for one in merged.objects.values()
    }


def room(name, x, width):
    return SceneObject(name, "place", (x, 0.0, 0.0), shape="point", size=(width, 4.0, 0.0))


def test_what_stands_within_a_room_is_in_it_and_in_the_smallest_of_several() -> None:
    told = [Fact("in", ("red_ball", "hall")), Fact("in", ("cup", "cupboard"))]
    whole = scene(room("hall", 0.0, 10.0), room("kitchen", 2.0, 3.0), ball("red_ball", 2.0), ball("cup", -3.0),
                  ball("far", 9.0), facts=told)  # fmt: skip
    facts = with_rooms(whole).facts
    assert Fact("in", ("red_ball", "kitchen")) in facts and Fact("in", ("red_ball", "hall")) not in facts
    assert Fact("in", ("cup", "hall")) in facts and Fact("in", ("cup", "cupboard")) in facts
    assert not [fact for fact in facts if fact.arguments[0] == "far"]


def test_a_place_without_an_extent_holds_nothing() -> None:
    whole = scene(SceneObject("start", "place", (0.0, 0.0, 0.0), shape="point"), ball("red_ball", 0.0))
    assert with_rooms(whole).facts == frozenset()


def test_what_corrects_the_robot_s_place_stays_where_it_is_stated():
    post = SceneObject("post", "post", (2.0, 0.0, 0.5), 0.0, "cylinder", (0.2, 0.2, 1.0), "red")
    box = SceneObject("box", "box", (1.0, 1.0, 0.1), 0.0, "box", (0.2, 0.2, 0.2), "blue", movable=True)
    seen = [replace(post, id="red_cylinder", position=(2.1, 0.1, 0.4), last_seen=3.0),
            replace(box, id="blue_box", position=(1.1, 1.0, 0.1), last_seen=3.0)]  # fmt: skip
    found = merge(SceneGraph({"post": post, "box": box}), SceneGraph({one.id: one for one in seen}), fixed=True)
    assert found["post"] == replace(post, last_seen=3.0)
    assert found["box"].position == (1.1, 1.0, 0.1)


def test_what_fills_the_place_of_a_stated_thing_is_that_whatever_its_colour():
    table = SceneObject("table", "table", (0.3, 0.0, 0.2), 0.0, "box", (0.56, 1.0, 0.4), "brown")
    seen = replace(table, id="white_table", position=(0.315, -0.009, 0.21), size=(0.55, 0.99, 0.417), colour="white")
    lower = replace(seen, position=(0.3, 0.0, 0.1), size=(0.55, 0.99, 0.2))
    assert set(merge(scene(table), scene(seen), fixed=True).objects) == {"table"}
    assert len(merge(scene(table), scene(lower), fixed=True).objects) == 2


def test_what_is_followed_by_its_stated_name_is_where_it_is_seen_and_as_stated_otherwise() -> None:
    ball = SceneObject("ball", "ball", (1.0, 0.0, 0.15), shape="sphere", size=(0.3,) * 3, names=("pill",), movable=True)
    table = SceneObject("table", "table", (3.0, 0.0, 0.4))
    seen = replace(ball, position=(9.0, 1.0, 0.15), last_seen=7.0, names=())
    blind = Fact("stale", ("ball",))
    known = SceneGraph({"ball": ball, "table": table}, frozenset({Fact("mine", ("ball",))}))
    merged = with_followed(known, SceneGraph({"ball": seen, "other": seen}, frozenset({blind})))
    assert merged["ball"] == replace(ball, position=(9.0, 1.0, 0.15), last_seen=7.0) and merged["table"] == table
    assert set(merged.objects) == {"ball", "table"} and blind in merged.facts and len(merged.facts) == 2
