"""Markers with their poses, and where the robot is by those whose places are known."""

import ctypes
import importlib.util
import math
import os
import subprocess
import sys

import cv2
import numpy as np
import pytest
from computed_looks import VIEW  # noqa: F401  skips where OpenCV is missing

from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.camera_spec import rotation_of
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.core.world.scene import Pose2
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


@pytest.mark.parametrize(("family", "pupil"), [("tag36h11", True), ("tag36h11", False), ("aruco_5x5", None)])
def test_a_marker_is_found_where_it_is(family, pupil) -> None:
    place, turn = np.array([0.1, -0.05, 1.0]), FACING @ rotation_of((0.3, 0.5, 0.1))
    (tag,) = TagFinder(family, EDGE, pupil).find(picture(family, 7, place, turn), CAMERA)
    assert tag.number == 7 and tag.sure
    assert np.abs(tag.position - place).max() < 0.01
    assert np.degrees(np.arccos(np.clip((np.trace(tag.rotation.T @ turn) - 1) / 2, -1, 1))) < 3


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


@pytest.mark.skipif(importlib.util.find_spec("pupil_apriltags") is None, reason="pupil-apriltags is not installed")
def test_finders_that_come_and_go_leave_the_memory_of_the_process_whole():
    checking = "libc_malloc_debug.so.0"
    if not _loads(checking):
        pytest.skip("the C library has no checks of its heap here")
    made = "for _ in range(3): TagFinder(); TagFinder('tag25h9')"
    program = f"from skill_stack.perception.tags.tags import TagFinder\n{made}"
    strict = {**os.environ, "LD_PRELOAD": checking, "MALLOC_CHECK_": "3", "MALLOC_PERTURB_": "165"}
    ended = subprocess.run([sys.executable, "-c", program], env=strict, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr


def _loads(library):
    """Whether the loader finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
