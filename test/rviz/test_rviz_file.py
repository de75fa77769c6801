"""The RViz file: its form, and that the running stack feeds every display with exactly the QoS that it asks for."""

import os
import subprocess
import sys
import xml.etree.ElementTree as Xml
from collections.abc import Iterator
from pathlib import Path

import pytest
import rclpy
import yaml
from geometry_msgs.msg import PoseStamped, PoseWithCovarianceStamped
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

from skill_stack.nodes.ros_compat import NEWEST
from test.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]
FILE = yaml.safe_load((ROOT / "config" / "rviz" / "skill_stack.rviz").read_text())
MANAGER = FILE["Visualization Manager"]
DISPLAYS = [display for display in MANAGER["Displays"] if display["Enabled"]]
TYPES = {
    "rviz_default_plugins/RobotModel": String,
    "rviz_default_plugins/MarkerArray": MarkerArray,
    "rviz_default_plugins/Odometry": Odometry,
}
BY_HAND = [display for display in MANAGER["Displays"] if not display["Enabled"]]
MADE_BY = {"/map": None, "/occupancy_grid": "occupancy_grid", "/perception/overlay": "perception/overlay"}
"""Topics of displays that only some robots fill, and the name by which the stack publishes them; the map is SLAM's."""
WITHOUT_TOPIC = {"rviz_default_plugins/Grid", "rviz_default_plugins/TF"}
PATIENCE = 120.0  # s


def topic_of(display: dict) -> dict | None:
    """The topic of a display with its QoS; None for a display without."""
    return display.get("Topic") or display.get("Description Topic")


def qos_of(topic: dict) -> QoSProfile:
    """The QoS that the file states, nothing added."""
    durability = {"Volatile": DurabilityPolicy.VOLATILE, "Transient Local": DurabilityPolicy.TRANSIENT_LOCAL}
    reliability = {"Reliable": ReliabilityPolicy.RELIABLE, "Best Effort": ReliabilityPolicy.BEST_EFFORT}
    assert topic["History Policy"] == "Keep Last"
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=topic["Depth"],
        durability=durability[topic["Durability Policy"]],
        reliability=reliability[topic["Reliability Policy"]],
    )


def test_every_display_is_of_a_class_that_comes_with_rviz_and_is_switched_on():
    for display in DISPLAYS:
        assert display["Class"] in {*TYPES, *WITHOUT_TOPIC}
        assert display["Value"] is True and display["Name"]
        assert (topic_of(display) is None) == (display["Class"] in WITHOUT_TOPIC)


def test_the_fixed_frame_is_the_map_and_floor_robot_objects_plan_and_frames_are_shown():
    assert MANAGER["Global Options"]["Fixed Frame"] == "map"
    shown = [display["Class"].split("/")[1] for display in DISPLAYS]
    assert {"Grid", "RobotModel", "MarkerArray", "Odometry", "TF"} <= set(shown)
    topics = {topic_of(display)["Value"] for display in DISPLAYS if topic_of(display)}
    assert topics == {"/robot_description", "/object_markers", "/plan_markers", "/safety_markers", "/odom"}


def test_displays_that_only_some_robots_fill_are_not_ticked_and_ask_for_what_is_sent():
    assert {topic_of(display)["Value"] for display in BY_HAND} == set(MADE_BY)
    assert {display["Class"] for display in BY_HAND} == {"rviz_default_plugins/Map", "rviz_default_plugins/Image"}
    source = (ROOT / "skill_stack" / "nodes" / "perception_node.py").read_text("utf-8")
    for display in BY_HAND:
        qos, name = qos_of(topic_of(display)), MADE_BY[topic_of(display)["Value"]]
        if name is None:
            assert qos.durability == DurabilityPolicy.TRANSIENT_LOCAL  # as slam_toolbox and map_server latch it
        else:
            assert f'"{name}"' in source and qos == NEWEST


class Listener:
    """Subscriptions as RViz would make them, and the first message of each."""

    def __init__(self) -> None:
        self._context = Context()
        rclpy.init(context=self._context)
        self._node = Node("viewer", context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self.first: dict[str, object] = {}
        self.frames: dict[str, str] = {}
        for display in DISPLAYS:
            if topic := topic_of(display):
                self._listen(TYPES[display["Class"]], topic["Value"], qos_of(topic))
        # The listener of tf2_ros, which RViz uses.
        latched = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self._node.create_subscription(TFMessage, "/tf", self._take_frames, QoSProfile(depth=100))
        self._node.create_subscription(TFMessage, "/tf_static", self._take_frames, latched)

    def _listen(self, kind: type, topic: str, qos: QoSProfile) -> None:
        self._node.create_subscription(kind, topic, lambda message: self.first.setdefault(topic, message), qos)

    def _take_frames(self, message: TFMessage) -> None:
        for one in message.transforms:
            parent = self.frames.setdefault(one.child_frame_id, one.header.frame_id)
            assert parent == one.header.frame_id, f"{one.child_frame_id} has two parents"

    def until(self, done, what: str) -> None:
        heard = lambda: (sorted(self.first), sorted(self.frames))  # noqa: E731
        eventually(done, PATIENCE, what, heard, lambda: self._executor.spin_once(timeout_sec=0.1))

    def close(self) -> None:
        self._node.destroy_node()
        self._executor.shutdown()
        self._context.try_shutdown()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """A viewer beside a running stack."""
    overlay = Path(os.environ["SKILL_STACK_OVERLAY"])
    log = (overlay / "up.log").open("w+")
    command = [sys.executable, "-m", "skill_stack.cli", "up", "go2_sim"]
    stack = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT)
    listener = Listener()
    try:
        listener.until(lambda: "/robot_description" in listener.first, "no stack within the time")
        yield listener
    finally:
        listener.close()
        stack.terminate()
        stack.wait(timeout=90)
        log.close()


@pytest.mark.slow
def test_every_display_gets_a_message_with_the_qos_of_the_file(listener):
    wanted = {topic_of(display)["Value"] for display in DISPLAYS if topic_of(display)}
    listener.until(lambda: set(listener.first) == wanted, "a display stays empty")
    assert len(listener.first["/object_markers"].markers) > 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "kind"), [("SetInitialPose", PoseWithCovarianceStamped), ("SetGoal", PoseStamped)]
)
def test_a_pose_that_a_person_draws_is_taken(listener, tool, kind):
    (topic,) = [topic_of(one) for one in MANAGER["Tools"] if one["Class"] == f"rviz_default_plugins/{tool}"]
    publisher = listener._node.create_publisher(kind, topic["Value"], qos_of(topic))
    listener.until(publisher.get_subscription_count, "nobody takes the pose")


@pytest.mark.slow
def test_every_link_can_be_placed_in_the_fixed_frame(listener):
    robot = Xml.fromstring(listener.first["/robot_description"].data)
    links = {link.get("name") for link in robot.findall("link")}

    def placed(frame: str) -> bool:
        while frame in listener.frames:
            frame = listener.frames[frame]
        return frame == MANAGER["Global Options"]["Fixed Frame"]

    listener.until(lambda: all(placed(link) for link in links), "a link has no place")
    assert len(links) > 12


@pytest.mark.slow
def test_markers_and_odometry_are_in_frames_that_can_be_placed(listener):
    for topic in ("/object_markers", "/plan_markers"):
        for marker in listener.first[topic].markers:
            assert marker.header.frame_id == MANAGER["Global Options"]["Fixed Frame"]
    over_robot = [marker for marker in listener.first["/safety_markers"].markers if marker.ns]
    assert over_robot and {marker.header.frame_id for marker in over_robot} <= set(listener.frames)
    assert listener.first["/odom"].header.frame_id in listener.frames
