"""Detections as messages: read from what has the fields, and with the real package where it is installed."""

import math
from types import SimpleNamespace as Message

import numpy as np
import pytest

pytest.importorskip("rclpy")

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Pose
from std_msgs.msg import Header

from skill_stack.core.errors import DataError
from skill_stack.core.world.scene import SceneGraph, SceneObject
from skill_stack.nodes.wire.wire_detections import DETECTIONS, detections_message, detections_of
from skill_stack.nodes.wire.wire_goal import interface_type
from skill_stack.nodes.wire.wire_scene import MOST


def pose(x=0.0, w=1.0):
    made = Pose()
    made.position.x, made.orientation.w = x, w
    return made


def result(name="Coffee_Cup", score=0.5, x=9.0):
    return Message(hypothesis=Message(class_id=name, score=score), pose=Message(pose=pose(x)))


def detection(*results, size=(0.1, 0.2, 0.3), center=None):
    box = Message(center=center or pose(2.0), size=Message(x=size[0], y=size[1], z=size[2]))
    return Message(results=list(results), bbox=box, id="17")


def message(*detections):
    return Message(header=Header(frame_id="/camera", stamp=Time(sec=3)), detections=list(detections))


def test_the_likeliest_class_counts():
    frame, stamp, (one,) = detections_of(message(detection(result(score=0.2), result("bowl", 0.7))))
    assert (frame, stamp) == ("camera", 3.0)
    assert (one.id, one.kind, one.confidence, one.size) == ("17", "bowl", 0.7, (0.1, 0.2, 0.3))
    assert one.pose.xyz.tolist() == [2.0, 0.0, 0.0] and one.pose.wxyz.tolist() == [1.0, 0.0, 0.0, 0.0]


def test_classes_are_words_and_a_detection_without_a_box_is_where_its_class_is():
    _, _, (one,) = detections_of(message(detection(result(), size=(0.0, 0.0, 0.0))))
    assert one.kind == "coffee cup" and one.pose.xyz[0] == 9.0


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (detection(), "at least one class"),
        (detection(result(score=1.5)), "between 0 and 1, not 1.5"),
        (detection(result(score=math.nan)), "between 0 and 1"),
        (detection(result(), size=(0.1, -0.1, 0.1)), "a size of 0.1, -0.1, 0.1 m"),
        (detection(result(), size=(1e9, 1.0, 1.0)), "beyond"),
        (detection(result(), center=pose(w=0.0)), "quaternion of length 1"),
    ],
)
def test_what_makes_no_sense_is_an_error(wrong, why):
    with pytest.raises(DataError, match=why):
        detections_of(message(wrong))


def test_more_than_a_scene_has_are_an_error():
    with pytest.raises(DataError, match=f"at most {MOST}"):
        detections_of(message(*[detection(result())] * (MOST + 1)))


def test_a_scene_goes_there_and_back_by_the_real_package():
    pytest.importorskip("vision_msgs.msg", reason="vision_msgs is not installed", exc_type=ImportError)
    ball = SceneObject("red_ball", "ball", (1.0, 2.0, 0.1), 0.5, "sphere", (0.2, 0.2, 0.2), "red", confidence=0.9)
    place = SceneObject("kitchen", "place", (0.0, 0.0, 0.0))
    made = detections_message(SceneGraph({one.id: one for one in (ball, place)}), Time(sec=4), "alice/map")
    assert isinstance(made, interface_type(DETECTIONS)) and len(made.detections) == 1, "a place is no detection"
    frame, stamp, (one,) = detections_of(made)
    assert (frame, stamp, one.id, one.kind, one.confidence) == ("alice/map", 4.0, "red_ball", "ball", 0.9)
    assert np.allclose(one.pose.xyz, ball.position) and one.size == ball.size
    assert made.detections[0].header.frame_id == "alice/map"
