"""What a recorder notes of a scene, and what was where before."""

from dataclasses import replace

from skill_stack.core.spatial.history import SETTLING, SceneRecorder, room_of
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject

BALL = SceneObject("ball", "ball", (1.0, 0.0, 0.1), size=(0.2, 0.2, 0.2))
BOX = SceneObject("box", "box", (2.0, 0.0, 0.1), size=(0.2, 0.2, 0.2))


def moved(thing, x):
    return replace(thing, position=(x, 0.0, 0.1))


def recorded(*scenes):
    recorder = SceneRecorder()
    for number, things in enumerate(scenes):
        recorder.take({one.id: one for one in things}, 10.0 * number)
    return recorder.history(10.0 * len(scenes))


def test_what_moves_comes_and_goes_is_told_once():
    history = recorded((BALL, BOX), (moved(BALL, 1.5), BOX), (moved(BALL, 2.5), replace(BOX, id="crate", colour="red")))
    told = {(one.change, one.name) for one in history.since(0.0)}
    assert told == {("moved", "ball"), ("removed", "box"), ("appeared", "crate")}
    then = history.things_at(5.0, {"ball": moved(BALL, 2.5), "crate": replace(BOX, id="crate", colour="red")})
    assert then == {"ball": BALL, "box": BOX}


def test_the_only_one_that_is_gone_and_the_only_new_one_of_the_same_looks_are_one_that_moved():
    crate = replace(BOX, id="box_2", position=(5.0, 0.0, 0.1))
    history = recorded((BALL, BOX), (BALL, crate))
    assert [(one.change, one.name) for one in history.since(0.0)] == [("moved", "box_2")]
    assert history.things_at(5.0, {"ball": BALL, "box_2": crate})["box_2"].position == BOX.position
    ball = replace(crate, id="ball_2", shape="sphere", size=(0.2, 0.1, 0.1))
    other_shape = recorded((BOX,), (ball,))
    assert [(one.change, one.name) for one in other_shape.since(0.0)] == [("moved", "ball_2")]
    twins = recorded((BALL, BOX), (BALL, crate, replace(crate, id="box_3", position=(8.0, 0.0, 0.1))))
    assert {one.change for one in twins.since(0.0)} == {"removed", "appeared"}, "nobody can tell which"


def test_what_came_back_is_as_before():
    history = recorded((BALL,), (moved(BALL, 2.0),), (BALL,), (BALL,))
    assert history.since(0.0) == [] and [one.change for one in history.since(15.0)] == ["moved"]


def test_errors_of_a_look_and_a_place_still_being_found_out_are_no_moves():
    assert recorded((BALL,), (moved(BALL, 1.04),), (moved(BALL, 0.97),)).changes == ()
    recorder = SceneRecorder()
    recorder.take({}, 0.0)
    recorder.take({"ball": BALL}, 1.0)
    recorder.take({"ball": moved(BALL, 1.3)}, 1.0 + SETTLING / 2)
    assert [one.change for one in recorder.history(5.0).since(0.5)] == ["appeared"]


def test_a_time_that_begins_anew_and_five_hundred_things_are_borne():
    recorder = SceneRecorder()
    many = {f"box_{n}": replace(BOX, id=f"box_{n}", position=(float(n), 0.0, 0.1)) for n in range(500)}
    recorder.take({}, 50.0)
    recorder.take(many, 60.0)
    recorder.take({}, 61.0)
    assert len(recorder.history(62.0).changes) == 500
    recorder.take({"ball": BALL}, 3.0)
    history = recorder.history(4.0)
    assert history.changes == () and history.began == 3.0


def test_the_room_is_the_smallest_around_the_robot():
    sizes = {"hall": 8.0, "nook": 2.0}
    places = [SceneObject(name, "place", (0.0, 0.0, 0.0), size=(size, size, 0.0)) for name, size in sizes.items()]
    scene = SceneGraph({one.id: one for one in places}, robot=Pose2(0.5, 0.0, 0.0))
    assert room_of(scene) == "nook" and room_of(replace(scene, robot=Pose2(3.0, 0.0, 0.0))) == "hall"
    assert room_of(replace(scene, robot=None)) == room_of(replace(scene, robot=Pose2(9.0, 0.0, 0.0))) == ""
