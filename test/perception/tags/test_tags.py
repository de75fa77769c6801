"""Markers with their poses, and where the robot is by those whose places are known."""

import math

import cv2
import numpy as np
import pytest
from computed_looks import VIEW  # noqa: F401  skips where OpenCV is missing

from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.camera_spec import rotation_of
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.core.world.scene import Pose2
from skill_stack.perception.tags.corners import fitted_corners
from skill_stack.perception.tags.tags import FAMILIES, KnownTag, TagFinder, base_in_map, odom_in_map

CAMERA = Intrinsics.from_view(640, 480, 1.2)
EDGE = 0.16
FACING = np.diag([1.0, -1.0, -1.0])  # looks at the camera, upright


def picture(family, number, position, rotation):
    """Draws a marker at a pose in the optical frame."""
    marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(FAMILIES[family]), number, 400)
    marker = marker[::-1, ::-1] if family.startswith("tag") else marker  # OpenCV draws AprilTags upside down
    framed = cv2.copyMakeBorder(marker, 100, 100, 100, 100, cv2.BORDER_CONSTANT, value=255)
    h = EDGE / 2 * 1.5
    places = np.array([[-h, h, 0], [h, h, 0], [h, -h, 0], [-h, -h, 0]]) @ rotation.T + position
    target = CAMERA.project(places).astype(np.float32)
    source = np.array([[0, 0], [599, 0], [599, 599], [0, 599]], np.float32)
    warp = cv2.getPerspectiveTransform(source, target)
    grey = cv2.warpPerspective(framed, warp, (640, 480), borderMode=cv2.BORDER_CONSTANT, borderValue=128)
    return np.repeat(grey[..., None], 3, axis=2)


@pytest.mark.parametrize("distance", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("family", ["tag36h11", "tag25h9", "aruco_5x5"])
def test_a_marker_is_found_where_it_is(family, distance) -> None:
    place, turn = np.array([0.1, -0.05, 1.0]) * distance, FACING @ rotation_of((0.3, 0.5, 0.1))
    (tag,) = TagFinder(family, EDGE).find(picture(family, 7, place, turn), CAMERA)
    assert tag.number == 7 and tag.sure
    assert np.linalg.norm(tag.position - place) < 0.006 * distance
    assert np.degrees(np.arccos(np.clip((np.trace(tag.rotation.T @ turn) - 1) / 2, -1, 1))) < 1


CORNERS = np.array([[30.3, 71.6], [68.2, 64.9], [60.4, 27.1], [25.7, 33.8]])


def square(corners, blur):
    """Draws a black square on white, sixteen times as fine as the picture is."""
    fine = np.full((1600, 1600), 230, np.uint8)
    cv2.fillPoly(fine, [np.round((corners + 0.5) * 16 * 256 - 128).astype(np.int32)], 20, shift=8)
    return cv2.GaussianBlur(cv2.resize(fine, (100, 100), interpolation=cv2.INTER_AREA), (0, 0), blur)


@pytest.mark.parametrize("blur", [0.5, 1.0, 1.5])
@pytest.mark.parametrize("first", [0, 2])
def test_corners_are_found_to_a_fraction_of_a_pixel_in_their_order(blur, first) -> None:
    true = np.roll(CORNERS, first, 0)
    off = true + np.array([[0.9, -0.7], [-0.8, 0.9], [0.3, 1.0], [-1.0, -0.6]])
    found = fitted_corners(square(CORNERS, blur), off)
    assert np.abs(found - true).max() < 0.15


def test_corners_stay_where_no_line_can_be_laid() -> None:
    grey = square(CORNERS, 1.0)
    tiny = np.array([[10.0, 14], [14, 14], [14, 10], [10, 10]])
    away = CORNERS + 1.9 * np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) + (0.0, 6.0)
    for given in (tiny, np.full((4, 2), 50.0), np.array([[20.0, 50], [40, 50], [60, 50], [80, 50.0]]), away):
        assert np.isfinite(fitted_corners(grey, given)).all()
        assert np.abs(fitted_corners(grey, given) - given).max() <= 3.0
    assert (fitted_corners(grey, tiny) == tiny).all()


def test_no_marker_and_no_such_family() -> None:
    assert TagFinder().find(np.full((480, 640, 3), 128, np.uint8), CAMERA) == []
    with pytest.raises(UnknownName, match="tag36h11"):
        TagFinder("tag99")


@pytest.mark.parametrize("pose", [Pose2(0.0, 0.0, 0.0), Pose2(0.4, -0.3, 0.25)])
def test_the_robot_is_where_a_known_marker_says(pose) -> None:
    mount = (np.array([0.3, 0.0, 0.1]), np.array([[0.0, 0, 1], [-1, 0, 0], [0, -1, 0]]))
    facing = np.array([[0.0, 0, -1], [-1, 0, 0], [0, 1, 0]])
    wall = KnownTag(np.array([2.0, 0.1, 0.3]), facing @ rotation_of((0.2, 0.35, 0)))
    turn = rotation_of((0, 0, pose.yaw))
    camera_turn, camera = turn @ mount[1], np.array([pose.x, pose.y, 0.3]) + turn @ mount[0]
    seen = picture("tag36h11", 3, camera_turn.T @ (wall.position - camera), camera_turn.T @ wall.rotation)
    tags = TagFinder("tag36h11", EDGE).find(seen, CAMERA)
    found, deviation = base_in_map(tags, {3: wall}, mount)
    assert math.dist((found.x, found.y), (pose.x, pose.y)) < 0.08 and abs(found.yaw - pose.yaw) < 0.05
    assert 0.01 < deviation < 0.1
    assert base_in_map(tags, {4: wall}, mount) is None


def test_odometry_is_put_onto_the_map() -> None:
    origin = Pose2(1.0, 2.0, 0.7)
    odometry = Pose2(0.5, -0.2, 0.3)
    back = odom_in_map(origin.compose(odometry), odometry)
    assert (back.x, back.y, back.yaw) == pytest.approx((1.0, 2.0, 0.7))
