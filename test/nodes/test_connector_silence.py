"""The connector when the controller falls silent while its front end goes on saying the last status."""

import dataclasses
import os

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from rclpy.action import ActionClient  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.setpoint import ControlMode, SkillStatus  # noqa: E402
from skill_stack.nodes import connector_node  # noqa: E402
from skill_stack.nodes.ros_compat import STREAM  # noqa: E402
from skill_stack.nodes.wire.wire import status_message  # noqa: E402
from skill_stack_interfaces.action import DoSkill  # noqa: E402
from skill_stack_interfaces.msg import SkillStatus as StatusMessage  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 60.0  # s
STANDING = SkillStatus(
    5.0, "body", "stand", "stand", ControlMode.ACTIVE, "", 1.0, "", 0, 7,
    np.array([0.0, 0.0, 0.3]), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3), 0.0, 0.0,
)  # fmt: skip


class World:
    """A connector, and a controller that can say anything."""

    def __init__(self) -> None:
        self.executor = SingleThreadedExecutor()
        self.connector = connector_node.ConnectorNode()
        self.node = Node("front_end")
        for node in (self.connector, self.node):
            self.executor.add_node(node)
        self.connector.trigger_configure()
        self.connector.trigger_activate()
        self.publisher = self.node.create_publisher(StatusMessage, "skill_status", STREAM)
        self.client = ActionClient(self.node, DoSkill, "do_skill")
        self.status = STANDING

    def until(self, done) -> None:
        def turn() -> None:
            self.publisher.publish(status_message(self.status, self.node.get_clock().now().to_msg(), "odom", True))
            self.executor.spin_once(timeout_sec=0.05)

        eventually(done, PATIENCE, between=turn)

    def send(self, request_id: str):
        wanted = DoSkill.Goal(request_id=request_id, skill="wait", arguments='{"duration": 90}')
        goal = self.client.send_goal_async(wanted)
        self.until(goal.done)
        return goal.result().get_result_async()


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(connector_node, "LOST", 1.0)
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-r", "__ns:=/silence"])
    made = World()
    made.until(made.client.server_is_ready)
    yield made
    made.connector.destroy_node()
    made.node.destroy_node()
    made.executor.shutdown()
    rclpy.try_shutdown()


@pytest.mark.e2e
def test_a_status_that_is_only_repeated_is_no_sign_of_life(world):
    ended = world.send("p1/0")
    world.until(ended.done)
    outcome = ended.result().result.outcome
    assert outcome.outcome == "failed" and "no status from the controller" in outcome.reason


@pytest.mark.e2e
def test_a_request_that_arrives_late_does_not_begin_once_more(world):
    ended = world.send("p1/0")
    world.status = dataclasses.replace(STANDING, mode=ControlMode.ESTOP, reason="asked for", task_time=6.0)
    world.until(ended.done)
    again = world.send("p1/0")
    world.until(again.done)
    first, second = (done.result().result.outcome for done in (ended, again))
    assert first.outcome == second.outcome == "failed"
    assert first.reason == second.reason and "emergency stop" in first.reason
