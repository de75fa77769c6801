"""Where the robot is by markers: right within centimetres, weighed against what is believed, also while it walks."""

import math

import cv2
import numpy as np
import pytest
from computed_looks import VIEW  # noqa: F401  skips where OpenCV is missing

from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.camera_spec import OPTICAL, rotation_of
from skill_stack.core.rotation import from_yaw, wrap_angle
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_tags import HungTag, SceneTags
from skill_stack.perception.tags.tag_places import AGREE, TagPlaces
from skill_stack.perception.tags.tags import FAMILIES

CAMERA = Intrinsics.from_view(640, 480, 1.2)
MOUNT = (np.array([0.34, 0.0, 0.09]), rotation_of((0.0, 0.0, 0.0)) @ OPTICAL)
HEIGHT, FAR = 0.3, 3.0
WALLS = {
    0: HungTag(xyz=(FAR, 0.4, 0.45), rpy=(0, 0, math.pi)), 1: HungTag(xyz=(FAR, -0.6, 0.5), rpy=(0, 0, math.pi)),
    2: HungTag(xyz=(0.3, FAR, 0.5), rpy=(0, 0, -math.pi / 2)), 3: HungTag(xyz=(-FAR, 0.2, 0.4)),
    4: HungTag(xyz=(0.1, -FAR, 0.5), rpy=(0, 0, math.pi / 2)), 5: HungTag(xyz=(FAR, 2.0, 0.5), rpy=(0, 0, math.pi)),
    6: HungTag(xyz=(-2.0, FAR, 0.4), rpy=(0, 0, -math.pi / 2)), 7: HungTag(xyz=(-FAR, -2.0, 0.5)),
}  # fmt: skip
TAGS = SceneTags(edge=0.2, places=WALLS)
PLATE = np.array([[0.0, 0, 1], [1, 0, 0], [0, 1, 0]])
SURE, UNSURE = (0.01, 0.01), (0.3, 0.2)


def picture(base: Pose2, height=HEIGHT, tags=TAGS):
    """What the camera of a robot standing there sees of the markers."""
    turn = rotation_of((0.0, 0.0, base.yaw))
    eye, axes = np.array([base.x, base.y, height]) + turn @ MOUNT[0], turn @ MOUNT[1]
    out = np.full((CAMERA.height, CAMERA.width), 128, np.uint8)
    for number, tag in tags.places.items():
        turned = rotation_of(tag.rpy) @ PLATE
        if (eye - tag.xyz) @ turned[:, 2] < 0.3:
            continue
        marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(FAMILIES[tags.family]), number, 400)
        framed = cv2.copyMakeBorder(marker[::-1, ::-1], 50, 50, 50, 50, cv2.BORDER_CONSTANT, value=255)
        h = tags.edge / 2 * 1.25
        corners = np.array([[-h, h, 0], [h, h, 0], [h, -h, 0], [-h, -h, 0]]) @ turned.T + tag.xyz
        pixels = CAMERA.project((corners - eye) @ axes)
        if not np.isfinite(pixels).all() or (np.abs(pixels) > 3000).any():
            continue
        source = np.array([[-0.5, -0.5], [499.5, -0.5], [499.5, 499.5], [-0.5, 499.5]], np.float32)
        warp = cv2.getPerspectiveTransform(source, pixels.astype(np.float32))
        size = (CAMERA.width, CAMERA.height)
        drawn = cv2.warpPerspective(framed, warp, size, flags=cv2.INTER_AREA)
        there = cv2.warpPerspective(np.full_like(framed, 255), warp, size) > 127
        out[there] = drawn[there]
    return np.repeat(cv2.GaussianBlur(out, (3, 3), 0.6)[..., None], 3, axis=2)


def odometry(pose: Pose2):
    return np.array([pose.x, pose.y, HEIGHT, *from_yaw(pose.yaw)])


def error(origin: Pose2, odom: Pose2, true: Pose2):
    found = origin.compose(odom)
    return found.distance_to(true.x, true.y), abs(wrap_angle(found.yaw - true.yaw))


@pytest.mark.parametrize("true", [Pose2(0.0, 0.0, 0.0), Pose2(0.5, -0.5, 0.3), Pose2(-1.0, 0.3, 1.6)])
def test_the_robot_is_where_markers_say_whatever_odom_says(true):
    odom = Pose2(7.0, -2.0, 2.0)
    fix = TagPlaces(TAGS, MOUNT).look(picture(true), CAMERA, odometry(odom), None, UNSURE)
    off, turned = error(fix.origin, odom, true)
    assert off < 0.05 and turned < 0.03 and fix.tags
    assert 0.01 <= fix.position < 0.15 and 0.005 <= fix.heading < 0.1


def test_what_agrees_with_what_is_believed_changes_nothing():
    true = Pose2(0.2, 0.1, 0.0)
    assert TagPlaces(TAGS, MOUNT).look(picture(true), CAMERA, odometry(true), Pose2(0, 0, 0), SURE) is None


def test_a_small_error_is_weighed_by_who_is_surer():
    true, believed = Pose2(0.2, 0.1, 0.0), Pose2(0.06, 0.0, 0.02)
    places = TagPlaces(TAGS, MOUNT)
    unsure = places.look(picture(true), CAMERA, odometry(true), believed, UNSURE)
    assert error(unsure.origin, true, true)[0] < 0.03
    sure = places.look(picture(true), CAMERA, odometry(true), believed, (0.02, 0.03))
    assert 0.0 < sure.origin.x < 0.06 and sure.position < 0.02


def test_only_looks_that_agree_overrule_what_is_believed():
    true, believed = Pose2(0.0, 0.0, 0.0), Pose2(2.0, 1.0, 0.5)
    places = TagPlaces(TAGS, MOUNT)
    for _ in range(AGREE - 1):
        assert places.look(picture(true), CAMERA, odometry(true), believed, SURE) is None
    fix = places.look(picture(true), CAMERA, odometry(true), believed, SURE)
    assert error(fix.origin, true, true)[0] < 0.05


def test_unknown_markers_and_none_say_nothing():
    places = TagPlaces(SceneTags(edge=0.2, places={99: WALLS[0]}), MOUNT)
    assert places.look(picture(Pose2(0, 0, 0)), CAMERA, odometry(Pose2(0, 0, 0)), None, UNSURE) is None
    black = np.zeros((480, 640, 3), np.uint8)
    assert TagPlaces(TAGS, MOUNT).look(black, CAMERA, odometry(Pose2(0, 0, 0)), None, UNSURE) is None


def test_a_marker_that_hangs_elsewhere_than_stated_is_not_believed():
    moved = {**WALLS, 1: HungTag(xyz=(FAR, -1.6, 0.5), rpy=(0, 0, math.pi))}
    places = TagPlaces(SceneTags(edge=0.2, places=moved), MOUNT)
    assert places.look(picture(Pose2(0, 0, 0)), CAMERA, odometry(Pose2(0, 0, 0)), None, UNSURE) is None


def test_no_such_family_is_refused():
    with pytest.raises(UnknownName, match="tag36h11"):
        TagPlaces(SceneTags(family="tag99"), MOUNT)


def test_a_walk_whose_odometry_drifts_ends_where_it_is():
    """A round of 12 m with odometry that is 4 % too long and turns 0.02 rad/m too far."""
    places, origin = TagPlaces(TAGS, MOUNT), Pose2(0.0, 0.0, 0.0)
    true = odom = Pose2(1.0, -1.0, math.pi / 2)
    worst, alone, walked, since = 0.0, 0.0, 0.0, 0.0
    for _ in range(80):
        ahead, turn = 0.15, 0.15 / 1.9
        true = true.compose(Pose2(ahead, 0.0, turn))
        odom = odom.compose(Pose2(ahead * 1.04, 0.0, turn + 0.02 * ahead))
        walked, since = walked + ahead, since + ahead
        doubt = (0.02 + 0.04 * since, 0.01 + 0.02 * since)
        fix = places.look(picture(true), CAMERA, odometry(odom), origin, doubt)
        if fix is not None:
            origin, since = fix.origin, 0.0
        worst, alone = max(worst, error(origin, odom, true)[0]), max(alone, error(Pose2(0, 0, 0), odom, true)[0])
    assert alone > 0.3 and worst < 0.15, f"{worst:.3f} m with markers, {alone:.3f} m without"
