"""The connector on ROS: something hazardous begins with a person's signed yes, which reaches the controller sealed."""

import dataclasses
import os

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from rclpy.action import ActionClient  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.processes.confirmation import RunConfirmations, is_confirmed  # noqa: E402
from skill_stack.core.processes.run_key import read_run_key  # noqa: E402
from skill_stack.core.processes.setpoint_seal import ForeignSetpoint, SealCheck  # noqa: E402
from skill_stack.core.setpoint import ControlMode, SkillRequest, SkillStatus  # noqa: E402
from skill_stack.core.shared_memory.channels import channel_layout  # noqa: E402
from skill_stack.core.shared_memory.shared_block import SharedBlock, remove_block  # noqa: E402
from skill_stack.nodes import connector_node  # noqa: E402
from skill_stack.nodes.ros_compat import STREAM  # noqa: E402
from skill_stack.nodes.wire.wire import outcome_of, request_goal, setpoint_of, status_message  # noqa: E402
from skill_stack_interfaces.action import DoSkill  # noqa: E402
from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage  # noqa: E402
from skill_stack_interfaces.msg import SkillStatus as StatusMessage  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 60.0  # s
FALLEN = ("body", "", "", ControlMode.DAMPED, "tilt", 0.0, "", 0)


class World:
    """A connector with the memory of a run, and the front end of a robot that lies on its side."""

    def __init__(self):
        self.executor = SingleThreadedExecutor()
        self.connector, self.node = connector_node.ConnectorNode(), Node("front_end")
        for node in (self.connector, self.node):
            self.executor.add_node(node)
        self.block = self.connector.block
        SharedBlock.create(self.block, channel_layout(self.connector.load_robot())).close()
        self.connector.trigger_configure()
        self.connector.trigger_activate()
        self.statuses = self.node.create_publisher(StatusMessage, "skill_status", STREAM)
        self.client = ActionClient(self.node, DoSkill, "do_skill")
        self.heard = []
        self.node.create_subscription(SetpointMessage, "skill_setpoint", self.heard.append, STREAM)
        self.task_time = 5.0

    def until(self, done):
        def turn():
            self.task_time += 0.02
            base = (np.array([0.0, 0.0, 0.1]), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3), 0.0, 1.5)
            status = SkillStatus(self.task_time, *FALLEN, round(50 * self.task_time), *base)
            self.statuses.publish(status_message(status, self.node.get_clock().now().to_msg(), "odom", True))
            self.executor.spin_once(timeout_sec=0.02)

        eventually(done, PATIENCE, between=turn)

    def send(self, request):
        goal = self.client.send_goal_async(request_goal(request))
        self.until(goal.done)
        return goal.result().get_result_async()

    def refusal(self, request):
        ended = self.send(request)
        self.until(ended.done)
        return outcome_of(ended.result().result.outcome).reason


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-r", f"__ns:=/yes_{os.getpid()}"])
    made = World()
    made.until(made.client.server_is_ready)
    yield made
    made.connector.close()
    made.connector.destroy_node()
    made.node.destroy_node()
    made.executor.shutdown()
    rclpy.try_shutdown()
    remove_block(made.block)


@pytest.mark.e2e
def test_a_goal_begins_something_hazardous_with_a_signed_yes_alone(world):
    asked = SkillRequest("script/1", "get_up", {})
    assert "needs a person's yes" in world.refusal(asked)
    assert "needs a person's yes" in world.refusal(SkillRequest("", "get_up", {}))
    assert "needs a person's yes" in world.refusal(dataclasses.replace(asked, confirmation="yes"))
    yes = RunConfirmations(lambda: read_run_key(world.block)).confirm(asked)
    overheard = dataclasses.replace(yes, id="script/2")
    assert "not one of a person of this run for just that" in world.refusal(overheard)
    world.send(yes)
    world.until(lambda: any(message.request_id == "script/1" for message in world.heard))
    check = SealCheck(lambda: read_run_key(world.block), 0)
    sealed = next(message for message in world.heard if message.request_id == "script/1")
    setpoint = check.open(setpoint_of(sealed))
    assert [one.skill for one in setpoint.skills] == ["get_up"] and is_confirmed(setpoint, read_run_key(world.block))
    sealed.stop_count += 1
    with pytest.raises(ForeignSetpoint):
        SealCheck(lambda: read_run_key(world.block), 0).open(setpoint_of(sealed))
