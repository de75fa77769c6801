"""A pose drawn in RViz: the robot goes there and turns, by requests like any other."""

import math
import os

import pytest

rclpy = pytest.importorskip("rclpy")

from geometry_msgs.msg import PoseStamped, TransformStamped  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.rotation import from_yaw, wrap_angle  # noqa: E402
from skill_stack.core.world.scene import Pose2  # noqa: E402
from skill_stack.nodes.border import border_of  # noqa: E402
from skill_stack.nodes.connector_node import ConnectorNode  # noqa: E402
from skill_stack.nodes.ros_compat import LATCHED, STREAM  # noqa: E402
from skill_stack.nodes.wire.wire import outcome_of, setpoint_of, status_message  # noqa: E402
from skill_stack.nodes.wire.wire_sensors import localization_message  # noqa: E402
from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage  # noqa: E402
from skill_stack_interfaces.msg import SkillStatus as StatusMessage  # noqa: E402
from skill_stack_interfaces.msg import StepOutcome as OutcomeMessage  # noqa: E402
from test.connector.conftest import FakeController, go2_library  # noqa: E402
from test.eventually import eventually  # noqa: E402

ORIGIN = Pose2(0.5, -0.2, 0.3)
"""Where odometry begins in the map: a goal must not be taken for one in ``odom``."""


class World:
    """The real connector, a robot that obeys it in lock-step, and somebody with RViz."""

    def __init__(self) -> None:
        given = ["robot:=go2", "pace:=lock_step", 'choosing:="off"']  # else another way of going is tried now and then
        options = [word for one in given for word in ("-p", one)]
        rclpy.init(args=["--ros-args", *options, "-r", f"__ns:=/goal_{os.getpid()}"])
        self.executor, self.connector, self.node = SingleThreadedExecutor(), ConnectorNode(), Node("rviz")
        for node in (self.connector, self.node):
            self.executor.add_node(node)
        assert self.connector.trigger_configure().name == self.connector.trigger_activate().name == "SUCCESS"
        self.robot, self.setpoint, self.outcomes = FakeController(go2_library()), None, []
        self.status = self.node.create_publisher(StatusMessage, "skill_status", STREAM)
        self.goals = self.node.create_publisher(PoseStamped, "goal_pose", 5)
        self.node.create_subscription(SetpointMessage, "skill_setpoint", self._obey, STREAM)
        self.node.create_subscription(OutcomeMessage, "step_outcome", self._end, STREAM)
        self.origin = self.node.create_publisher(TransformStamped, "localization", LATCHED)
        frames = self.connector.frame("map"), self.connector.frame("odom")
        self.origin.publish(localization_message(ORIGIN, self.node.get_clock().now().to_msg(), *frames))
        self.until(lambda: self.connector._world.pose is not None and self.goals.get_subscription_count())

    def _obey(self, message) -> None:
        self.setpoint = setpoint_of(message)

    def _end(self, message) -> None:
        self.outcomes.append(outcome_of(message))

    def turn(self) -> None:
        status, self.setpoint = self.robot.tick(self.setpoint), None
        self.status.publish(status_message(status, self.node.get_clock().now().to_msg(), "odom", True))
        self.executor.spin_once(timeout_sec=0.02)
        for _ in range(4):
            self.executor.spin_once(timeout_sec=0.0)

    def until(self, done) -> None:
        eventually(done, 120.0, between=self.turn, else_=lambda: (self.outcomes, self.robot.pose, self.robot.mode))

    def draw(self, goal: Pose2, frame: str | None = None) -> None:
        message = PoseStamped()
        message.header.frame_id = self.connector.frame("map") if frame is None else frame
        message.pose.position.x, message.pose.position.y = goal.x, goal.y
        w, _, _, z = from_yaw(goal.yaw)
        message.pose.orientation.w, message.pose.orientation.z = float(w), float(z)
        self.goals.publish(message)

    def done(self) -> list[tuple[str, str]]:
        return [(one.skill, one.outcome) for one in self.outcomes]

    def close(self) -> None:
        self.connector.close()
        for node in (self.connector, self.node):
            node.destroy_node()
        self.executor.shutdown()
        rclpy.try_shutdown()


@pytest.fixture
def world(monkeypatch, tmp_path):
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    monkeypatch.setitem(os.environ, "SKILL_STACK_OVERLAY", str(tmp_path))
    made = World()
    yield made
    made.close()


def test_the_robot_goes_to_the_pose_and_turns_to_its_heading(world):
    goal = Pose2(1.6, 0.4, -2.0)
    world.draw(goal)
    world.until(lambda: len(world.outcomes) == 2)
    assert world.done() == [("go_to", "succeeded"), ("turn", "succeeded")]
    here = ORIGIN.compose(world.robot.pose)
    assert here.distance_to(goal.x, goal.y) < 0.25 and abs(wrap_angle(here.yaw - goal.yaw)) < 0.2


def test_a_newer_pose_replaces_the_older_one_and_a_stop_ends_it(world):
    world.draw(Pose2(6.0, 0.0, 0.0))
    world.until(lambda: world.robot.skill == "walk")
    world.draw(Pose2(0.5, 3.0, math.pi / 2))
    world.until(lambda: world.outcomes)
    assert world.done() == [("go_to", "interrupted")] and "replaced" in world.outcomes[0].reason
    assert world.connector._connector.active.skill == "go_to"
    world.robot.stop()
    world.until(lambda: len(world.outcomes) == 2)
    assert world.outcomes[1].outcome == "interrupted" and world.connector._connector.active is None


def test_what_cannot_be_gone_to_is_refused_with_the_reason(world):
    def refused() -> str:
        found = border_of(world.connector).refused.get("goal_pose")
        return "" if found is None else found.why

    world.draw(Pose2(1.0, 0.0, 0.0), frame="odom")
    world.until(refused)
    assert "frame 'odom'" in refused() and world.connector._connector.active is None
    world.draw(Pose2(math.nan, 0.0, 0.0))
    world.until(lambda: "odom" not in refused())
    world.connector._connector.teleop(0.3, 0.0, 0.0, world.robot.time, "local")
    world.draw(Pose2(1.0, 0.0, 0.0))
    world.until(lambda: "teleoperation drives" in refused())


def test_a_goal_ends_with_the_connector(world):
    world.draw(Pose2(6.0, 0.0, 0.0))
    world.until(lambda: world.robot.skill == "walk")
    world.connector.trigger_deactivate()
    assert world.connector._connector.active is None
