"""How far doors of a map are open, by looks that are computed."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from computed_looks import seen, thing

from skill_stack.core.world.scene import SceneObject
from skill_stack.perception.scene.hinged_leaves import HingedLeaves
from skill_stack.perception.scene.look_observer import LookObserver

DOOR = SceneObject(
    "door", "door", (2.0, 0.0, 0.3), -math.pi / 2, "box", (1.0, 0.04, 0.6), "brown", movable=True,
    hinge=(-0.5, 0.0), swing=(-math.pi / 2, 0.2),
)  # fmt: skip
POSTS = [replace(thing("box", "grey", 2.0, side * 1.56, (0.15, 2.0, 0.25)), id=f"wall{side}") for side in (-1, 1)]


def eye(x, y, yaw, tilt=0.2):
    """Where a camera is that looks down by a tilt."""
    c, s = math.cos(yaw), math.sin(yaw)
    ahead = np.array([c * math.cos(tilt), s * math.cos(tilt), -math.sin(tilt)])
    right = np.array([s, -c, 0.0])
    return SimpleNamespace(place=(x, y, 0.4), rotation=np.stack([right, np.cross(ahead, right), ahead], axis=1))


@pytest.mark.parametrize("by", [0.0, 0.3, 0.8, 1.4])
@pytest.mark.parametrize(("x", "y", "yaw"), [(0.3, 0.0, 0.0), (0.9, 0.3, 0.0), (3.6, 0.0, math.pi)])
def test_the_angle_is_measured_from_either_side_and_the_leaf_is_taken_out(by, x, y, yaw):
    leaf = DOOR.turned(DOOR.swing[0] + by)
    frame = seen([*POSTS, leaf], eye(x, y, yaw), noise=0.003, stamp=4.0)
    leaves = HingedLeaves([DOOR])
    left = leaves.taken_out(frame)
    (found,) = leaves.seen.values()
    assert found.opened == pytest.approx(by, abs=0.03) and found.last_seen == 4.0
    clean, empty = seen([*POSTS, leaf], eye(x, y, yaw)), seen(POSTS, eye(x, y, yaw))
    only = clean.depth != empty.depth  # what the leaf hides
    assert np.mean(left.depth[only] == 0.0) > 0.9
    rest = (left.depth == 0.0) & (frame.depth > 0.0) & ~only
    assert rest.sum() < 0.15 * only.sum(), "what is beside it stays, but for a seam"


def test_of_a_leaf_in_line_with_the_camera_the_end_is_seen():
    leaf = DOOR.turned(DOOR.swing[0] + 1.3)
    (x, y), out = (leaf.axis.x, leaf.axis.y), leaf.yaw
    at = (x + 2.3 * math.cos(out), y + 2.3 * math.sin(out))
    leaves = HingedLeaves([DOOR])
    leaves.taken_out(seen([*POSTS, leaf], eye(*at, out + math.pi), noise=0.003))
    assert leaves.seen["door"].opened == pytest.approx(1.3, abs=0.06)


def test_a_place_that_is_some_centimetres_off_changes_the_angle_little():
    leaf, frame = DOOR.turned(-0.9), seen([*POSTS, DOOR.turned(-0.9)], eye(0.3, 0.0, 0.0))
    leaves = HingedLeaves([DOOR])
    leaves.taken_out(replace(frame, position=frame.position + (0.04, -0.04, 0.0)))
    assert leaves.seen["door"].opened == pytest.approx(leaf.opened, abs=0.1)


def test_where_no_leaf_is_seen_nothing_is_said_and_nothing_taken_out():
    away = seen([*POSTS, DOOR], eye(0.3, 0.0, math.pi))
    ball = seen([*POSTS, thing("ball", "red", 2.4, 0.1, (0.24, 0.24, 0.24))], eye(0.3, 0.0, 0.0))
    for frame in (away, ball):
        leaves = HingedLeaves([DOOR])
        assert leaves.taken_out(frame) is frame and not leaves.seen


def test_what_has_no_hinge_is_left_alone():
    frame = seen([DOOR], eye(0.3, 0.0, 0.0))
    assert HingedLeaves([replace(DOOR, hinge=None)]).taken_out(frame) is frame


def test_nothing_of_the_foot_of_a_shut_leaf_is_left_that_would_lie_in_the_doorway():
    frame = seen([*POSTS, DOOR], eye(0.3, 0.0, 0.0), noise=0.002)
    left = HingedLeaves([DOOR]).taken_out(frame)
    things = LookObserver().look(left).things
    assert LookObserver().look(frame).things and not [one for one in things if abs(one.position[1]) < 0.4]
