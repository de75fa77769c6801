"""The real nodes through all transitions, again and again: as many of everything as the first time, and no leak."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

rclpy = pytest.importorskip("rclpy")

from rclpy.action import ActionClient, ActionServer  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.node import Node  # noqa: E402

from skill_stack.core.shared_memory.channels import channel_layout  # noqa: E402
from skill_stack.core.shared_memory.shared_block import SharedBlock  # noqa: E402
from skill_stack.nodes.connector_node import ConnectorNode  # noqa: E402
from skill_stack.nodes.controller_node import ControllerNode  # noqa: E402
from skill_stack.nodes.lifecycle.entities import entities  # noqa: E402
from skill_stack.nodes.monitor_node import MonitorNode  # noqa: E402
from skill_stack.nodes.planner_node import PlannerNode  # noqa: E402
from skill_stack.nodes.scene_node import SceneNode  # noqa: E402
from skill_stack_interfaces.action import DoSkill, DoTask  # noqa: E402
from test.eventually import eventually  # noqa: E402


def perception_node() -> Node:
    """The perception node, whose module needs an extra."""
    pytest.importorskip("cv2", reason="the extra perception is not installed")
    from skill_stack.nodes.perception_node import PerceptionNode

    return PerceptionNode()


KINDS = {
    "controller": ControllerNode, "connector": ConnectorNode, "planner": PlannerNode, "scene": SceneNode,
    "monitor": MonitorNode, "perception": perception_node,
}  # fmt: skip
GIVEN = {
    "monitor": {"autostart": False, "port": 0},
    "perception": {"camera": "front", "source": "ros"},  # another driver's, whose topics it subscribes to
}
ROUNDS = [(name, 3) for name in KINDS] + [pytest.param(name, 50, marks=pytest.mark.slow) for name in KINDS]


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
        return Counter(type(one).__name__ for one in entities(self.node))

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
        if name in ("controller", "perception"):
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
    for _ in range(rounds):
        made.take("activate", "deactivate", "activate")
        assert made.has(first)
        made.take("deactivate")
        assert made.has(inactive)
        made.take("cleanup")
        assert made.has(bare)
        made.take("configure")
        assert made.has(inactive)
    made.take("shutdown")
    assert made.has(bare)
    assert not made.node._managed_entities


@pytest.mark.parametrize("name", ["connector", "perception"])
def test_nothing_leaks(rig, name: str) -> None:
    made = rig(name)
    made.take("configure", "activate", "deactivate", "cleanup")
    gc.collect()
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        made.take("configure", "activate", "deactivate", "cleanup")
    gc.collect()
    assert threading.active_count() <= threads
    assert len(os.listdir("/proc/self/fd")) <= files


def test_sensors_come_at_the_same_rate_after_many_transitions(rig) -> None:
    """Timers that existed twice published joint states, odometry and TF at 99 instead of 50 Hz."""
    made = rig("controller", rate=50.0)
    calls: list[float] = []
    made.node._publish_sensors = lambda: calls.append(time.monotonic())
    made.take("configure", "activate")
    for _ in range(5):
        made.take("deactivate", "activate")
    calls.clear()
    made.spin(1.0)
    assert 1 < len(calls) <= 60


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
