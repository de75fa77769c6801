"""Velocities at the connector's border: for the skill that asked an action server for them, and for nobody else."""

import dataclasses
import os

import numpy as np
import pytest
import yaml

rclpy = pytest.importorskip("rclpy")

from geometry_msgs.msg import Twist, TwistStamped  # noqa: E402
from rclpy.action import ActionClient, ActionServer, CancelResponse  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from rclpy.task import Future  # noqa: E402

from skill_stack.core.setpoint import ControlMode, SkillStatus  # noqa: E402
from skill_stack.nodes import connector_node  # noqa: E402
from skill_stack.nodes.border import border_of  # noqa: E402
from skill_stack.nodes.ros_compat import STREAM  # noqa: E402
from skill_stack.nodes.wire.wire import setpoint_of, status_message  # noqa: E402
from skill_stack_interfaces.action import DoSkill  # noqa: E402
from skill_stack_interfaces.msg import SkillSetpoint as SetpointMessage  # noqa: E402
from skill_stack_interfaces.msg import SkillStatus as StatusMessage  # noqa: E402
from test.connector.test_actions import skill  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 60.0  # s
STANDING = SkillStatus(
    5.0, "body", "stand", "stand", ControlMode.ACTIVE, "", 1.0, "", 0, 7,
    np.array([0.0, 0.0, 0.3]), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3), 0.0, 0.0,
)  # fmt: skip
ACTION = {
    "type": "skill_stack_interfaces/action/DoSkill", "name": "outside", "goal": {"skill": "go"},
    "feedback": {"progress": "progress"}, "result": {"text": "outcome.reason"},
}  # fmt: skip


class World:
    """A connector, a controller that obeys at once, and an action server."""

    def __init__(self, kind) -> None:
        self.executor = SingleThreadedExecutor()
        self.connector, self.node = connector_node.ConnectorNode(), Node("outside")
        for node in (self.connector, self.node):
            self.executor.add_node(node)
        self.connector.trigger_configure()
        self.connector.trigger_activate()
        self.kind, self.status, self.goals = kind, STANDING, []
        self.setpoint = None
        self.server = ActionServer(
            self.node, DoSkill, "outside", self._work, cancel_callback=lambda goal: CancelResponse.ACCEPT
        )
        self.end = Future(executor=self.executor)
        self.publisher = self.node.create_publisher(StatusMessage, "skill_status", STREAM)
        self.node.create_subscription(SetpointMessage, "skill_setpoint", self._obey, STREAM)
        self.client = ActionClient(self.node, DoSkill, "do_skill")
        self.progress = []

    async def _work(self, goal):
        self.goals.append(goal)
        how = await self.end
        getattr(goal, how)()
        return DoSkill.Result()

    def _obey(self, message) -> None:
        self.setpoint = setpoint = setpoint_of(message)
        if setpoint.skills:
            self.status = dataclasses.replace(
                self.status, skill=setpoint.skills[0].skill, request_id=setpoint.request_id,
                setpoint_sequence=setpoint.sequence,
            )  # fmt: skip

    def turn(self) -> None:
        self.status = dataclasses.replace(self.status, task_time=self.status.task_time + 0.02)
        self.publisher.publish(status_message(self.status, self.node.get_clock().now().to_msg(), "odom", True))
        self.executor.spin_once(timeout_sec=0.02)

    def until(self, done, **more):
        return eventually(done, PATIENCE, between=self.turn, **more)

    def pusher(self, topic, vx):
        """Publishes a velocity with every call."""
        publisher = self.node.create_publisher(self.kind, topic, 1)
        twist = Twist()
        twist.linear.x = vx

        def push() -> bool:
            publisher.publish(TwistStamped(twist=twist) if self.kind is TwistStamped else twist)
            return False

        return push

    def send(self):
        """Starts the skill and waits until the server has its goal."""
        self.until(lambda: self.client.server_is_ready() and not self.connector._actions.lack(self.part()))
        wanted = DoSkill.Goal(request_id="p1/0", skill="walk_outside")
        take = lambda message: self.progress.append(message.feedback.progress)  # noqa: E731
        goal = self.client.send_goal_async(wanted, feedback_callback=take)
        self.until(lambda: goal.done() and self.goals)
        return goal.result()

    def part(self):
        return self.connector._connector.library["walk_outside"].action


@pytest.fixture
def make(monkeypatch, tmp_path):
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    monkeypatch.setitem(os.environ, "SKILL_STACK_OVERLAY", str(tmp_path))
    made = []

    def one(kind=Twist, topic="cmd_vel"):
        action = {**ACTION, "velocity": topic}
        spec = skill("walk_outside", action, realises=None, goal=[], phrases=["walk outside"])
        folder = tmp_path / "models" / "go2" / spec.name
        folder.mkdir(parents=True)
        (folder / "skill.yaml").write_text(yaml.safe_dump(spec.model_dump(mode="json", exclude_defaults=True)))
        stamped = "true" if kind is TwistStamped else "false"
        options = ["-p", "robot:=go2", "-p", f"stamped_cmd_vel:={stamped}", "-r", "__ns:=/velocities"]
        rclpy.init(args=["--ros-args", *options])
        made.append(World(kind))
        return made[-1]

    yield one
    for world in made:
        world.connector.close()
        world.server.destroy()
        world.connector.destroy_node()
        world.node.destroy_node()
        world.executor.shutdown()
        rclpy.try_shutdown()


def sends(world, vx):
    return lambda: world.setpoint is not None and world.setpoint.goals.get("vx") == pytest.approx(vx)


@pytest.mark.e2e
@pytest.mark.parametrize(("kind", "topic"), [(Twist, "cmd_vel"), (TwistStamped, "cmd_vel"), (Twist, "cmd_vel_nav")])
def test_a_skill_follows_the_velocities_that_it_asked_for_until_it_ends(make, kind, topic):
    world = make(kind, topic)
    push = world.pusher(topic, 0.3)
    goal = world.send()
    world.until(lambda: push() or sends(world, 0.3)())
    assert world.setpoint.source == "plan"
    world.goals[0].publish_feedback(DoSkill.Feedback(progress=0.5))
    world.until(lambda: push() or 0.5 in world.progress)
    goal.cancel_goal_async()
    world.until(lambda: push() or world.goals[0].is_cancel_requested)
    world.end.set_result("canceled")
    world.until(lambda: push() or not world.connector._connector.running)
    world.until(lambda: push() or world.setpoint.source == "connector")
    for _ in range(50):  # the server goes on for a while
        push()
        world.turn()
        assert world.setpoint.source == "connector" and not world.setpoint.goals.get("vx")
    refused = border_of(world.connector).refused.get(topic)
    assert (refused is not None and "no skill that runs" in refused.why) == (topic != "cmd_vel")


@pytest.mark.e2e
def test_a_person_over_the_network_takes_over_from_a_server_that_goes_on(make):
    world = make(Twist, "cmd_vel")
    push, person = world.pusher("cmd_vel", 0.3), world.pusher("cmd_vel_network", -0.2)
    world.send()
    world.until(lambda: push() or sends(world, 0.3)())
    world.until(lambda: push() or person() or sends(world, -0.2)())
    assert world.setpoint.source.startswith("teleop") and not world.connector._connector.running
    world.until(lambda: push() or world.setpoint.source == "connector")  # the person has let go
    for _ in range(50):
        push()
        world.turn()
        assert not world.setpoint.goals.get("vx")


@pytest.mark.e2e
def test_nobody_drives_by_a_topic_that_no_running_skill_named(make):
    world = make(Twist, "cmd_vel_nav")
    push = world.pusher("cmd_vel_nav", 0.3)
    world.until(lambda: push() or "cmd_vel_nav" in border_of(world.connector).refused)
    assert world.setpoint is None or not world.setpoint.goals
