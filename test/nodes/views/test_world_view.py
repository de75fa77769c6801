"""WorldView: a reader that is busy answers what is so now, not what was."""

import os

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from rclpy.duration import Duration  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.setpoint import ControlMode, SkillStatus  # noqa: E402
from skill_stack.nodes.ros_compat import STREAM  # noqa: E402
from skill_stack.nodes.views.world_view import WorldView  # noqa: E402
from skill_stack.nodes.wire.wire import status_message  # noqa: E402
from skill_stack_interfaces.msg import SkillStatus as StatusMessage  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 30.0  # s
MEANWHILE = 15  # statuses of each part that come while the reader is busy


def status(part: str, task_time: float) -> SkillStatus:
    return SkillStatus(
        task_time, part, "stand", "stand", ControlMode.ACTIVE, "", 1.0, "", 0, 7,
        np.array([0.0, 0.0, 0.3]), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3), 0.0, 0.0,
    )  # fmt: skip


@pytest.fixture
def nodes(monkeypatch):
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    rclpy.init(args=["--ros-args", "-r", f"__ns:=/world_{os.getpid()}"])
    made = Node("reader"), Node("front_end")
    yield made
    for node in made:
        node.destroy_node()
    rclpy.try_shutdown()


@pytest.mark.parametrize("name", ["go2", "g1_hands"])
def test_a_busy_reader_takes_up_the_newest_status_of_every_part_and_none_before(nodes, name):
    reader, front_end = nodes
    robot = load_robot(Resources.from_environment(os.environ).robot(name))
    heard: list[tuple[str, float]] = []
    WorldView(reader, robot, lambda one: heard.append((one.part, one.task_time)))
    publisher = front_end.create_publisher(StatusMessage, "skill_status", STREAM)
    eventually(publisher.get_subscription_count, PATIENCE, "a reader")
    stamp = reader.get_clock().now().to_msg()
    for tick in range(MEANWHILE):
        for part in robot.parts:
            publisher.publish(status_message(status(part, float(tick)), stamp, "odom", True))
    assert publisher.wait_for_all_acked(Duration(seconds=PATIENCE))  # they are where the busy reader will find them

    executor = SingleThreadedExecutor()
    executor.add_node(reader)
    last = float(MEANWHILE - 1)
    eventually(lambda: len(heard) == len(robot.parts), PATIENCE, between=lambda: executor.spin_once(timeout_sec=0.05))
    executor.spin_once(timeout_sec=0.2)
    assert heard == [(part, last) for part in robot.parts]
