"""What seen things say of where the robot is."""

import math

import numpy as np
import pytest

from skill_stack.connector.paths.landmarks import DOUBTED, Landmarks
from skill_stack.connector.paths.localization import Localization
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.core.world.sighting import Sighting

MAP = SceneGraph(
    {
        "table": SceneObject("table", "table", (3.0, 1.0, 0.4)),
        "post": SceneObject("post", "post", (4.0, -1.0, 0.4)),
        "crate": SceneObject("crate", "crate", (2.0, 0.5, 0.2), movable=True),
    }
)


def seen(name, pose, shift=(0.0, 0.0)):
    """What a robot at a pose sees of a thing that is shifted from where the map has it."""
    x, y, _ = MAP[name].position
    dx, dy = x + shift[0] - pose.x, y + shift[1] - pose.y
    c, s = math.cos(pose.yaw), math.sin(pose.yaw)
    return Sighting(name, c * dx + s * dy, -s * dx + c * dy, 0.02)


def walked(names, *, drift=0.9, shift=(0.0, 0.0), looks=12):
    """Where it is thought to be, and really is, after a walk whose odometry counts too little, or too much."""
    marks, place = Landmarks(), Localization()
    for number in range(looks):
        true = Pose2(0.1 * number, 0.0, 0.01 * number)
        odometry = Pose2(drift * true.x, true.y, true.yaw)
        place = marks.corrected(place, odometry, [seen(name, true, shift) for name in names], MAP, 0.2 * number)
    return place.odom.compose(odometry), true, marks, place


@pytest.mark.parametrize("drift", [0.9, 1.1])
def test_seen_things_correct_what_the_legs_drift(drift):
    thought, true, _, place = walked(["table", "post"], drift=drift)
    assert thought.distance_to(true.x, true.y) < 0.03 < abs(drift - 1.0) * true.x
    assert thought.yaw == pytest.approx(true.yaw, abs=0.02)
    assert place.source == "seen things"


def test_what_can_be_moved_or_is_on_no_map_tells_nothing():
    thought, true, _, place = walked(["crate"])
    assert thought.x == pytest.approx(0.9 * true.x)
    assert place == Localization()
    assert Landmarks().corrected(place, true, [Sighting("unknown", 1.0, 0.0, 0.02)], MAP, 0.0) == place


def test_a_thing_that_is_not_where_the_map_has_it_is_left_out_and_named():
    thought, true, marks, _ = walked(["post"], drift=1.0, shift=(0.5, 0.4))
    assert thought.distance_to(true.x, true.y) < 1e-9
    assert marks.doubted == ("post",)
    assert marks.contradicted["post"] >= DOUBTED


def test_one_odd_look_does_not_move_the_robot():
    marks, place, here = Landmarks(), Localization(), Pose2(0.0, 0.0, 0.0)
    for number in range(5):
        place = marks.corrected(place, here, [seen("table", here), seen("post", here)], MAP, 0.2 * number)
    odd = marks.corrected(place, here, [seen("table", here, (1.0, 0.0)), seen("post", here)], MAP, 1.2)
    assert np.hypot(odd.odom.x, odd.odom.y) < 0.01
    assert not marks.doubted
