"""A detector outside of the stack and the scene node; with the real message package where it is installed."""

import math
import os
import sys

import pytest

rclpy = pytest.importorskip("rclpy")

from geometry_msgs.msg import TransformStamped  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from tf2_msgs.msg import TFMessage  # noqa: E402

from skill_stack.nodes.border import border_of  # noqa: E402
from skill_stack.nodes.ros_compat import LATCHED, STREAM  # noqa: E402
from skill_stack.nodes.scene_node import SceneNode  # noqa: E402
from skill_stack.nodes.wire.wire_scene import scene_of  # noqa: E402
from skill_stack_interfaces.msg import SceneGraph as SceneMessage  # noqa: E402
from skill_stack_interfaces.msg import SkillStatus as StatusMessage  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 30.0  # s
TOPIC = "detector/detections"


@pytest.fixture
def scene_node():
    words = ["-p", "robot:=go2", "-p", "stated:=false", "-p", f"detections:={TOPIC}"]
    rclpy.init(args=["--ros-args", *words, "-r", f"__ns:=/detect_{os.getpid()}"])
    node = SceneNode()
    yield node
    node.close()
    node.destroy_node()
    rclpy.try_shutdown()


def transform(parent, child, x=0.0, yaw=0.0):
    one = TransformStamped(child_frame_id=child)
    one.header.frame_id = parent
    one.transform.translation.x = x
    one.transform.rotation.z, one.transform.rotation.w = math.sin(yaw / 2), math.cos(yaw / 2)
    return one


class Outside:
    """A detector, its driver and a robot that reports, beside a scene node."""

    def __init__(self, node):
        from vision_msgs import msg

        self.types, self.node, self.beside = msg, node, Node("outside", namespace=node.get_namespace())
        self.executor, self.scene = SingleThreadedExecutor(), None
        for one in (node, self.beside):
            self.executor.add_node(one)
        make = self.beside.create_publisher
        self.detections = make(msg.Detection3DArray, TOPIC, STREAM)
        self.static, self.status = make(TFMessage, "/tf_static", LATCHED), make(StatusMessage, "skill_status", STREAM)
        self.localization = make(TransformStamped, "localization", LATCHED)
        self.beside.create_subscription(SceneMessage, "scene", self.take, LATCHED)
        assert node.trigger_configure().name == node.trigger_activate().name == "SUCCESS"

    def take(self, message):
        self.scene = scene_of(message).objects

    def say(self, frame, *places):
        message = self.types.Detection3DArray()
        message.header.frame_id = frame
        for x, kind in places:
            one = self.types.Detection3D(results=[self.types.ObjectHypothesisWithPose()])
            one.results[0].hypothesis.class_id, one.results[0].hypothesis.score = kind, 0.9
            one.bbox.center.position.x = x
            one.bbox.size.x = one.bbox.size.y = one.bbox.size.z = 0.2
            message.detections.append(one)
        self.detections.publish(message)

    def report(self):
        status = StatusMessage(part="body", mode="active")
        status.base_pose.position.x = status.base_pose.orientation.w = 1.0
        self.status.publish(status)

    def until(self, done, between):
        def step():
            between()
            self.executor.spin_once(timeout_sec=0.05)

        eventually(done, PATIENCE, else_=lambda: (self.scene, border_of(self.node).refused), between=step)

    def close(self):
        self.executor.shutdown()
        self.beside.destroy_node()


@pytest.fixture
def outside(scene_node):
    pytest.importorskip("vision_msgs.msg", reason="vision_msgs is not installed", exc_type=ImportError)
    made = Outside(scene_node)
    yield made
    made.close()


def test_without_the_package_a_detector_is_refused_with_what_to_install(scene_node, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "vision_msgs.msg", None)
    assert scene_node.trigger_configure().name == "FAILURE"
    assert "package vision_msgs is not installed: apt install ros-" in capfd.readouterr().err


def test_detections_in_map_are_in_the_scene(outside):
    outside.until(lambda: outside.scene and "cup" in outside.scene, lambda: outside.say("map", (2.0, "cup")))
    cup = outside.scene["cup"]
    assert cup.position[0] == pytest.approx(2.0) and cup.size == pytest.approx((0.2, 0.2, 0.2))
    assert cup.confidence == pytest.approx(0.9)


def test_detections_of_a_sensor_on_the_robot_are_placed_by_its_pose(outside):
    def told():
        outside.static.publish(TFMessage(transforms=[transform("base", "depth_camera", 0.3)]))
        outside.localization.publish(transform("map", "odom", 5.0, math.pi / 2))
        outside.report()
        outside.say("depth_camera", (2.0, "cup"))

    outside.until(lambda: outside.scene and "cup" in outside.scene, told)
    x, y, _ = outside.scene["cup"].position  # 1 m of way, 0.3 m to the sensor and 2 m ahead of it, along y of the map
    assert (x, y) == pytest.approx((5.0, 3.3))


def test_a_frame_that_nobody_placed_is_told_and_changes_nothing(outside):
    refused = border_of(outside.node).refused
    outside.until(lambda: TOPIC in refused, lambda: outside.say("somewhere", (2.0, "cup")))
    assert "/tf_static where 'somewhere' is" in refused[TOPIC].why and "cup" not in (outside.scene or {})


def test_what_makes_no_sense_is_dropped(outside):
    refused = border_of(outside.node).refused
    outside.until(lambda: TOPIC in refused, lambda: outside.say("map", (2.0, "??")))
    assert "class with a name" in refused[TOPIC].why
    outside.until(lambda: outside.scene and "cup" in outside.scene, lambda: outside.say("map", (2.0, "cup")))
