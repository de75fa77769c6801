"""The bridge to a robot behind ros2_control, as a process, against a node that stands in for its controllers."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

rclpy = pytest.importorskip("rclpy", reason="ROS is not installed")
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from sensor_msgs.msg import JointState  # noqa: E402
from std_msgs.msg import Float64MultiArray  # noqa: E402

from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.core.joint_command import CommandMode, JointCommand  # noqa: E402
from skill_stack.core.robots.driver import open_driver  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.shared_memory.block_name import block_path, domain_of  # noqa: E402
from skill_stack.core.shared_memory.channels import RobotChannels  # noqa: E402
from skill_stack.hardware.ros2_control.settings import place_settings  # noqa: E402
from skill_stack.nodes.bridges.bridge_process import Crossing  # noqa: E402
from skill_stack.nodes.bridges.controller_manager_client import ControllerManagerClient  # noqa: E402
from skill_stack.nodes.bridges.ros2_control_bridge import prepare  # noqa: E402
from skill_stack.nodes.bridges.ros2_control_link import Ros2ControlLink  # noqa: E402
from test.eventually import eventually  # noqa: E402

ROOT = Path(__file__).parents[3]
SETTINGS = {"controller": "finger_controller", "manager": "none"}


class Controllers:
    """A joint state broadcaster and a forward position controller that sort joints each in its own way."""

    def __init__(self, order, start):
        self.context = rclpy.Context()
        rclpy.init(args=[], context=self.context)
        self.node = rclpy.create_node("finger_controller", context=self.context, use_global_arguments=False)
        self.order, self.q = list(order), dict(start)
        self.node.declare_parameter("joints", self.order)
        self.states = self.node.create_publisher(JointState, "joint_states", 10)
        self.node.create_subscription(Float64MultiArray, "finger_controller/commands", self.obey, 10)
        self.node.create_timer(0.01, self.publish)
        self.commands = 0
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        self.thread = threading.Thread(target=self.executor.spin, daemon=True)
        self.thread.start()

    def obey(self, message):
        self.commands += 1
        for name, goal in zip(self.order, message.data, strict=True):
            self.q[name] += 0.5 * (goal - self.q[name])

    def publish(self):
        names = list(reversed(list(self.q)))
        self.states.publish(JointState(name=names, position=[self.q[name] for name in names]))

    def close(self):
        self.executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self.context)
        self.thread.join(timeout=5.0)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A hand that is known to have ros2_control controllers, in an overlay of its own."""
    data = yaml.safe_load((ROOT / "urdf" / "allegro_right" / "robot.yaml").read_text())
    data["name"] = "bridged_hand"
    data["drivers"]["ros2_control"] = "skill_stack.hardware.ros2_control.bridged_driver:BridgedRos2Control"
    folder = tmp_path / "overlay" / "urdf" / "bridged_hand"
    folder.mkdir(parents=True)
    (folder / "robot.yaml").write_text(yaml.safe_dump(data))
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    return load_robot(folder)


def test_joint_states_are_heard_while_the_hand_is_damped(place):
    """Damping by efforts needs velocities: without news for 0.25 s they would become zeros."""
    robot, namespace = place, f"damp_{os.getpid()}"
    rclpy.init(args=[])
    controllers = Controllers(sorted(robot.joint_names), robot.poses["default"])
    node, executor = rclpy.create_node("bridge", namespace=namespace), SingleThreadedExecutor()
    executor.add_node(node)
    settings = {**SETTINGS, "controller": "/finger_controller", "joint_states": "/joint_states", "kind": "effort"}
    crossing = Crossing(node, executor, robot, None, {**settings, "damp_time": 0.6})
    try:
        driver = prepare(crossing)()
        eventually(lambda: driver.read() is not None and driver.health.drives, between=lambda: crossing.rest(0.02))
        zero, kd = np.zeros(robot.size), robot.column("kd")
        driver.write(JointCommand(driver.read().position, zero, zero, zero, kd, CommandMode.ACTIVE))
        before, began = driver.read().sequence, time.monotonic()
        driver.close()
        took = time.monotonic() - began
        assert 0.6 <= took and driver.read().sequence - before > 20, "states of 100 Hz"
    finally:
        node.destroy_node()
        executor.shutdown()
        controllers.close()
        rclpy.shutdown()


def test_a_hand_behind_ros2_control_is_driven_and_left_halted(place):
    robot = place
    namespace = f"r2c_{os.getpid()}"
    block = block_path(namespace, domain_of(os.environ), os.getuid())
    channels = RobotChannels.open(block, robot)
    command = [sys.executable, "-m", "skill_stack.nodes.bridges.ros2_control_bridge", "--robot", robot.name]
    settings = {**SETTINGS, "controller": "/finger_controller", "joint_states": "/joint_states"}
    bridge = subprocess.Popen(
        [*command, "--namespace", namespace, "--driver-settings", json.dumps(settings)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    controllers, log = Controllers(sorted(robot.joint_names), robot.poses["default"]), ""

    def said(words):
        nonlocal log
        while words not in (line := bridge.stderr.readline()):
            assert line, log
            log += line
        log += line

    try:
        driver = open_driver(robot, "ros2_control", channels, channels.words.take_lease("control"), settings)
        said("may be driven")
        eventually(lambda: driver.health.drives)
        zero, sequence = np.zeros(robot.size), 0

        def at(pose):
            nonlocal sequence
            sequence += 1
            goal, kp, kd = robot.pose(pose), robot.column("kp"), robot.column("kd")
            driver.write(JointCommand(goal, zero, zero, kp, kd, CommandMode.ACTIVE, sequence=sequence))
            return np.allclose(driver.read().position, goal, atol=0.01)

        eventually(lambda: at("fist"))
        before = dict(controllers.q)
        controllers.close()
        said("no joint states")
        controllers = Controllers(sorted(robot.joint_names, reverse=True), before)
        eventually(lambda: at("fist") and controllers.commands)
        assert controllers.q == pytest.approx(before, abs=0.02), "nothing was told in the old order"
        eventually(lambda: at("default"))
        eventually(lambda: at("fist"))
        driver.close()
    finally:
        bridge.terminate()
        log += bridge.communicate(timeout=20)[1]
        controllers.close()
        channels.close()
        block.unlink(missing_ok=True)
    assert "no joint states" in log and log.count("may be driven") == 2
    assert all(controllers.q[name] == pytest.approx(q, abs=0.02) for name, q in robot.poses["fist"].items())


def test_without_the_messages_of_controller_managers_it_is_told_where_they_are(monkeypatch):
    monkeypatch.setitem(sys.modules, "controller_manager_msgs", None)
    monkeypatch.setitem(sys.modules, "controller_manager_msgs.srv", None)
    monkeypatch.setenv("ROS_DISTRO", "jazzy")
    with pytest.raises(DataError, match="ros-jazzy-controller-manager-msgs.*manager: none"):
        ControllerManagerClient(None, None, "controller_manager")


@pytest.mark.parametrize("told", [{"joint_states": "joint_states"}, {"description": "/dog/robot_description"}])
def test_what_the_stack_says_itself_is_not_taken_for_the_robot(told):
    context = rclpy.Context()
    rclpy.init(args=[], context=context)
    node = rclpy.create_node("own", namespace="/dog", context=context, use_global_arguments=False)
    try:
        with pytest.raises(DataError, match="the stack itself publishes /dog/"):
            Ros2ControlLink(node, place_settings({**SETTINGS, **told}))
    finally:
        node.destroy_node()
        rclpy.shutdown(context=context)
