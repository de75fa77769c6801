"""Things of a detector outside of the stack: upright boxes in map, and names that stay."""

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.perception.scene.foreign_objects import KEPT, ForeignDetection, ForeignObjects
from skill_stack.perception.scene.range_scan import FramePose
from skill_stack.perception.scene.scene_merging import as_stated, merge

STILL = FramePose(np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0]))
OPTICAL = Rotation.from_matrix([[0, 0, 1], [-1, 0, 0], [0, -1, 0]]).as_quat(scalar_first=True)
"""A camera that looks along x of the map: its z forward, its x to the right, its y down."""


def at(x, y, kind="cup", z=0.1, **changes):
    pose = FramePose(np.array([x, y, z]), STILL.wxyz)
    return ForeignDetection(
        **{"id": "", "kind": kind, "confidence": 0.8, "pose": pose, "size": (0.1, 0.1, 0.2)} | changes
    )


def taken(store, *found, now=1.0):
    return store.take([(one.id, one.placed(STILL, now)) for one in found], now).objects


def test_a_box_of_a_camera_stands_upright_in_the_map():
    pose = FramePose(np.array([0.2, 0.4, 2.0]), STILL.wxyz)  # 2 m ahead, 0.2 m to the right, 0.4 m below the camera
    one = at(0, 0, pose=pose, size=(0.3, 0.5, 0.1)).placed(FramePose(np.array([1.0, 1.0, 0.9]), OPTICAL), 7.0)
    assert one.position == pytest.approx((3.0, 0.8, 0.5))
    assert one.size == (0.3, 0.1, 0.5) and abs(one.yaw) == pytest.approx(math.pi / 2)
    assert (one.id, one.kind, one.confidence, one.last_seen, one.shape) == ("cup", "cup", 0.8, 7.0, "box")


def test_a_turned_sensor_turns_what_it_sees():
    turned = FramePose(np.zeros(3), Rotation.from_euler("z", 0.5).as_quat(scalar_first=True))
    one = at(1.0, 0.0).placed(turned, 0.0)
    assert one.position == pytest.approx((math.cos(0.5), math.sin(0.5), 0.1)) and one.yaw == pytest.approx(0.5)


def test_things_keep_their_names_while_they_move_a_little():
    store = ForeignObjects()
    assert set(taken(store, at(1, 0), at(3, 0))) == {"cup", "cup_2"}
    moved = taken(store, at(3.2, 0), at(1.2, 0))
    assert (moved["cup"].position[0], moved["cup_2"].position[0]) == (1.2, 3.2)


def test_the_id_of_a_tracker_counts_before_the_distance():
    store = ForeignObjects()
    taken(store, at(1, 0, id="7"), at(1.3, 0, id="9"))
    moved = taken(store, at(1.3, 0, id="7"), at(1, 0, id="9"))
    assert (moved["cup"].position[0], moved["cup_2"].position[0]) == (1.3, 1.0)


def test_an_id_that_is_now_of_another_class_is_another_thing():
    store = ForeignObjects()
    taken(store, at(1, 0, id="7"))
    assert {one.kind for one in taken(store, at(1, 0, "bottle", id="7")).values()} == {"cup", "bottle"}


def test_what_is_out_of_view_is_known_for_a_while():
    store = ForeignObjects()
    taken(store, at(1, 0, id="1"), now=1.0)
    assert "cup" in taken(store, at(5, 0, "ball"), now=1.0 + KEPT)
    assert set(taken(store, at(5, 0, "ball"), now=2.0 + KEPT)) == {"ball"}
    assert set(taken(store, at(9, 0, id="1"), now=2.0 + KEPT)) == {"ball", "cup"}


def test_a_class_without_a_name_is_an_error():
    with pytest.raises(DataError, match="class with a name"):
        at(1, 0, kind="??").placed(STILL, 0.0)


def test_a_stated_thing_of_the_same_kind_nearby_is_that_one():
    stated = SceneGraph(
        {"red_ball": SceneObject("red_ball", "ball", (1.0, 0, 0.1), shape="sphere", size=(0.2,) * 3, colour="red")}
    )
    store = ForeignObjects()
    taken(store, at(1.2, 0, "ball"), at(4.0, 0, "ball"))
    seen = store.take([], 1.0)
    merged = merge(stated, as_stated(seen, stated)).objects
    assert set(merged) == {"red_ball", "ball_2"}
    assert merged["red_ball"].position[0] == 1.2 and merged["ball_2"].shape == "box"
