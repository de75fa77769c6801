"""Sticks of the robot's own remote from shared memory to the connector, which prefers them to other hands."""

import os

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from geometry_msgs.msg import Twist  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.processes.setpoint_seal import driver_of  # noqa: E402
from skill_stack.core.setpoint import ControlMode, SkillStatus  # noqa: E402
from skill_stack.nodes import connector_node  # noqa: E402
from skill_stack.nodes.bridges.remote_topic import FULL, RemoteTopic  # noqa: E402
from skill_stack.nodes.clients.drive_client import twist  # noqa: E402
from skill_stack.nodes.ros_compat import NEWEST, STREAM  # noqa: E402
from skill_stack.nodes.wire.wire import setpoint_of, status_message  # noqa: E402
from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage  # noqa: E402
from skill_stack_interfaces.msg import SkillStatus as StatusMessage  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 60.0  # s
STANDING = ("body", "stand", "stand", ControlMode.ACTIVE, "", 1.0, "", 0)


class Words:
    """Sticks as a driver states them."""

    def __init__(self):
        self.stated = (0, (0.0, 0.0, 0.0))

    def sticks(self):
        return self.stated

    def set(self, name, value):
        self.noted = name, value


class World:
    """A connector, a front end whose robot stands and has a remote, and a hand over the network."""

    def __init__(self):
        self.executor = SingleThreadedExecutor()
        self.connector, self.node = connector_node.ConnectorNode(), Node("front_end")
        for node in (self.connector, self.node):
            self.executor.add_node(node)
        self.connector.trigger_configure()
        self.connector.trigger_activate()
        self.status = self.node.create_publisher(StatusMessage, "skill_status", STREAM)
        self.network = self.node.create_publisher(Twist, "cmd_vel", NEWEST)
        self.node.create_subscription(SetpointMessage, "skill_setpoint", self._take, STREAM)
        self.remote, self.words = RemoteTopic(self.node), Words()
        self.task_time, self.pushed, self.driven = 5.0, (0.0, 0.0, 0.0), None

    def _take(self, message):
        setpoint = setpoint_of(message)
        self.driven = dict(setpoint.goals) if driver_of(setpoint.source) == "teleop" else None

    def until(self, done):
        """Time passes, sticks are stated, and somebody on the network wants to walk aside."""

        def turn():
            self.task_time += 0.02
            base = (np.array([0.0, 0.0, 0.3]), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3), 0.0, 0.0)
            status = SkillStatus(self.task_time, *STANDING, round(50 * self.task_time), *base)
            stamp = self.node.get_clock().now().to_msg()
            self.status.publish(status_message(status, stamp, "odom", True))
            self.network.publish(twist(0.0, 0.2, 0.0))
            self.words.stated = (self.words.stated[0] + any(self.pushed), self.pushed)
            self.remote.look(self.words)
            for _ in range(4):
                self.executor.spin_once(timeout_sec=0.005)

        eventually(done, PATIENCE, else_=lambda: self.driven, between=turn)


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-r", "__ns:=/sticks"])
    made = World()
    yield made
    made.connector.close()
    made.connector.destroy_node()
    made.node.destroy_node()
    made.executor.shutdown()
    rclpy.try_shutdown()


@pytest.mark.e2e
def test_sticks_take_the_robot_from_the_network_and_give_it_back(world):
    world.until(lambda: world.driven is not None and world.driven["vy"] == 0.2)
    world.pushed = (0.5, 0.0, 0.0)
    world.until(lambda: world.driven is not None and world.driven["vx"] == pytest.approx(0.5 * FULL[0]))
    assert world.driven["vy"] == 0.0
    world.pushed = (0.0, 0.0, 0.0)
    world.until(lambda: world.driven is not None and world.driven["vy"] == 0.2)
