import numpy as np
import pytest

from skill_stack.core.world.fact import Fact, Literal
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.perception.search.visual_success import SceneSnapshot, judge, watch


def thing(name, x, y, z=0.05, size=0.1):
    """A box."""
    return SceneObject(name, "box", (x, y, z), 0.0, "box", (size, size, size), name.split("_")[0])


RED, BLUE, GREEN = thing("red_box", 0, 0), thing("blue_box", 0.5, 0, size=0.2, z=0.1), thing("green_box", 0, 0.5)


def shot(*things, stamp=0.0, on=(), empty=(), unseen=(), robot=None):
    """The scene as it is seen."""
    objects = {one.id: one for one in things}
    seen = {name: -1.0 if name in unseen else stamp for name in objects}
    graph = SceneGraph(objects, frozenset(Fact("on", pair) for pair in on), robot)
    return SceneSnapshot(graph, stamp, seen, frozenset(empty), np.zeros((4, 4, 3), np.uint8))


BEFORE = shot(RED, BLUE, GREEN)
ON = [Literal.parse("on(red_box, blue_box)"), Literal.parse("not on(red_box, *)")]
HELD = [Literal.parse("holding(hand, red_box)"), Literal.parse("grip(hand, closed)")]
UPON = thing("red_box", 0.5, 0, 0.25)


def test_what_was_put_there_is_seen_there():
    verdict = judge(ON, BEFORE, shot(UPON, BLUE, GREEN, stamp=2, on=[("red_box", "blue_box")]))
    assert verdict.answer == "succeeded"
    said = set(map(str, verdict.changes))
    assert "red_box moved by 54 cm" in said and "red_box is on blue_box" in said and verdict.changed == {"red_box"}
    assert len(verdict.pictures) == 2


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (shot(RED, BLUE, GREEN, stamp=2), "not on blue_box"),
        (shot(thing("red_box", 0.7, 0), BLUE, GREEN, stamp=2), "not on blue_box"),
        (shot(thing("red_box", 0, 0.5, 0.15), BLUE, GREEN, stamp=2, on=[("red_box", "green_box")]), "on green_box"),
        (shot(BLUE, GREEN, stamp=2), "nowhere to be seen"),
    ],
)
def test_what_went_wrong_is_named(after, why):
    verdict = judge(ON, BEFORE, after)
    assert verdict.answer == "failed"
    assert why in verdict.sentence


def test_what_was_not_seen_since_is_no_success():
    hidden = shot(RED, BLUE, GREEN, stamp=2, unseen=["red_box"])
    assert judge(ON, BEFORE, hidden).answer == "cannot tell"


def test_a_thing_that_is_held_stands_nowhere():
    verdict = judge(HELD, BEFORE, shot(BLUE, GREEN, stamp=2))
    assert (verdict.answer, verdict.held) == ("succeeded", ("red_box",))
    assert judge(HELD, BEFORE, shot(RED, BLUE, GREEN, stamp=2, empty=["red_box"])).answer == "succeeded"
    assert judge(HELD, BEFORE, shot(thing("red_box", 0, 0, 0.2), BLUE, stamp=2)).answer == "succeeded"
    assert judge(HELD, BEFORE, shot(RED, BLUE, GREEN, stamp=2)).answer == "failed"
    assert judge(HELD, BEFORE, shot(thing("red_box", 0.1, 0), BLUE, stamp=2)).answer == "failed"


def test_who_holds_what_was_held_before_is_not_seen():
    given = [Literal.parse("holding(anna, red_box)")]
    carried, taken, dropped = (thing("red_box", x, 0, z) for x, z in ((0.0, 0.9), (0.2, 0.85), (0.2, 0.05)))
    assert judge(given, shot(carried), shot(taken, stamp=2)).answer == "cannot tell"
    assert judge(given, shot(carried), shot(dropped, stamp=2)).answer == "failed"


def test_a_thing_that_comes_back_under_another_name_is_the_same():
    new = SceneObject("red_box_2", "box", (0.5, 0, 0.25), 0.0, "box", (0.1, 0.1, 0.1), "red")
    after = shot(new, BLUE, GREEN, stamp=2, on=[("red_box_2", "blue_box")])
    assert judge(ON, BEFORE, after).answer == "succeeded"
    assert judge(HELD, BEFORE, after).answer == "succeeded"  # higher than before


def test_only_a_thorough_look_says_that_something_is_lost():
    lost = shot(BLUE, GREEN, stamp=2)
    assert judge(ON, BEFORE, lost, thorough=False).answer == "cannot tell"
    assert judge(ON, BEFORE, lost).answer == "failed"


def test_it_looks_again_when_it_cannot_tell():
    looks = [shot(RED, BLUE, stamp=2, unseen=["red_box"]), shot(UPON, BLUE, stamp=3, on=[("red_box", "blue_box")])]
    verdict = watch(ON, BEFORE, lambda number: looks[number])
    assert verdict.answer == "succeeded" and verdict.looks == 2


def test_effects_of_the_body_alone_are_not_seen():
    verdict = judge([Literal.parse("posture(robot, standing)")], BEFORE, shot(RED, stamp=2))
    assert verdict.answer == "cannot tell" and not verdict.checks
    assert judge([Literal.parse("open(door_1, wide)")], BEFORE, shot(RED, stamp=2)).answer == "cannot tell"


def test_near_and_facing_follow_from_where_things_are_seen():
    effects = [Literal.parse("near(robot, red_box)"), Literal.parse("facing(robot, red_box)")]
    assert judge(effects, BEFORE, shot(RED, stamp=2, robot=Pose2(-0.4, 0.0, 0.0))).answer == "succeeded"
    assert judge(effects, BEFORE, shot(RED, stamp=2, robot=Pose2(-3.0, 0.0, 0.0))).answer == "failed"
    assert judge(effects, BEFORE, shot(RED, stamp=2)).answer == "cannot tell"


def test_a_place_is_reached_or_not():
    spot = SceneObject("spot", "place", (1.0, 0.0, 0.0), 0.0, "point")
    effects = [Literal.parse("at(red_box, spot)")]
    there, short = thing("red_box", 1.02, 0), thing("red_box", 0.6, 0)
    assert judge(effects, BEFORE, shot(there, BLUE, spot, stamp=2)).answer == "succeeded"
    verdict = judge(effects, BEFORE, shot(short, BLUE, spot, stamp=2))
    assert verdict.answer == "failed" and "40 cm from spot" in verdict.sentence


def test_a_thing_is_at_another_one_where_they_touch():
    effects = [Literal.parse("at(red_box, blue_box)")]
    beside, apart = thing("red_box", 0.61, 0), thing("red_box", 0.75, 0)
    goal = thing("blue_box", 0.5, 0)
    assert judge(effects, BEFORE, shot(beside, goal, stamp=2)).answer == "succeeded"
    assert judge(effects, BEFORE, shot(apart, goal, stamp=2)).answer == "failed"


def test_a_carrier_that_is_taken_for_part_of_what_it_bears_is_still_one():
    blurred = thing("red_box", 0.5, 0, 0.2, size=0.2)  # its upper half is the box, the lower one what bears it
    assert judge(ON, BEFORE, shot(blurred, BLUE, GREEN, stamp=2)).answer == "succeeded"
    beside = thing("red_box", 0.7, 0, 0.1, size=0.2)
    assert judge(ON, BEFORE, shot(beside, BLUE, GREEN, stamp=2)).answer == "failed"


def test_two_that_are_seen_as_one_are_higher_by_what_was_put_on():
    from dataclasses import replace

    before = replace(BEFORE, tops={"blue_box": 0.2, "red_box": 0.1})
    lost = shot(BLUE, GREEN, stamp=2)
    assert judge(ON, before, replace(lost, tops={"blue_box": 0.3})).answer == "succeeded"
    assert judge(ON, before, replace(lost, tops={"blue_box": 0.2})).answer == "failed"


def test_a_thing_in_another_light_is_recognised_where_only_it_is_new():
    brown = SceneObject("brown_box", "box", (0.5, 0, 0.25), 0.0, "box", (0.1, 0.1, 0.1), "brown")
    verdict = judge(ON, BEFORE, shot(brown, BLUE, GREEN, stamp=2, on=[("brown_box", "blue_box")]))
    assert verdict.answer == "succeeded"
    green = SceneObject("yellow_box", "box", (0.5, 0, 0.25), 0.0, "box", (0.1, 0.1, 0.1), "yellow")
    assert judge(ON, BEFORE, shot(green, BLUE, GREEN, stamp=2, on=[("yellow_box", "blue_box")])).answer == "failed"


BROUGHT = [Literal.parse(f"{one}(robot, anna)") for one in ("near", "facing")] + [Literal.parse("at(box, anna)")]


def stated(seen, box, on=(), stamp=0.0, robot=None):
    """What perception saw, by its own names, with a person and a box that the map states, and where that was seen."""
    anna = SceneObject("anna", "person", (3.0, 0.0, 0.85), 0.0, "cylinder", (0.4, 0.4, 1.7))
    crate = SceneObject("box", "box", box, 0.0, "box", (0.24, 0.24, 0.24), "red", movable=True, last_seen=stamp)
    return shot(*seen, stamp=stamp, robot=robot).with_stated([anna, crate], [Fact("on", pair) for pair in on])


@pytest.mark.parametrize(
    ("box", "on", "robot", "answer"),
    [
        ((2.5, 0.0, 0.9), (), Pose2(2.1, 0.0, 0.0), "succeeded"),  # held out at arm's length
        ((2.5, 0.0, 0.9), [("box", "stand")], Pose2(2.1, 0.0, 0.0), "failed"),  # stands on something there
        ((2.5, 0.0, 0.9), (), Pose2(2.1, 0.0, 2.0), "failed"),  # turned away
        ((1.0, 0.0, 0.9), (), Pose2(0.6, 0.0, 0.0), "failed"),  # far from the person
    ],
)
def test_what_the_map_states_is_judged_by_its_stated_name(box, on, robot, answer):
    before = stated([BLUE], (0.0, 2.0, 0.8), [("box", "stand")], 1.0)
    verdict = judge(BROUGHT, before, stated([BLUE], box, on, 2.0, robot))
    assert verdict.answer == answer and "nobody knows" not in verdict.sentence


def test_who_stands_before_one_end_of_a_table_faces_it():
    table = SceneObject("table", "table", (1.0, 0.5, 0.3), 0.0, "box", (0.7, 1.4, 0.6))
    facing = [Literal.parse("facing(robot, table)")]
    for robot, answer in ((Pose2(0.3, 0.0, 0.0), "succeeded"), (Pose2(0.3, 0.0, -0.8), "failed")):
        assert judge(facing, shot(table), shot(table, stamp=2.0, robot=robot)).answer == answer
