"""Obstacles from a laser or a lidar of another driver, by real topics."""

import types

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from geometry_msgs.msg import TransformStamped  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.qos import qos_profile_sensor_data  # noqa: E402
from sensor_msgs.msg import LaserScan, PointCloud2  # noqa: E402
from tf2_msgs.msg import TFMessage  # noqa: E402

from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.nodes.border import border_of  # noqa: E402
from skill_stack.nodes.ros_compat import LATCHED  # noqa: E402
from skill_stack.nodes.stack_node import StackNode  # noqa: E402
from skill_stack.nodes.views.range_view import EVERY, RangeView  # noqa: E402
from test.eventually import eventually  # noqa: E402
from test.nodes.wire.test_wire_ranges import cloud  # noqa: E402

RESOURCES = Resources.from_environment({})
GO2 = load_robot(RESOURCES.robot("go2"), RESOURCES)
HERE = types.SimpleNamespace(
    base_position=np.array([1.0, 0.0, 0.3]), orientation=np.array([np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)])
)  # it looks along y


class Rig:
    """The view in a node of a robot in a namespace, and the drivers of its sensors."""

    def __init__(self, kind: str) -> None:
        rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-r", "__ns:=/alice"])
        self.node, self.beside = StackNode("connector"), Node("driver", namespace="/alice")
        self.executor, self.grids, self.status, self.stamp = SingleThreadedExecutor(), [], HERE, 10.0
        for node in (self.node, self.beside):
            self.executor.add_node(node)
        RangeView(self.node, kind, GO2, lambda: self.status, lambda stamp: stamp, self.grids.append)
        self.kind = {"scan": LaserScan, "points": PointCloud2}[kind]
        self.sensor = self.beside.create_publisher(self.kind, kind, qos_profile_sensor_data)
        self.static = self.beside.create_publisher(TFMessage, "/tf_static", LATCHED)
        self.turn(lambda: self.sensor.get_subscription_count() and self.static.get_subscription_count())

    def turn(self, done) -> None:
        eventually(done, between=lambda: self.executor.spin_once(timeout_sec=0.05))

    def mount(self, parent: str, child: str, x=0.0, z=0.0) -> None:
        one = TransformStamped(child_frame_id=child)
        one.header.frame_id = parent
        one.transform.translation.x, one.transform.translation.z, one.transform.rotation.w = x, z, 1.0
        self.static.publish(TFMessage(transforms=[one]))

    def send(self, message, frame: str, later: float = EVERY) -> None:
        self.stamp += later
        message.header.frame_id = frame
        message.header.stamp.sec, message.header.stamp.nanosec = int(self.stamp), round(self.stamp % 1 * 1e9)
        self.sensor.publish(message)

    def repeat(self, send) -> None:
        """Sends until there is a grid: the mounting comes on another topic."""

        def again() -> None:
            send()
            self.executor.spin_once(timeout_sec=0.05)

        eventually(lambda: self.grids, between=again)
        self.executor.spin_once(timeout_sec=0.5)  # what was sent and not yet read

    @property
    def refused(self) -> dict:
        return border_of(self.node).refused


@pytest.fixture
def rig():
    made = []

    def make(kind: str) -> Rig:
        made.append(Rig(kind))
        return made[-1]

    yield make
    for one in made:
        one.executor.shutdown()
        one.node.close()
        one.node.destroy_node()
        one.beside.destroy_node()
    rclpy.try_shutdown()


def scan(ahead: float) -> LaserScan:
    """One beam ahead that meets something, others that meet nothing."""
    ranges = [float("inf"), ahead, float("inf"), float("nan")]
    return LaserScan(angle_min=-0.1, angle_increment=0.1, range_min=0.05, range_max=10.0, ranges=ranges)


def test_a_laser_on_a_mast_tells_where_something_is_in_odom(rig) -> None:
    made = rig("scan")
    made.mount("base", "mast", x=0.2)  # without the namespace, as drivers name frames
    made.mount("mast", "laser", z=0.1)

    made.repeat(lambda: made.send(scan(2.0), "laser"))
    grid = made.grids[-1]
    assert grid.at([[1.0, 2.21], [1.0, 1.5]]).tolist() == [100, 0]  # 1 m along x, 0.2 m and 2 m along y
    assert (grid.frame, grid.source) == ("odom", "laser") and grid.above == pytest.approx(0.4)


def test_a_sensor_that_nobody_places_is_dropped_and_named(rig) -> None:
    made = rig("scan")
    made.send(scan(2.0), "somewhere")
    made.turn(lambda: made.refused)
    assert "nobody says on /tf_static where 'somewhere' is on the robot's base" in made.refused["scan"].why
    assert not made.grids


def test_a_lidar_does_not_see_the_robot_itself_and_is_not_asked_too_often(rig) -> None:
    made = rig("points")
    made.mount("alice/base", "lidar")
    spread = np.linspace(0.0, 0.04, 4)
    around = [[x + a, 0.02, 0.1 + a] for x in (0.1, 1.5) for a in spread]  # on its own back, and ahead
    made.repeat(lambda: made.send(cloud(np.array(around)), "lidar"))
    grid = made.grids[-1]
    assert grid.at([[0.98, 1.51], [0.98, 0.12]]).tolist() == [100, -1]
    made.grids.clear()
    for later in (EVERY / 4, EVERY / 4, EVERY):  # the sender keeps five
        made.send(cloud(np.array(around)), "lidar", later=later)
    made.turn(lambda: made.grids and made.grids[-1].stamp == pytest.approx(made.stamp))
    assert len(made.grids) == 1
