"""Where odom lies in map, as another localization publishes it on /tf."""

import math
import os

import pytest

rclpy = pytest.importorskip("rclpy")

from geometry_msgs.msg import TransformStamped  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from tf2_msgs.msg import TFMessage  # noqa: E402

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.shared_memory.channels import RobotChannels  # noqa: E402
from skill_stack.core.shared_memory.stated_place import EXTERNAL, stated_place  # noqa: E402
from skill_stack.nodes.controller_node import ControllerNode  # noqa: E402
from skill_stack.nodes.ros_compat import LATCHED  # noqa: E402
from skill_stack.nodes.stack_node import StackNode  # noqa: E402
from skill_stack.nodes.views.external_localization import EVERY, UNSAID, ExternalLocalization  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 30.0  # s


def transform(parent, child, x=0.0, yaw=0.0):
    one = TransformStamped(child_frame_id=child)
    one.header.frame_id = parent
    one.transform.translation.x = x
    one.transform.rotation.z, one.transform.rotation.w = math.sin(yaw / 2), math.cos(yaw / 2)
    return one


class Front(StackNode):
    """A node that keeps what it does with a message."""

    def create_subscription(self, kind, topic, take, *rest, **options):
        if topic == "/tf":
            self.take = take
            return None
        return super().create_subscription(kind, topic, take, *rest, **options)


@pytest.fixture
def alice():
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-r", "__ns:=/alice"])
    node = Front("controller")
    yield node
    node.close()
    node.destroy_node()
    rclpy.try_shutdown()


@pytest.fixture
def channels(tmp_path):
    resources = Resources.from_environment({})
    made = RobotChannels.open(tmp_path / "block", load_robot(resources.robot("go2"), resources))
    yield made
    made.close()


class Rig:
    """A localization at work."""

    def __init__(self, node, channels):
        self.node, self.channels, self.time = node, channels, 100.0
        self.external = ExternalLocalization(node, lambda: self.time)

    def hear(self, *transforms):
        self.node.take(serialize_message(TFMessage(transforms=list(transforms))))
        self.time += EVERY
        self.external.look(self.channels)
        return stated_place(self.channels.common)


@pytest.fixture
def rig(alice, channels):
    return Rig(alice, channels)


@pytest.mark.parametrize(
    ("parent", "child"),
    [("alice/map", "alice/odom"), ("map", "odom"), ("map", "alice/odom"), ("/alice/map", "/alice/odom")],
)
def test_frames_of_this_robot_are_found_among_others(rig, parent, child):
    rest = transform("odom", "base", 9.0), transform("map", "bob/odom", 8.0), transform("bob/map", "odom", 7.0)
    place = rig.hear(*rest, transform(parent, child, 1.5, 0.5), *rest)
    assert (place.origin.x, place.origin.y, place.origin.yaw) == pytest.approx((1.5, 0.0, 0.5))
    assert (place.position, place.heading) == pytest.approx((UNSAID, UNSAID)) and place.source == EXTERNAL


def test_what_speaks_of_others_or_of_nothing_states_nothing(rig):
    assert rig.hear(transform("odom", "base"), transform("map", "bob/odom"), transform("bob/map", "alice/odom")) is None
    rig.node.take(b"\x00\x01\x00\x00map\x00odom\x00")  # which is no message
    bad = transform("map", "odom")
    bad.transform.rotation.w = 0.0
    assert rig.hear(bad) is None


def test_a_frame_with_the_namespace_goes_before_one_without(rig):
    assert rig.hear(transform("map", "odom", 1.0)).origin.x == pytest.approx(1.0)
    assert rig.hear(transform("map", "alice/odom", 2.0)).origin.x == pytest.approx(2.0)
    assert rig.hear(transform("map", "odom", 3.0)).origin.x == pytest.approx(2.0)


def test_many_messages_are_one_correction_with_the_newest(rig):
    first = rig.hear(transform("map", "odom", 1.0))
    for number in range(5):
        rig.node.take(serialize_message(TFMessage(transforms=[transform("map", "odom", 2.0 + number)])))
        rig.external.look(rig.channels)
    assert stated_place(rig.channels.common) == first
    rig.time += EVERY
    rig.external.look(rig.channels)
    rig.external.look(rig.channels)
    second = stated_place(rig.channels.common)
    assert second.number == first.number + 1 and second.origin.x == pytest.approx(6.0)


@pytest.fixture
def world(monkeypatch):
    """A front end with another localization, and what it publishes."""
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    space = f"/elsewhere_{os.getpid()}"
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-p", "localization:=external", "-r", f"__ns:={space}"])
    controller, other, executor = ControllerNode(), Node("slam"), SingleThreadedExecutor()
    for node in (controller, other):
        executor.add_node(node)
    heard = {"/tf_static": [], "localization": []}
    for topic, kind in (("/tf_static", TFMessage), ("localization", TransformStamped)):
        other.create_subscription(kind, topic, heard[topic].append, LATCHED)
    yield controller, other, executor, heard, space.strip("/")
    controller.close()
    controller.block.unlink(missing_ok=True)
    for node in (controller, other):
        node.destroy_node()
    executor.shutdown()
    rclpy.try_shutdown()


def test_the_front_end_takes_it_and_publishes_none_of_its_own(world):
    controller, other, executor, heard, space = world
    assert controller.trigger_configure().name == "SUCCESS" and controller.trigger_activate().name == "SUCCESS"
    assert not [one for one in controller.subscriptions if one.topic_name.endswith("initialpose")]
    sender = other.create_publisher(TFMessage, "/tf", 100)

    def until(done, between=lambda: None):
        eventually(done, PATIENCE, between=lambda: (between(), executor.spin_once(timeout_sec=0.05)))

    until(lambda: heard["/tf_static"])
    assert not heard["localization"], "nobody has said where it is"
    said = TFMessage(transforms=[transform("map", "odom", 1.5, 0.5)])
    until(lambda: heard["localization"], lambda: sender.publish(said))
    told = heard["localization"][-1]
    assert (told.header.frame_id, told.child_frame_id) == (f"{space}/map", f"{space}/odom")
    assert told.transform.translation.x == pytest.approx(1.5)
    children = [one.child_frame_id for message in heard["/tf_static"] for one in message.transforms]
    assert children and f"{space}/odom" not in children
    assert controller._health.localization == EXTERNAL


def test_a_localization_that_is_unknown_is_refused():
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-p", "localization:=gps", "-r", f"__ns:=/gps_{os.getpid()}"])
    try:
        with pytest.raises(DataError, match="localization"):
            ControllerNode()
    finally:
        rclpy.try_shutdown()
