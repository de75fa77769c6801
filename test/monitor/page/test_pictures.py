"""Boxes in the camera's picture, and the map as a picture."""

import io
import math

import numpy as np
import PIL.Image
import pytest

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.world.occupancy_grid import OccupancyGrid
from skill_stack.core.world.scene import Pose2, SceneObject
from skill_stack.monitor.link_transform import LinkTransform, about_axis
from skill_stack.monitor.page.camera_boxes import boxes_of
from skill_stack.monitor.page.map_picture import MOST, map_png

CAMERA = CameraSpec(xyz=(0.3, 0.0, 0.1), view=math.pi / 2)


def thing(x, y, z=0.4, size=0.2, **options):
    return SceneObject("ball", "ball", (x, y, z), size=(size, size, size), confidence=0.8, **options)


def base(x=0.0, y=0.0, yaw=0.0):
    return LinkTransform("map", "base", (x, y, 0.3), about_axis((0.0, 0.0, 1.0), yaw))


def test_a_thing_ahead_is_in_the_middle_of_the_picture():
    (shown,) = boxes_of([thing(1.3, 0.0)], CAMERA, base())
    left, top, right, bottom = shown["box"]
    assert (left + right) / 2 == pytest.approx(0.5, abs=0.01) and (top + bottom) / 2 == pytest.approx(0.5, abs=0.01)
    assert right - left == pytest.approx(0.2 / (2 * 0.9), abs=0.01), "twice the tangent at its nearer side is the width"
    assert shown["name"] == "ball" and shown["confidence"] == 0.8


def test_a_thing_to_the_left_is_left_and_one_above_is_above():
    left, top, right, bottom = boxes_of([thing(2.3, 0.8, 1.2)], CAMERA, base())[0]["box"]
    assert right < 0.5 and bottom < 0.5
    turned = boxes_of([thing(0.0, 1.3)], CAMERA, base(yaw=math.pi / 2))[0]["box"]
    assert (turned[0] + turned[2]) / 2 == pytest.approx(0.5, abs=0.01)


def test_what_is_behind_beside_or_no_body_has_no_box():
    wall = SceneObject("w", "wall", (2.0, 0.0, 0.5), size=(0.1, 4.0, 1.0))
    place = SceneObject("home", "place", (2.0, 0.0, 0.0), shape="point")
    assert boxes_of([thing(-1.0, 0.0), thing(1.0, 5.0), wall, place], CAMERA, base()) == []


def test_the_nearest_comes_first():
    near, far = (one["box"] for one in boxes_of([thing(3.3, 0.0), thing(1.3, 0.0)], CAMERA, base()))
    assert near[2] - near[0] > 2 * (far[2] - far[0])


def opened(cells):
    return np.asarray(PIL.Image.open(io.BytesIO(map_png(OccupancyGrid("map", 0.05, Pose2(0, 0, 0), cells, 0.0)))))


def test_free_is_white_taken_is_black_unknown_is_nothing_and_y_points_up():
    picture = opened(np.array([[0, 100, -1], [-1, -1, 50]], np.int8))
    assert picture.shape == (2, 3, 2)
    assert picture[1].tolist() == [[255, 255], [0, 255], [128, 0]] and picture[0, 2].tolist() == [127, 255]


def test_a_large_map_is_thinned_out():
    assert max(opened(np.zeros((100, 2 * MOST), np.int8)).shape[:2]) == MOST
