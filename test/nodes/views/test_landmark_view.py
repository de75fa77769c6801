"""Where a robot is, corrected by things of the map that its camera sees."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("rclpy")

from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import from_yaw
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.stated_place import LANDMARKS, stated_place
from skill_stack.core.world.pose_history import PoseHistory
from skill_stack.core.world.scene import Pose2, SceneGraph, SceneObject
from skill_stack.nodes.views.landmark_view import LandmarkView
from skill_stack.perception.scene.detection import Detection

POST = SceneObject("post", "post", (2.0, 0.5, 0.25), 0.0, "cylinder", (0.3, 0.3, 0.5), "red")
CONE = SceneObject("cone", "cone", (1.5, -0.8, 0.2), 0.0, "cylinder", (0.2, 0.2, 0.4), "blue")
CRATE = SceneObject("crate", "crate", (1.0, 0.2, 0.15), 0.0, "box", (0.3, 0.3, 0.3), "green", movable=True)
MAP = SceneGraph({one.id: one for one in (POST, CONE, CRATE)})


@pytest.fixture
def channels(tmp_path):
    robot = load_robot(Resources.from_environment({}).robot("go2"))
    made = RobotChannels.open(tmp_path / "block", robot)
    yield made
    made.close()


def seen_at(told, true, believed, **more):
    """A look at a thing from a true pose, placed by where the robot is thought to be."""
    c, s = math.cos(true.yaw), math.sin(true.yaw)
    dx, dy = told.position[0] - true.x, told.position[1] - true.y
    at = believed.compose(Pose2(c * dx + s * dy, -s * dx + c * dy, 0.0))
    given = {"kind": told.kind, "shape": told.shape, "position": np.array([at.x, at.y, told.position[2]]),
             "size": told.size, "yaw": 0.0, "colour": told.colour, "confidence": 0.9, "deviation": 0.01, "whole": True,
             "guessed": False, "pixels": 900, "box": (0, 0, 9, 9), "label": 1, "surface": np.zeros(3)}  # fmt: skip
    return Detection(**{**given, **more})


def walked(view, things, looks=12, **more):
    """Walks with an odometry that counts too little; gives where the robot is and is thought to be."""
    origin, poses = Pose2(0.0, 0.0, 0.0), PoseHistory()
    for number in range(looks):
        true = Pose2(0.08 * number, 0.0, 0.0)
        odometry = Pose2(0.85 * true.x, 0.01 * number, 0.0)
        poses.add(0.2 * number, np.array([odometry.x, odometry.y, 0.3, *from_yaw(odometry.yaw)]))
        looked = [seen_at(one, true, origin.compose(odometry), **more) for one in things]
        origin = view.look(SimpleNamespace(stamp=0.2 * number, things=looked), poses, origin) or origin
    return true, origin.compose(odometry)


def test_the_drift_of_the_legs_is_taken_back_and_told_to_everybody(channels):
    view = LandmarkView(MAP, channels)
    true, thought = walked(view, [POST, CONE])
    assert thought.distance_to(true.x, true.y) < 0.03
    stated = stated_place(channels.common)
    assert stated is not None and stated.source == LANDMARKS and 0.0 < stated.position < 0.1
    assert view.fixes == 12


@pytest.mark.parametrize(
    ("things", "more"),
    [([CRATE], {}), ([POST], {"whole": False, "size": (0.3, 0.2, 0.5)}), ([POST], {"guessed": True}),
     ([POST], {"colour": "blue"}), ([POST], {"size": (0.3, 0.3, 0.3)})],
)  # fmt: skip
def test_what_can_be_moved_or_is_seen_in_part_or_is_another_thing_tells_nothing(channels, things, more):
    view = LandmarkView(MAP, channels)
    walked(view, things, **more)
    assert view.fixes == 0 and stated_place(channels.common) is None


def test_a_post_whose_top_is_out_of_the_picture_corrects_too(channels):
    view = LandmarkView(MAP, channels)
    true, thought = walked(view, [POST], whole=False, size=(0.3, 0.3, 0.3))
    assert view.fixes == 12 and thought.distance_to(true.x, true.y) < 0.05


def test_without_a_place_there_is_nothing_to_correct(channels):
    view = LandmarkView(MAP, channels)
    assert view.look(SimpleNamespace(stamp=0.0, things=[]), PoseHistory(), None) is None
