"""Grasps of two jaws from one look at computed things: they face each other, fit, touch nothing, and are ranked."""

import math

import numpy as np
import pytest
from computed_looks import VIEW, seen, thing
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.robots.gripper import Gripper
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.grasps.drawing import drawn, save_picture
from skill_stack.perception.grasps.proposing import propose
from skill_stack.perception.grasps.separating import gap, outline, push_apart
from skill_stack.perception.scene.look_observer import LookObserver

NEAR = Eye((-0.40, 0.0, 0.42), (0.0, 0.0, 0.02))
JAWS = Gripper()


def look(*things, eye=NEAR):
    return LookObserver().look(seen(things, eye, noise=0.002))


def number_of(observation, colour):
    return next(n for n, one in enumerate(observation.things) if one.colour == colour)


@settings(max_examples=8, deadline=None)
@given(st.floats(-1.2, 1.2), st.floats(0.03, 0.055), st.floats(0.05, 0.09))
def test_a_box_is_taken_across_its_shorter_side(yaw, narrow, long):
    observation = look(thing("box", "red", 0.0, 0.0, (narrow, max(long, narrow + 0.02), 0.07), yaw=yaw))
    best = propose(observation, JAWS, seed=1)[0]
    across = np.array([math.cos(yaw), math.sin(yaw), 0.0])
    wide = long > JAWS.opening - 2 * JAWS.slack
    assert abs(best.closing @ across) > 0.93 or not wide
    assert best.width <= JAWS.opening - 2 * JAWS.slack and best.approach[2] < 0.05
    assert np.abs(best.rotation.T @ best.rotation - np.eye(3)).max() < 1e-9 and np.linalg.det(best.rotation) > 0
    assert np.hypot(*best.position[:2]) < 0.03 and 0.0 < best.position[2] < 0.075


def test_best_comes_first_and_the_same_look_gives_the_same():
    observation = look(thing("cylinder", "blue", 0.0, 0.0, (0.04, 0.04, 0.1)))
    one, other = propose(observation, JAWS, seed=3), propose(observation, JAWS, seed=3)
    scores = [grasp.score for grasp in one]
    assert len(one) > 3 and scores == sorted(scores, reverse=True) and all(0 < score <= 1 for score in scores)
    assert [grasp.to_json() for grasp in one] == [grasp.to_json() for grasp in other]
    assert {grasp.kind for grasp in one} == {"top", "antipodal"}


def test_what_is_too_wide_is_not_proposed():
    assert propose(look(thing("box", "red", 0.0, 0.0, (0.12, 0.13, 0.1))), JAWS) == []


def test_jaws_come_down_beside_no_neighbour():
    wall = thing("box", "blue", 0.0, 0.052, (0.15, 0.05, 0.12))
    observation = look(thing("box", "red", 0.0, 0.0, (0.05, 0.05, 0.06)), wall)
    for grasp in propose(observation, JAWS, [number_of(observation, "red")]):
        reach = grasp.opening / 2 + JAWS.finger[1]
        tips = [grasp.position + side * reach * grasp.closing for side in (-1, 1)]
        assert all(tip[1] < 0.03 for tip in tips)


def test_only_what_can_be_reached_is_proposed():
    observation = look(thing("cylinder", "blue", 0.0, 0.0, (0.04, 0.04, 0.1)))
    above = propose(observation, JAWS, reach=lambda one: "" if one.approach[2] < -0.99 else "too far")
    assert above and all(grasp.approach[2] < -0.99 for grasp in above)
    assert propose(observation, JAWS, reach=lambda _: "too far") == []


def test_nothing_seen_gives_nothing():
    assert propose(look(), JAWS) == []


def test_grasps_are_drawn_where_they_are(tmp_path):
    frame = seen([thing("box", "red", 0.0, 0.0, (0.04, 0.05, 0.07))], NEAR)
    grasps = propose(LookObserver().look(frame), JAWS)[:1]
    picture = drawn(frame, grasps, JAWS)
    column, row = VIEW.project(frame.into_camera(grasps[0].position)).round().astype(int)
    changed = (picture != frame.colour).any(axis=2)
    assert changed[row - 25 : row + 25, column - 25 : column + 25].any() and changed.mean() < 0.1
    save_picture(tmp_path / "grasps.png", picture)
    assert (tmp_path / "grasps.png").stat().st_size > 1000


def test_a_box_between_two_others_is_pushed_free():
    sides = (("red", -0.047), ("blue", 0.0), ("green", 0.047))
    row = [thing("box", colour, 0.0, y, (0.10, 0.045, 0.06)) for colour, y in sides]
    observation = look(*row)
    middle = number_of(observation, "blue")
    assert propose(observation, JAWS, [middle]) == []
    push = push_apart(observation, middle, JAWS)
    assert push is not None and push.score > 0.5
    along = np.subtract(push.end, push.start)
    assert abs(along[0]) > 0.05 > abs(along[1])  # along the row's faces, not against the neighbours
    assert along[2] == 0 and 0.0 < push.start[2] < 0.06


def test_nothing_is_pushed_for_a_ball_that_is_too_wide_and_stands_alone():
    observation = look(thing("ball", "red", 0.0, 0.0, (0.12, 0.12, 0.12)))
    assert push_apart(observation, 0, JAWS) is None


def test_gaps_between_outlines():
    observation = look(*(thing("box", c, 0.0, y, (0.04, 0.04, 0.05)) for c, y in (("red", -0.06), ("blue", 0.06))))
    red, blue = (outline(observation.things[number_of(observation, c)]) for c in ("red", "blue"))
    assert gap(red, blue) == pytest.approx(0.08, abs=0.01) and gap(red, red) < -0.03
