"""The real nodes through all transitions, again and again: as many of everything as the first time, and no leak."""

from __future__ import annotations

import gc
import os
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from nav_msgs.msg import Odometry  # noqa: E402
from rclpy.action import ActionClient, ActionServer  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402
from sensor_msgs.msg import Imu, JointState  # noqa: E402
from tf2_msgs.msg import TFMessage  # noqa: E402

from skill_stack.core.robot_state import RobotState  # noqa: E402
from skill_stack.core.robots.robot import RobotSpec  # noqa: E402
from skill_stack.core.sensor_sample import SensorSample  # noqa: E402
from skill_stack.core.setpoint import ControlMode, SkillStatus  # noqa: E402
from skill_stack.core.shared_memory.channels import RobotChannels, channel_layout  # noqa: E402
from skill_stack.core.shared_memory.shared_block import SharedBlock  # noqa: E402
from skill_stack.nodes.connector_node import ConnectorNode  # noqa: E402
from skill_stack.nodes.controller_node import ControllerNode  # noqa: E402
from skill_stack.nodes.lifecycle.entities import entities  # noqa: E402
from skill_stack.nodes.monitor_node import MonitorNode  # noqa: E402
from skill_stack.nodes.planner_node import PlannerNode  # noqa: E402
from skill_stack.nodes.scene_node import SceneNode  # noqa: E402
from skill_stack.nodes.wire.wire_basics import seconds_of  # noqa: E402
from skill_stack_interfaces.action import DoSkill, DoTask  # noqa: E402
from skill_stack_interfaces.msg import SkillStatus as StatusMessage  # noqa: E402
from test.eventually import eventually  # noqa: E402


def perception_node() -> Node:
    """The perception node, whose module needs an extra."""
    pytest.importorskip("cv2", reason="the extra perception is not installed")
    from skill_stack.nodes.perception_node import PerceptionNode

    return PerceptionNode()


def balls_node() -> Node:
    """The balls node, which needs the same one."""
    pytest.importorskip("cv2", reason="the extra perception is not installed")
    from skill_stack.nodes.balls.balls_node import BallsNode

    return BallsNode()


KINDS = {
    "controller": ControllerNode, "connector": ConnectorNode, "planner": PlannerNode, "scene": SceneNode,
    "monitor": MonitorNode, "perception": perception_node,
    "balls": balls_node,
}  # fmt: skip
GIVEN = {
    "monitor": {"autostart": False, "port": 0},
    "balls": {"camera": "wide", "source": "ros", "scene": "ball_game"},
    "perception": {"camera": "front", "source": "ros"},  # another driver's, whose topics it subscribes to
}
WARM = 10
"""Rounds after which the memory of a process does not grow any more."""
LEAK = 4
"""Growth that is none, MB: allocators keep some of what they are given back, and the page's varies by as much."""
AT_REST = RobotState(
    7.0, *np.zeros((3, 12)), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3), np.array([0.0, 0.0, -1.0]), *np.zeros((2, 3)),
    np.ones(4, bool), {},
)  # fmt: skip
STANDING = SkillStatus(
    7.0, "body", "stand", "stand", ControlMode.ACTIVE, "", 1.0, "", 0, 1,
    np.array([0.0, 0.0, 0.3]), np.array([1.0, 0.0, 0.0, 0.0]), np.zeros(3), 0.0, 0.0,
)  # fmt: skip
ROUNDS = [(name, 3) for name in KINDS] + [pytest.param(name, 50, marks=pytest.mark.slow) for name in KINDS]


def label(one: Any) -> str:
    """What a thing of ROS is, with its name or, for a timer, its period."""
    names = ("topic_name", "srv_name", "_action_name", "timer_period_ns")
    name = next((getattr(one, each) for each in names if hasattr(one, each)), "")
    return f"{type(one).__name__} {name}"


def holds() -> dict[str, int]:
    """What this process has of the machine: threads, open files, and memory in MB."""
    gc.collect()
    memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    return {"threads": threading.active_count(), "files": len(os.listdir("/proc/self/fd")), "memory": memory}


class Rig:
    """One node in an executor."""

    def __init__(self, kind: Callable[[], Any]) -> None:
        self.executor = SingleThreadedExecutor()
        self.node = kind()
        self.beside = Node("beside")
        for node in (self.node, self.beside):
            self.executor.add_node(node)

    def take(self, *transitions: str) -> None:
        for one in transitions:
            assert getattr(self.node, f"trigger_{one}")().name == "SUCCESS", one

    def spin(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.executor.spin_once(timeout_sec=0.02)

    def until(self, done) -> None:
        eventually(done, else_=self.counts, between=lambda: self.executor.spin_once(timeout_sec=0.05))

    def has(self, counts: Counter[str]) -> bool:
        """Whether the node has so many of each kind as soon as goals that ended are answered; never less."""
        self.until(lambda: self.counts() <= counts)
        return self.counts() == counts

    def counts(self) -> Counter[str]:
        return Counter(map(label, entities(self.node)))

    def close(self) -> None:
        self.node.close()
        for node in (self.node, self.beside):
            node.destroy_node()
        self.executor.shutdown()


@pytest.fixture
def rig(monkeypatch, tmp_path) -> Iterator:
    monkeypatch.setitem(os.environ, "ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    monkeypatch.setitem(os.environ, "SKILL_STACK_OVERLAY", str(tmp_path))
    made = []

    def make(name: str, **parameters: object) -> Rig:
        given = {"robot": "go2", **GIVEN.get(name, {}), **parameters}
        words = [word for key, value in given.items() for word in ("-p", f"{key}:={value}")]
        rclpy.init(args=["--ros-args", *words, "-r", f"__ns:=/lifecycle_{os.getpid()}"])
        made.append(Rig(KINDS[name]))
        node = made[-1].node
        if name in ("controller", "perception", "balls"):
            SharedBlock.create(node.block, channel_layout(node.load_robot())).close()
        return made[-1]

    yield make
    for each in made:
        each.node.block.unlink(missing_ok=True)
        each.close()
    rclpy.try_shutdown()


@pytest.mark.parametrize("name, rounds", ROUNDS)
def test_a_node_has_as_much_of_everything_after_many_transitions_as_after_the_first(
    rig, name: str, rounds: int
) -> None:
    made = rig(name)
    bare = made.counts()
    made.take("configure")
    inactive = made.counts()
    made.take("activate")
    first = made.counts()
    assert sum(bare.values()) < sum(inactive.values()) <= sum(first.values())
    made.take("deactivate")
    seen = []
    for _ in range(rounds):
        made.take("activate", "deactivate", "activate")
        assert made.has(first)
        made.take("deactivate")
        assert made.has(inactive)
        made.take("cleanup")
        assert made.has(bare)
        seen.append(holds())
        made.take("configure")
        assert made.has(inactive)
    made.take("shutdown")
    assert made.has(bare)
    assert not made.node._managed_entities
    left = holds()
    assert left["threads"] <= seen[0]["threads"] and left["files"] <= seen[0]["files"], (seen[0], left)
    if rounds > WARM:
        assert left["memory"] - seen[WARM]["memory"] <= LEAK, [one["memory"] for one in seen]


def sample_of(robot: RobotSpec, sequence: int, task_time: float, stamp: float) -> SensorSample:
    joints, zero, level = np.zeros(robot.size), np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])
    feet = np.zeros(len(robot.feet))
    return SensorSample(
        sequence, task_time, stamp, robot.pose("default"), joints, joints, level, zero, zero, joints, feet
    )


@pytest.mark.parametrize("rounds", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_sensors_odometry_and_transforms_keep_their_rate_through_many_transitions(rig, rounds: int) -> None:
    """Timers that existed twice published them at 99 instead of 50 Hz. A timer beside them has the same hindrances."""
    made = rig("controller", rate=50.0)
    made.take("configure", "activate")
    for _ in range(rounds):
        made.take("deactivate", "cleanup", "configure", "activate")
    robot = made.node.load_robot()
    channels = RobotChannels.open(made.node.block, robot)
    heard: Counter[str] = Counter()
    for kind, topic in ((JointState, "joint_states"), (Imu, "imu"), (Odometry, "odom"), (TFMessage, "/tf")):
        made.beside.create_subscription(kind, topic, lambda _, topic=topic: heard.update([topic]), 100)
    made.beside.create_timer(1.0 / 50.0, lambda: heard.update(["beside"]))
    number = 0

    def measure() -> None:
        nonlocal number
        number += 1
        now = time.monotonic()
        channels.write_sample(sample_of(robot, number, now, now))
        channels.write_state(replace(AT_REST, task_time=now))
        made.executor.spin_once(timeout_sec=0.02)

    eventually(lambda: len(heard) == 5, else_=lambda: heard, between=measure)
    heard.clear()
    began = time.monotonic()
    eventually(lambda: heard["beside"] >= 100, else_=lambda: heard, between=measure)
    due = 50.0 * (time.monotonic() - began)
    channels.close()
    for topic in ("joint_states", "imu", "odom", "/tf"):
        assert 0.9 * heard["beside"] - 2 <= heard[topic] <= 1.1 * min(heard["beside"], due), (heard, due)


@pytest.mark.parametrize("simulated", [False, True])
def test_a_status_is_stamped_with_the_time_of_its_measurement(rig, simulated: bool) -> None:
    """Also one that is said again, for lack of a newer one."""
    made = rig("controller", use_sim_time=simulated)
    heard: list[Any] = []
    made.beside.create_subscription(StatusMessage, "skill_status", heard.append, 10)
    channels = RobotChannels.open(made.node.block, made.node.load_robot())
    wall, now = time.time(), time.monotonic()
    channels.write_sample(sample_of(made.node.load_robot(), 1, 7.0, now - 3.0))
    channels.write_status(STANDING)
    made.take("configure", "activate")
    made.until(lambda: len(heard) >= 3)
    channels.close()
    stamps = [seconds_of(message.header.stamp) for message in heard]
    assert stamps == pytest.approx([7.0 if simulated else wall - 3.0] * len(stamps), abs=1e-6 if simulated else 0.5)


def test_what_waits_for_turns_that_never_come_is_no_warning(rig) -> None:
    made = rig("scene")
    made.take("configure", "activate")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        made.take("deactivate", "cleanup")
        made.executor._tasks.clear()
        gc.collect()
    assert not [one for one in said if "never awaited" in str(one.message)]


def test_a_failed_configuration_leaves_nothing(rig) -> None:
    made = rig("scene", scene="nowhere")
    bare = made.counts()
    for _ in range(3):
        assert made.node.trigger_configure().name == "FAILURE"
        assert made.has(bare)


def test_an_error_leaves_a_node_that_can_be_configured_again(rig, capfd) -> None:
    made = rig("scene")
    bare, publish = made.counts(), made.node._publish

    def broken() -> None:
        raise ValueError("the scene is upside down")

    made.node._publish = broken
    made.take("configure")
    assert made.node.trigger_activate().name == "ERROR"
    assert made.node._state_machine.current_state[1] == "unconfigured"
    assert "the scene is upside down" in capfd.readouterr().err
    assert made.has(bare)
    made.node._publish = publish
    made.take("configure", "activate")


def test_an_inactive_node_publishes_nothing(rig) -> None:
    made = rig("scene")
    made.take("configure")
    heard: list[object] = []
    made.beside.create_subscription(made.node._scene.msg_type, "scene", heard.append, made.node._scene.qos_profile)
    made.until(made.node._scene.get_subscription_count)
    made.node._publish()
    made.spin(0.3)
    assert not heard
    made.take("activate")
    made.until(lambda: heard)


@pytest.mark.parametrize("name, kind, action", [("connector", DoSkill, "do_skill"), ("planner", DoTask, "do_task")])
def test_who_waits_for_a_node_that_is_taken_down_is_told(rig, name: str, kind, action: str) -> None:
    made = rig(name)
    made.take("configure", "activate")
    client = ActionClient(made.beside, kind, action)
    made.until(client.server_is_ready)
    goal = kind.Goal(skill="stand_up") if name == "connector" else kind.Goal(text="stand up")
    sent = client.send_goal_async(goal)
    made.until(sent.done)
    result = sent.result().get_result_async()
    (server,) = (one for one in made.node.waitables if isinstance(one, ActionServer))
    made.until(lambda: any(end._callbacks for end in server._result_futures.values()))  # it was asked for the result
    made.take("deactivate", "cleanup")  # at once: goals are answered before their server goes
    made.until(result.done)
    said = result.result().result
    assert "taken down" in (said.outcome.reason if name == "connector" else said.reason)
    client.destroy()
