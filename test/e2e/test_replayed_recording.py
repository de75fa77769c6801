"""``skill-stack replay``: an episode on its own topics, the simulator's truth left out, and never beside a robot."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import rclpy
from geometry_msgs.msg import TransformStamped
from nav_msgs.msg import Odometry
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import serialize_message
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

from skill_stack.recording.format import RUN_EVENT_TYPE, About, EventKind, RunEvent
from skill_stack.recording.run_log import event_message
from skill_stack.recording.run_writer import RunContent, RunWriter
from skill_stack.recording.schemas import Schemas
from skill_stack_interfaces.msg import Plan

NAME = "20260102-030405_go2"
START, SECOND = 1_760_000_000 * 10**9, 10**9
LATCHED = QoSProfile(depth=50, durability=DurabilityPolicy.TRANSIENT_LOCAL, reliability=ReliabilityPolicy.RELIABLE)
RATE = 50  # Hz
BEGIN, END = 1.0, 3.0  # of the episode, s of the run


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Recordings with one run of four seconds as the recorder writes it; its episode lasts from 1 to 3 s."""
    top = tmp_path_factory.mktemp("recordings")
    prefixes = [*os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep), sys.prefix]
    about = About("go2", "", "go2_sim", START, True, {"body": 50.0}, "body")
    writer = RunWriter(top / NAME, RunContent(about, Schemas([Path(one) for one in prefixes if one]).definition))

    def add(topic: str, at: float, message, latched: bool = False) -> None:
        package, _, _ = type(message).__module__.partition(".")
        qos = f"- history: 1\n  depth: 1000\n  reliability: 1\n  durability: {1 if latched else 2}\n"
        time = START + round(at * SECOND)
        writer.add(topic, f"{package}/msg/{type(message).__name__}", time, serialize_message(message), qos=qos)

    def told(kind: EventKind, at: float, **payload: str) -> None:
        event = RunEvent(START + round(at * SECOND), kind, "t0", "walk on", payload)
        writer.add("/run_events", RUN_EVENT_TYPE, event.time, event_message(event))

    add("/robot_description", 0.0, String(data="<robot/>"), True)
    for frame in ("camera", "imu"):  # of two nodes
        add("/tf_static", 0.1, TFMessage(transforms=[TransformStamped(child_frame_id=frame)]), True)
    for at, words in ((0.2, "of the task before"), (0.5, "walk on"), (1.5, "walk on, then sit")):
        add("/plan", at, Plan(instruction=words), True)
    told(EventKind.INSTRUCTION, BEGIN)
    told(EventKind.OUTCOME, END, outcome="succeeded")
    for number in range(4 * RATE):
        at = number / RATE
        add("/joint_states", at, JointState(name=["hip"], position=[float(number)]))
        add("/tf", at, TFMessage(transforms=[TransformStamped(child_frame_id=str(number))]))
        add("/simulation/truth", at, Odometry())
    writer.finish()
    return top


@pytest.fixture
def node():
    rclpy.init()
    yield rclpy.create_node("onlooker")
    rclpy.shutdown()


@pytest.fixture
def replay(folder):
    """Starts ``skill-stack replay``."""
    started = []

    def start(what: str, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "skill_stack.cli", "replay", what, "--folder", str(folder), *options]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def heard(node, kind, topic, qos=LATCHED) -> list:
    """What arrives on a topic, filled while the node spins."""
    found: list = []
    node.create_subscription(kind, topic, found.append, qos)
    return found


def test_an_episode_arrives_at_its_pace_and_late_subscribers_get_what_is_latched(node, replay, until) -> None:
    spin = lambda: rclpy.spin_once(node, timeout_sec=0.01)  # noqa: E731
    stream = QoSProfile(depth=1000)
    states, frames = heard(node, JointState, "/joint_states", stream), heard(node, TFMessage, "/tf", stream)
    truth, events = heard(node, Odometry, "/simulation/truth", stream), heard(node, Plan, "/plan")
    begin = time.monotonic()
    process = replay(f"{NAME}/t0", "--rate", "0.5")
    changed = lambda: events and events[-1].instruction == "walk on, then sit"  # noqa: E731
    until(changed, 60, "the plan of the episode, and its change", lambda: events, spin)
    late = [heard(node, *one) for one in ((String, "/robot_description"), (TFMessage, "/tf_static"), (Plan, "/plan"))]
    until(lambda: process.poll() is not None and states[-1:] and states[-1].position[0] == END * RATE - 1, 60,
          "the last joint state", lambda: states[-1:], spin)  # fmt: skip
    seconds = time.monotonic() - begin
    assert process.returncode == 0, process.stderr.read()
    numbers = [round(one.position[0]) for one in states]
    assert numbers == list(range(numbers[0], round(END * RATE))) and len(numbers) > RATE, "those from the first one on"
    assert numbers[0] >= BEGIN * RATE and not truth
    assert [int(one.transforms[0].child_frame_id) for one in frames][-RATE:] == numbers[-RATE:]
    assert seconds > (END - BEGIN - 1 / RATE) / 0.5, "not faster than asked for"
    assert "of the task before" not in {one.instruction for one in events}
    description, static, plan = late
    assert [one.data for one in description] == ["<robot/>"]
    assert {one.transforms[0].child_frame_id for one in static} == {"camera", "imu"}
    assert [one.instruction for one in plan] == ["walk on, then sit"]


def test_it_refuses_where_a_robot_publishes_even_other_topics_and_ends_when_one_comes_up(node, replay, until) -> None:
    robot = node.create_publisher(JointState, "/joint_states", 1)
    process = replay(NAME, "--topic", "plan")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1 and "publishes /joint_states; replay elsewhere: set ROS_DOMAIN_ID" in said
    node.destroy_publisher(robot)
    states = heard(node, JointState, "/joint_states", 10)
    process = replay(NAME, "--rate", "0.1")
    until(lambda: states, 60, "a joint state", process.poll, lambda: rclpy.spin_once(node, timeout_sec=0.01))
    node.create_publisher(JointState, "/joint_states", 1)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1 and "a stack is running" in said


def test_ctrl_c_ends_it_without_a_traceback(node, replay, until) -> None:
    states = heard(node, JointState, "/joint_states", 10)
    process = replay(NAME, "--rate", "0.1")
    until(lambda: states, 60, "a joint state", process.poll, lambda: rclpy.spin_once(node, timeout_sec=0.01))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and said.splitlines()[-1] == "skill-stack: interrupted" and "Traceback" not in said
