"""The messages of the stack on the wire: real publishers, subscriptions and action servers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

rclpy = pytest.importorskip("rclpy")
from geometry_msgs.msg import TransformStamped  # noqa: E402
from rclpy.action import ActionClient, ActionServer  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from tf2_msgs.msg import TFMessage  # noqa: E402

from skill_stack_interfaces.action import DoSkill, DoTask  # noqa: E402
from skill_stack_interfaces.msg import (  # noqa: E402
    NamedValue,
    Plan,
    PlanNode,
    SkillSetpoint,
    SkillStatus,
    SkillWeight,
    StepOutcome,
)
from skill_stack_interfaces.srv import GetActive, PlanText  # noqa: E402
from test.eventually import eventually  # noqa: E402

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[1]
# Hash that ROS 2 publishes for tf2_msgs/msg/TFMessage (Iron and later).
TF_MESSAGE_HASH = "RIHS01_e369d0f05a23ae52508854b66f6aa0437f3449d652e8cbf22d5abe85d020f087"


class Wire:
    """Two nodes in one executor."""

    def __init__(self) -> None:
        self.here, self.there = Node("here"), Node("there")
        self.executor = SingleThreadedExecutor()
        self.executor.add_node(self.here)
        self.executor.add_node(self.there)

    def until(self, condition: Callable[[], object], seconds: float = 60.0) -> None:
        """Spins until the condition holds."""
        eventually(condition, seconds, between=lambda: self.executor.spin_once(timeout_sec=0.05))

    def carry(self, message: object) -> object:
        """Sends a message from one node to the other; returns what arrived."""
        got = []
        subscription = self.there.create_subscription(type(message), "topic", got.append, 10)
        publisher = self.here.create_publisher(type(message), "topic", 10)
        self.until(lambda: publisher.get_subscription_count() == 1)
        publisher.publish(message)
        self.until(lambda: got)
        self.there.destroy_subscription(subscription)
        self.here.destroy_publisher(publisher)
        return got[0]


@pytest.fixture
def wire() -> Iterator[Wire]:
    rclpy.init()
    made = Wire()
    yield made
    made.executor.shutdown()
    made.here.destroy_node()
    made.there.destroy_node()
    rclpy.try_shutdown()


def test_nested_messages_arrive_as_sent(wire: Wire) -> None:
    setpoint = SkillSetpoint(
        request_id="r1",
        sequence=2**63,
        valid_until=12.5,
        part="body",
        source="plan",
        skills=[SkillWeight(skill="walk", weight=0.75, joints=["FL_hip_joint"])],
        goals=[NamedValue(name="vx", value=0.1)],
    )
    setpoint.header.frame_id = "robot/base"
    assert wire.carry(setpoint) == setpoint
    status = SkillStatus(part="body", skill="walk", conditions_violated=["tilt"], deadline_misses=3, simulated=True)
    status.base_pose.orientation.w = 0.5
    assert wire.carry(status) == status
    plan = Plan(id="p", status=Plan.QUESTION, nodes=[PlanNode(id="1", type=PlanNode.SKILL, skill="sit")])
    assert wire.carry(plan) == plan


def test_transforms_arrive_and_have_the_type_hash_of_ros(wire: Wire) -> None:
    transform = TransformStamped(child_frame_id="base")
    transform.transform.rotation.z = -1.0
    got = wire.carry(TFMessage(transforms=[transform]))
    assert got.transforms == [transform]
    publisher = wire.here.create_publisher(TFMessage, "tf", 1)
    wire.until(lambda: wire.there.get_publishers_info_by_topic("tf"))
    assert str(wire.there.get_publishers_info_by_topic("tf")[0].topic_type_hash) == TF_MESSAGE_HASH
    wire.here.destroy_publisher(publisher)


def test_an_action_brings_feedback_and_a_result_with_nested_steps(wire: Wire) -> None:
    step = StepOutcome(request_id="r1", skill="sit", outcome=StepOutcome.FAILED, violated="tilt", seconds=1.5)

    def run(goal: object) -> DoTask.Result:
        goal.publish_feedback(DoTask.Feedback(event="step_started", text=goal.request.text, progress=0.5))
        goal.abort()
        return DoTask.Result(outcome=DoTask.Result.FAILED, steps=[step])

    server = ActionServer(wire.there, DoTask, "do_task", run)
    client = ActionClient(wire.here, DoTask, "do_task")
    wire.until(client.server_is_ready)
    heard = []
    sent = client.send_goal_async(DoTask.Goal(text="sit down", operator_name="Ada"), feedback_callback=heard.append)
    wire.until(sent.done)
    result = sent.result().get_result_async()
    wire.until(result.done)
    wire.until(lambda: heard)
    assert result.result().result.outcome == "failed"
    assert list(result.result().result.steps) == [step]
    assert heard[0].feedback.text == "sit down"
    client.destroy()
    server.destroy()


@pytest.mark.parametrize(
    ("kind", "request_", "response"),
    [
        (PlanText, PlanText.Request(text="sit"), PlanText.Response(json="{}")),
        (GetActive, GetActive.Request(), GetActive.Response(skill="sit", since=2.0)),
    ],
)
def test_services_answer(wire: Wire, kind: type, request_: object, response: object) -> None:
    heard = []

    def answer(request: object, _: object) -> object:
        heard.append(request)
        return response

    service = wire.there.create_service(kind, "ask", answer)
    client = wire.here.create_client(kind, "ask")
    wire.until(client.service_is_ready)
    future = client.call_async(request_)
    wire.until(future.done)
    assert future.result() == response
    assert heard == [request_]
    wire.there.destroy_service(service)
    wire.here.destroy_client(client)


def test_a_wrong_type_is_refused_before_the_wire() -> None:
    with pytest.raises(AssertionError, match="progress"):
        SkillStatus(progress="half")
    with pytest.raises(AssertionError, match="deadline"):
        DoSkill.Goal(deadline=[1.0])
    with pytest.raises(AttributeError):
        StepOutcome().verdict = "fine"
