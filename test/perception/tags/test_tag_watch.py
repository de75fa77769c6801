"""What markers correct is stated in shared memory, with who says so; now and then, and only where it is known when."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robot_state import BaseKnowledge, RobotState
from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import stated_place
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2
from skill_stack.perception.tags.tag_watch import EVERY, TagWatch, tag_watch

from .test_tag_places import CAMERA, HEIGHT, MOUNT, TAGS, odometry, picture

ROBOT = load_robot(Path(__file__).parents[3] / "urdf" / "go2")
SPEC = CameraSpec(xyz=tuple(MOUNT[0].tolist()))
TRUE, ODOM = Pose2(0.3, 0.2, 0.1), Pose2(5.0, 0.0, 0.0)
WALKING = RobotState(
    1.0, *(np.zeros(ROBOT.size) for _ in range(3)), np.array([1.0, 0, 0, 0]), np.zeros(3), np.array([0, 0, -1.0]),
    np.array([5.0, 0.0, HEIGHT]), np.array([0.8, 0.0, 0.0]), np.ones(len(ROBOT.feet), bool), {}, True,
    base=BaseKnowledge("legs", 0.0, 1.0, 0.5),
)  # fmt: skip


@pytest.fixture
def channels(tmp_path):
    made = RobotChannels.open(tmp_path / "block", ROBOT)
    made.write_state(WALKING)
    yield made
    made.close()


def frame(stamp):
    colour = picture(TRUE)
    depth = np.ones(colour.shape[:2], np.float32)
    return CameraFrame("front", stamp, colour, depth, CAMERA, np.zeros(3), np.eye(3))


def poses(stamp):
    made = PoseHistory()
    made.add(stamp, odometry(ODOM))
    return made


def test_a_walking_robot_is_put_where_markers_say(channels):
    watch = TagWatch(TAGS, SPEC, channels)
    assert watch.look(frame(1.0), poses(1.0), Pose2(-4.5, 0.1, 0.0)) is not None
    stated = stated_place(channels.common)
    there = stated.origin.compose(ODOM)
    assert there.distance_to(TRUE.x, TRUE.y) < 0.06 and stated.source == "tags" and watch.fixes == 1
    assert 0.0 < stated.position < 0.2


def test_looks_come_now_and_then_and_again_after_time_jumped_back(channels):
    watch, believed = TagWatch(TAGS, SPEC, channels), Pose2(-4.5, 0.1, 0.0)
    assert watch.look(frame(1.0), poses(1.0), believed) is not None
    assert watch.look(frame(1.1), poses(1.1), believed) is None
    assert watch.look(frame(1.0 + EVERY), poses(1.0 + EVERY), believed) is not None
    assert watch.look(frame(0.2), poses(0.2), believed) is not None


def test_a_look_of_an_unknown_moment_says_nothing(channels):
    watch = TagWatch(TAGS, SPEC, channels)
    assert watch.look(frame(9.0), poses(1.0), None) is None and stated_place(channels.common) is None


def test_without_an_estimate_markers_still_count(tmp_path):
    made = RobotChannels.open(tmp_path / "other", ROBOT)
    assert TagWatch(TAGS, SPEC, made).look(frame(1.0), poses(1.0), None) is not None
    made.write_state(replace(WALKING, base=BaseKnowledge()))
    assert TagWatch(TAGS, SPEC, made).look(frame(1.0), poses(1.0), None) is not None
    made.close()


def test_what_a_node_was_given_is_read(channels):
    assert tag_watch("", SPEC, channels) is None
    text = TAGS.model_dump_json()
    assert isinstance(tag_watch(text, SPEC, channels), TagWatch)
    with pytest.raises(DataError, match=r"scene.tags(.|\n)*edge"):
        tag_watch(json.dumps({"edge": -1}), SPEC, channels)
    with pytest.raises(UnknownName):
        tag_watch(json.dumps({"family": "x"}), SPEC, channels)
