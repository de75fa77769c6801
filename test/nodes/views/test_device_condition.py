"""Battery and joints as the front end tells them: what the device measures, and nothing else."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from diagnostic_msgs.msg import DiagnosticStatus  # noqa: E402
from sensor_msgs.msg import BatteryState, Temperature  # noqa: E402

from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.sensor_sample import SensorSample  # noqa: E402
from skill_stack.core.shared_memory.channels import RobotChannels  # noqa: E402
from skill_stack.nodes.stack_node import StackNode  # noqa: E402
from skill_stack.nodes.views.device_condition import DeviceCondition  # noqa: E402
from skill_stack.nodes.views.robot_description import describe_robot  # noqa: E402

LINKS = {
    f"{leg}_{joint}_joint": f"{leg}_{link}"
    for leg in ("FL", "FR", "RL", "RR")
    for joint, link in (("hip", "hip"), ("thigh", "thigh"), ("calf", "calf"))
}


class Front(StackNode):
    """A node that keeps what it publishes."""

    def __init__(self):
        self.said, self.warmth, self.listeners = [], [], 1
        super().__init__("controller")

    def create_publisher(self, kind, topic, *_, **__):
        kept = {"battery_state": (BatteryState, self.said), "temperature": (Temperature, self.warmth)}.get(topic)
        if kept is None:
            return super().create_publisher(kind, topic, *_, **__)
        assert kind is kept[0]
        return SimpleNamespace(publish=kept[1].append, get_subscription_count=lambda: self.listeners)


@pytest.fixture(scope="module")
def robot():
    resources = Resources.from_environment({})
    return load_robot(resources.robot("go2"), resources)


@pytest.fixture
def sample(robot):
    """It stands in its default pose, at room temperature."""
    joints, still = robot.size, np.zeros(3)
    return SensorSample(
        sequence=1, task_time=1.0, stamp=1.0,
        position=robot.pose("default"), velocity=np.zeros(joints), torque=np.zeros(joints),
        orientation=np.array([1.0, 0.0, 0.0, 0.0]), angular_velocity=still, linear_acceleration=still,
        temperature=np.full(joints, 25.0), foot_force=np.zeros(len(robot.feet)),
    )  # fmt: skip


@pytest.fixture
def front():
    rclpy.init(args=["--ros-args", "-p", "robot:=go2", "-r", "__ns:=/alice"])
    node = Front()
    yield node
    node.close()
    node.destroy_node()
    rclpy.try_shutdown()


@pytest.fixture
def channels(tmp_path, robot):
    made = RobotChannels.open(tmp_path / "block", robot)
    yield made
    made.close()


def report(front, channels, robot, sample, measured=("battery", "temperature")):
    """The statuses of one sample, by name."""
    channels.words.state_measured(measured)
    channels.write_sample(sample)
    return {status.name: status for status in DeviceCondition(front, robot, LINKS).look([channels])}


def test_a_sound_robot_shows_its_charge_and_every_joint(front, channels, robot, sample):
    told = report(front, channels, robot, replace(sample, battery=0.75))
    assert set(told) == {"alice: battery", *(f"alice: joint {name}" for name in robot.joint_names)}
    assert {status.level for status in told.values()} == {DiagnosticStatus.OK}
    assert {status.hardware_id for status in told.values()} == {"alice/go2"}
    keys = [pair.key for pair in told[f"alice: joint {robot.joint_names[0]}"].values]
    assert keys == ["position", "velocity", "torque", "temperature"]
    (battery,) = front.said
    assert battery.present and battery.percentage == pytest.approx(0.75)
    unknown = ("voltage", "temperature", "current", "charge", "capacity", "design_capacity")
    assert all(math.isnan(getattr(battery, name)) for name in unknown)
    assert battery.power_supply_health == BatteryState.POWER_SUPPLY_HEALTH_UNKNOWN


def test_what_the_device_does_not_measure_is_not_told(front, channels, robot, sample):
    told = report(front, channels, robot, sample, measured=())
    assert not front.said and "alice: battery" not in told
    assert all(pair.key != "temperature" for status in told.values() for pair in status.values)


def test_levels_are_those_of_the_guards(front, channels, robot, sample):
    warm, position, torque = sample.temperature.copy(), sample.position.copy(), sample.torque.copy()
    limit = robot.safety.motor_temperature
    warm[:3] = limit - 1.0, limit, math.nan
    position[3:5] = robot.joints[3].upper + 0.1, robot.joints[4].lower - robot.safety.beyond_range - 0.1
    torque[5] = 2.0 * robot.joints[5].effort
    bad = replace(sample, temperature=warm, position=position, torque=torque, battery=0.5 * robot.safety.battery)
    told = report(front, channels, robot, bad)
    levels = [told[f"alice: joint {name}"].level for name in robot.joint_names]
    warn, error = DiagnosticStatus.WARN, DiagnosticStatus.ERROR
    assert levels[:6] == [warn, error, error, warn, error, error]
    assert set(levels[6:]) == {DiagnosticStatus.OK}
    assert told["alice: battery"].level == warn
    assert f"limit {limit:g} °C" in told[f"alice: joint {robot.joint_names[1]}"].message


def test_old_and_invalid_measurements_are_not_told(front, channels, robot, sample):
    channels.words.state_measured(("battery",))
    view = DeviceCondition(front, robot, LINKS)
    assert view.look([channels]) == []
    channels.write_sample(sample)
    assert view.look([channels]) and view.look([channels]) == []
    channels.write_sample(replace(sample, sequence=sample.sequence + 1, valid=False))
    assert view.look([channels]) == [] and len(front.said) == 1


def test_each_motor_has_a_temperature_in_the_frame_of_its_link(front, channels, robot, sample):
    warm = np.linspace(20.0, 31.0, robot.size)
    report(front, channels, robot, replace(sample, temperature=warm))
    assert [one.temperature for one in front.warmth] == pytest.approx(warm.tolist())
    assert front.warmth[0].header.frame_id == f"alice/{LINKS[robot.joint_names[0]]}"
    assert len({one.header.frame_id for one in front.warmth}) == robot.size
    assert {one.variance for one in front.warmth} == {0.0} and front.warmth[0].header.stamp.sec > 0


def test_temperatures_that_nobody_hears_or_nothing_measures_are_not_published(front, channels, robot, sample):
    report(front, channels, robot, sample, measured=("battery",))
    front.listeners = 0
    report(front, channels, robot, replace(sample, sequence=2))
    assert not front.warmth


def test_links_are_those_of_the_robots_own_tree(robot):
    joints = {joint.name: joint.origin.child for joint in describe_robot(robot).tree.joints}
    assert {name: joints[name] for name in robot.joint_names} == LINKS
