"""The bridge over ROS, with a stand-in for the vendor's messages: what travels is bytes, whatever their type is."""

import sys
import time
import types
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")

import rclpy
from rclpy.executors import SingleThreadedExecutor
from std_msgs.msg import UInt8MultiArray

from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.processes.process_log import ProcessLog
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.hardware.bridge import NOBODYS, Bridge
from skill_stack.hardware.unitree.bridged_driver import AdmittedDriver
from skill_stack.hardware.unitree.messages.crc import MessageCrc
from skill_stack.hardware.unitree.messages.layout import MessageLayout
from skill_stack.hardware.unitree.messages.messages_go import LowCmd, LowState
from skill_stack.hardware.unitree.messages.packed_message import PackedMessage
from skill_stack.hardware.unitree.settings import place_settings, robot_data
from skill_stack.nodes.bridges.unitree_ros_link import RosLink, messages
from skill_stack.nodes.ros_compat import ANY_SENDER, NEWEST

SETTINGS = {"release": "unasked", "listen": 0.0, "gain_ramp": 0.0, "damp_time": 0.0}


@pytest.fixture
def robot():
    return load_robot(Path(__file__).parents[3] / "urdf" / "go2")


@pytest.fixture
def ros(monkeypatch):
    module = types.ModuleType("unitree_go.msg")
    module.LowCmd = module.LowState = UInt8MultiArray
    monkeypatch.setitem(sys.modules, "unitree_go", types.ModuleType("unitree_go"))
    monkeypatch.setitem(sys.modules, "unitree_go.msg", module)
    context = rclpy.Context()
    rclpy.init(args=[], context=context)
    executor = SingleThreadedExecutor(context=context)
    yield context, executor
    executor.shutdown()
    rclpy.shutdown(context=context)


class Device:
    """The robot's end of the topics."""

    def __init__(self, context, executor):
        node = rclpy.create_node("robot", context=context, use_global_arguments=False)
        executor.add_node(node)
        self.commands = []
        self._node = node
        self._publisher = node.create_publisher(UInt8MultiArray, "/lowstate", NEWEST)
        self._subscription = node.create_subscription(
            UInt8MultiArray, "/lowcmd", self.commands.append, ANY_SENDER, raw=True
        )
        self._state = PackedMessage(LowState)
        self._state.view("imu_state.quaternion")[0] = 1.0
        self._state.view("bms_state.soc")[:] = 80
        self.tick = self._state.view("tick")

    def publish(self):
        self.tick[0] += 2
        self._publisher.publish(self._state.signed())


def test_samples_and_commands_cross_the_bridge_and_silence_damps(robot, ros, tmp_path, monkeypatch, capsys):
    context, executor = ros
    device = Device(context, executor)
    node = rclpy.create_node("unitree_bridge", context=context, use_global_arguments=False)
    executor.add_node(node)
    channels = RobotChannels.open(tmp_path / "block", robot)
    channels.words.register("simulator", ProcessIdentity.own())
    data = robot_data(robot)
    link = RosLink(node, executor, data, place_settings(SETTINGS, data, robot), "sport")
    log = ProcessLog("bridge", sys.stderr)
    bridge = Bridge(robot, channels, lambda: AdmittedDriver(robot, channels, NOBODYS, SETTINGS, link), log)
    driver = open_driver(robot, "unitree_ros", channels, channels.words.take_lease("control"), SETTINGS)
    assert driver.capabilities.remote and len(driver.capabilities.commanded) == 12

    def until(condition):
        for _ in range(3000):
            device.publish()
            for _ in range(4):
                executor.spin_once(timeout_sec=0.002)
            bridge.turn(time.monotonic())
            if condition():
                return
        raise AssertionError(capsys.readouterr().err)

    until(lambda: (sample := driver.read()) is not None and sample.valid)
    assert driver.health.drives
    zero = np.zeros(12)
    command = JointCommand(robot.pose("default"), zero, zero, zero + 20.0, zero + 0.5, CommandMode.ACTIVE, sequence=1)
    layout = MessageLayout(LowCmd)
    crc = MessageCrc(layout)

    def sent(gain):
        found = (
            device.commands[-1:] and np.frombuffer(device.commands[-1], dtype="<f4")[layout.wire("motor_cmd.kp") // 4]
        )
        return len(found) > 0 and found[3] == gain and crc.holds(device.commands[-1])

    driver.write(command)
    until(lambda: sent(20.0))
    position = np.frombuffer(device.commands[-1], dtype="<f4")[layout.wire("motor_cmd.q") // 4]
    assert position[3] == pytest.approx(robot.poses["default"]["FL_hip_joint"])
    until(lambda: sent(0.0))
    assert "no commands come" in capsys.readouterr().err
    bridge.close()
    channels.close()


def test_missing_messages_say_what_to_do():
    with pytest.raises(DataError, match="unitree_ros2"):
        messages("unitree_hg", "LowCmd")


def test_a_stranger_is_seen(robot, ros):
    context, executor = ros
    device = Device(context, executor)
    node = rclpy.create_node("unitree_bridge", context=context, use_global_arguments=False)
    data = robot_data(robot)
    link = RosLink(node, executor, data, place_settings(SETTINGS, data, robot), None)
    other = rclpy.create_node("rival", context=context, use_global_arguments=False)
    publisher = other.create_publisher(UInt8MultiArray, "/lowcmd", NEWEST)
    end = time.monotonic() + 20.0
    while not link.watch.strangers and time.monotonic() < end:
        executor.spin_once(timeout_sec=0.01)
        link.watch.look()
    assert list(link.watch.strangers.values()) == ["node /rival"]
    assert publisher is not None and device is not None
