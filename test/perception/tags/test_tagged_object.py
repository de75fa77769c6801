"""A cube with a marker on each face: its pose from any side, by what is seen of it."""

import os

import cv2
import numpy as np
import pytest
from computed_looks import VIEW  # noqa: F401  skips where OpenCV is missing
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import CameraSpec, load_camera, rotation_of
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.core.world.scene_file import load_scene
from skill_stack.core.world.scene_tags import HungTag, SceneTags
from skill_stack.perception.tags.object_tracker import ObjectTracker
from skill_stack.perception.tags.tagged_object import TaggedObject
from skill_stack.perception.tags.tags import FAMILIES

FOUND = Resources.from_environment(os.environ)
TAGS = load_scene(FOUND.scene("tagged_cube_in_hand")).tags
CAMERA = load_camera(FOUND.robot("leap"))
VIEWED = Intrinsics.from_view(CAMERA.width, CAMERA.height, CAMERA.view)


def picture(place, turn, hidden=()):
    """What a camera sees of the cube at a pose in its optical frame; ``hidden`` faces are grey."""
    out = np.full((VIEWED.height, VIEWED.width), 128, np.uint8)
    family = cv2.aruco.getPredefinedDictionary(FAMILIES[TAGS.family])
    for number, tag in TAGS.places.items():
        turned, centre = turn @ tag.rotation, place + turn @ tag.xyz
        if number in hidden or -centre @ turned[:, 2] < 0.02:
            continue
        marker = cv2.aruco.generateImageMarker(family, number, 400)[::-1, ::-1]
        framed = cv2.copyMakeBorder(marker, 50, 50, 50, 50, cv2.BORDER_CONSTANT, value=255)
        h = TAGS.edge / 2 * 1.25
        pixels = VIEWED.project(np.array([[-h, h, 0], [h, h, 0], [h, -h, 0], [-h, -h, 0]]) @ turned.T + centre)
        source = np.array([[-0.5, -0.5], [499.5, -0.5], [499.5, 499.5], [-0.5, 499.5]], np.float32)
        warp, size = cv2.getPerspectiveTransform(source, pixels.astype(np.float32)), (VIEWED.width, VIEWED.height)
        there = cv2.warpPerspective(np.full_like(framed, 255), warp, size) > 127
        out[there] = cv2.warpPerspective(framed, warp, size, flags=cv2.INTER_AREA)[there]
    return np.repeat(cv2.GaussianBlur(out, (3, 3), 0.6)[..., None], 3, axis=2)


def test_its_pose_is_found_from_all_sides() -> None:
    finder, rng, missed = TaggedObject(TAGS, "cube"), np.random.default_rng(3), 0
    for _ in range(40):
        turn = Rotation.random(random_state=rng)
        place = np.array([*rng.uniform(-0.04, 0.04, 2), rng.uniform(0.25, 0.4)])
        seen = finder.find(picture(place, turn.as_matrix()), VIEWED)
        if seen is None:
            missed += 1
            continue
        assert np.linalg.norm(seen.position - place) < 0.004
        assert (Rotation.from_matrix(seen.rotation) * turn.inv()).magnitude() < 0.03
        assert len(seen.tags) >= 1 and seen.miss < 2.0
    assert missed <= 3


def test_two_faces_tell_more_than_one_and_a_hidden_cube_nothing() -> None:
    finder, place = TaggedObject(TAGS, "cube"), np.array([0.0, 0.0, 0.3])
    turn = rotation_of((0.4, 0.5, 0.1))
    front = sorted(TAGS.places, key=lambda number: (place + turn @ TAGS.places[number].xyz)[2])[:3]
    both = finder.find(picture(place, turn), VIEWED)
    assert both is not None and len(both.tags) >= 2
    alone = finder.find(picture(place, turn, front[1:]), VIEWED)
    assert alone is not None and alone.tags == (front[0],)
    assert finder.find(picture(place, turn, front), VIEWED) is None


def test_the_tracker_tells_the_pose_in_the_base_frame() -> None:
    tracker = ObjectTracker(TaggedObject(TAGS, "cube"), CAMERA)
    place, turn = np.array([0.1, 0.01, 0.06]), rotation_of((0.2, -0.3, 0.8))
    optical = CAMERA.rotation.T @ (place - CAMERA.xyz), CAMERA.rotation.T @ turn
    pose = tracker.track((7.5, picture(*optical), np.zeros((1, 1)), VIEWED))
    assert pose is not None and pose.task_time == 7.5
    assert np.linalg.norm(pose.position - place) < 0.004
    found = Rotation.from_quat(np.roll(pose.orientation, -1))
    assert (found * Rotation.from_matrix(turn).inv()).magnitude() < 0.03
    assert tracker.track((7.6, np.full((480, 640, 3), 128, np.uint8), np.zeros((1, 1)), VIEWED)) is None


def test_what_cannot_be_followed_is_refused() -> None:
    with pytest.raises(DataError, match="'mug' has no marker"):
        TaggedObject(TAGS, "mug")
    on_link = CameraSpec(link="if_ds", xyz=(0, 0, 0), own_body=True)
    with pytest.raises(DataError, match="fixed to the base"):
        ObjectTracker(TaggedObject(TAGS, "cube"), on_link)


def test_markers_on_walls_are_those_that_nothing_carries() -> None:
    tags = SceneTags(places={1: HungTag(xyz=(0, 0, 0)), 2: HungTag(carrier="cube", xyz=(0, 0, 0))})
    assert [list(tags.on(carrier).places) for carrier in ("", "cube", "mug")] == [[1], [2], []]
