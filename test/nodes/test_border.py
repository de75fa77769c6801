"""The border of a node: what is malformed is dropped, counted and named, and the node goes on."""

import math
from collections import Counter

import pytest

rclpy = pytest.importorskip("rclpy")

from diagnostic_msgs.msg import DiagnosticArray  # noqa: E402  (after the check that there is ROS)
from geometry_msgs.msg import TransformStamped, Twist  # noqa: E402
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from rclpy.action import GoalResponse  # noqa: E402
from rclpy.serialization import serialize_message  # noqa: E402
from sensor_msgs.msg import Image, JointState  # noqa: E402
from std_msgs.msg import String  # noqa: E402

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.processes.worker_thread import ThreadFailure  # noqa: E402
from skill_stack.nodes import node_main  # noqa: E402
from skill_stack.nodes.border import as_it_is, border_of, message_of, serve, sound, subscribe  # noqa: E402
from skill_stack.nodes.ros_compat import STREAM  # noqa: E402
from skill_stack.nodes.wire.message_sanity import check_message  # noqa: E402
from skill_stack.nodes.wire.wire import SIGNALS, setpoint_of, status_of  # noqa: E402
from skill_stack.nodes.wire.wire_basics import words_in  # noqa: E402
from skill_stack.nodes.wire.wire_scene import scene_of  # noqa: E402
from skill_stack.nodes.wire.wire_sensors import localization_of  # noqa: E402
from skill_stack_interfaces.action import DoTask  # noqa: E402
from skill_stack_interfaces.msg import NamedValue, SceneGraph, SceneObject, SkillSetpoint, SkillStatus  # noqa: E402
from skill_stack_interfaces.srv import PlanText  # noqa: E402
from test.eventually import eventually  # noqa: E402

PATIENCE = 20.0  # s


@pytest.fixture(scope="module")
def node():
    context = rclpy.Context()
    rclpy.init(context=context)
    made = rclpy.node.Node("border", context=context)
    made.pool = rclpy.executors.SingleThreadedExecutor(context=context)
    made.pool.add_node(made)
    yield made
    made.pool.shutdown()
    made.destroy_node()
    rclpy.shutdown(context=context)


@pytest.fixture(autouse=True)
def nothing_refused(node):
    border_of(node).refused.clear()


def spin(node, done):
    eventually(done, PATIENCE, between=lambda: node.pool.spin_once(timeout_sec=0.05))


def test_a_sound_message_after_malformed_ones_arrives_and_the_others_are_named(node):
    got, said = [], []
    subscribe(node, TransformStamped, "place", localization_of, got.append, STREAM)
    subscribe(node, DiagnosticArray, "/diagnostics", as_it_is, said.append, STREAM)
    publisher = node.create_publisher(TransformStamped, "place", STREAM)
    spin(node, lambda: publisher.get_subscription_count())
    wrong = TransformStamped()
    wrong.transform.translation.x = math.nan
    publisher.publish(wrong)
    publisher.publish(b"\x00\x01\x00\x00\xff")
    flat = TransformStamped()
    flat.transform.rotation.w = 0.0
    publisher.publish(flat)
    publisher.publish(TransformStamped())
    spin(node, lambda: got and said)
    assert len(got) == 1 and border_of(node).refused["place"].count == 3
    (status,) = said[0].status
    assert status.name == "skill_stack: border border" and status.values[0].key == "place"
    assert "3, the last one: an orientation has a quaternion of length 1, not 0" in status.values[0].value


def test_a_fault_of_the_node_itself_is_told_with_its_place_and_ends_nothing(node, monkeypatch):
    monkeypatch.setattr(rclpy, "ok", lambda: True)
    assert border_of(node).hand_on("topic", lambda: [][1]) is None
    assert border_of(node).refused["topic"].why == "IndexError: list index out of range"
    monkeypatch.setattr(rclpy, "ok", lambda: False)
    with pytest.raises(IndexError):  # the end of ROS is no message's fault
        border_of(node).hand_on("topic", lambda: [][1])


def test_the_log_is_not_flooded(node, monkeypatch):
    lines = []
    monkeypatch.setattr(type(node.get_logger()), "warning", lambda self, text: lines.append(text))
    for _ in range(1000):
        border_of(node).refuse("topic", DataError("no"))
    assert border_of(node).refused["topic"].count == 1000 and lines == ["topic: dropped, 1 so far: no"]


def test_a_service_answers_what_it_refuses(node, monkeypatch):
    monkeypatch.setattr(rclpy, "ok", lambda: True)

    async def answer(request, response):
        response.json = words_in(request.text).upper()
        return response

    def refused(response, why):
        response.json = f"refused: {why}"

    serve(node, PlanText, "upper", answer, refused)
    client = node.create_client(PlanText, "upper")
    for text, expected in (
        ("sit", "SIT"),
        ("\x01", "refused: text has control"),
        ("a" * 20_001, "refused: 20001 char"),
    ):
        future = client.call_async(PlanText.Request(text=text))
        spin(node, future.done)
        assert future.result().json.startswith(expected)
    assert border_of(node).refused["upper"].count == 2


def test_a_goal_that_nobody_can_mean_is_rejected(node):
    judge = sound(node, "do_task", lambda goal: words_in(goal.text))
    assert judge(DoTask.Goal(text="sit")) == GoalResponse.ACCEPT
    assert judge(DoTask.Goal(text="\x00")) == judge(DoTask.Goal(text="a" * 30_000)) == GoalResponse.REJECT


@pytest.mark.parametrize(
    "message",
    [
        String(data="\x07"), String(data="a" * 1_000_001), JointState(position=[0.0, math.inf]),
        JointState(name=["a"] * 20_001), JointState(name=["\x1b"]), SkillSetpoint(valid_until=math.nan),
        SkillSetpoint(goals=[NamedValue(name="x", value=math.nan)]), SkillStatus(tilt=1e30),
    ],
)  # fmt: skip
def test_numbers_and_texts_that_make_no_sense_are_found_wherever_they_are(message):
    with pytest.raises(DataError):
        check_message(message)


def test_what_may_be_is_let_through():
    check_message(Image(data=bytes(100_000), encoding="rgb8"))
    check_message(String(data="Gehe zum Sofa\n\tund sitz: 走れ 🤖"))
    check_message(SkillStatus(signals=[NamedValue(name="base_age none", value=math.inf)]), SIGNALS)
    check_message(Twist())


def test_what_cannot_be_drawn_or_walked_around_is_no_scene():
    def one(**changes):
        made = SceneObject(**{"id": "ball", "shape": "sphere", **changes})
        return SceneGraph(objects=[made])

    assert scene_of(one()).objects
    far, thin = one(), one()
    far.objects[0].pose.position.x, thin.objects[0].size.y = 1e7, -1.0
    many = SceneGraph(objects=[SceneObject(id=str(number), shape="box") for number in range(2001)])
    hinges = (one(hinge=[0.5]), one(hinge=[0.5, 0.0]), one(swing=[0.0, 1.0]), one(hinge=[0.5, 0.0], swing=[0.0, 100.0]))
    assert scene_of(one(hinge=[0.5, 0.0], swing=[0.0, 1.0])).objects["ball"].hinge == (0.5, 0.0)
    lids = (one(lifted=[0.1, 0.2]), one(lifted=[-0.1]), one(lifted=[4.0]), one(lifted=[math.nan]))
    assert scene_of(one(lifted=[0.5])).objects["ball"].lifted == 0.5
    for wrong in (one(id=""), one(shape="torus"), far, thin, many, *hinges, *lids):
        with pytest.raises(DataError):
            scene_of(wrong)


@pytest.mark.parametrize("raw", [b"", b"\0\1\0", b"\0\1\0\1", b"\0\1\0\x7f", b"\0\1\0\3\0\0"])
def test_bytes_that_end_before_their_padding_are_no_message(raw):
    with pytest.raises(DataError, match=f"{len(raw)} bytes"):
        message_of(raw, SkillSetpoint)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.data())
def test_bytes_of_any_kind_are_read_or_dropped(node, data):
    kind, parse = data.draw(
        st.sampled_from([(SkillStatus, status_of), (SceneGraph, scene_of), (SkillSetpoint, setpoint_of)])
    )
    raw = bytearray(serialize_message(kind()))
    for _ in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    border_of(node).read("bytes", lambda: parse(message_of(cut, kind)))


def test_a_thread_that_failed_is_told_once_for_each_error(node, monkeypatch) -> None:
    failures: dict[str, ThreadFailure] = {"memory": ThreadFailure(2, ValueError("disk full"), "Traceback")}
    monkeypatch.setattr(node_main, "FAILURES", failures)
    told: Counter[str] = Counter()
    node_main.report_threads(node, told)
    node_main.report_threads(node, told)
    entry = border_of(node).refused["thread 'memory'"]
    assert entry.count == 1 and entry.why == "ValueError: disk full"
    failures["memory"] = ThreadFailure(3, ValueError("disk full"), "Traceback")
    node_main.report_threads(node, told)
    assert entry.count == 2
