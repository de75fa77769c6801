"""Samples and estimates on topics: stamped with the time at which they were measured."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

rclpy = pytest.importorskip("rclpy")

from skill_stack.core.resources import Resources  # noqa: E402
from skill_stack.core.robots.robot_file import load_robot  # noqa: E402
from skill_stack.core.sensor_sample import SensorSample  # noqa: E402
from skill_stack.core.world.scene import Pose2  # noqa: E402
from skill_stack.nodes.stack_node import StackNode  # noqa: E402
from skill_stack.nodes.views.robot_description import describe_robot  # noqa: E402
from skill_stack.nodes.views.robot_link import JointReport  # noqa: E402
from skill_stack.nodes.views.robot_topics import RobotTopics  # noqa: E402
from skill_stack.nodes.wire.wire_basics import seconds_of  # noqa: E402

OLD = 40.0
"""Age of the sample when it is published, s."""
TICK = 0.2
"""Time from the sample to the estimate, s."""
PAD = {"name": "paw", "link": "FL_foot", "radius": 0.03, "range": (0.0, 200.0), "source": "made up"}
PROMPT = 20.0
"""Time that publishing may take on a busy machine, s."""


class Front(StackNode):
    """A node that keeps the newest message of each topic."""

    def __init__(self):
        super().__init__("controller")
        self.said = {}

    def create_publisher(self, kind, topic, *rest, **options):
        if topic in ("/rosout", "/parameter_events") or topic.startswith("~"):
            return super().create_publisher(kind, topic, *rest, **options)
        keep = lambda message: self.said.__setitem__(topic, message)  # noqa: E731
        return SimpleNamespace(publish=keep, get_subscription_count=lambda: 1)


@pytest.fixture
def published(request):
    """What a front end says of a sample that is a while old, and the time on the wall when that was made."""
    rclpy.init(args=["--ros-args", "-p", f"use_sim_time:={str(request.param).lower()}"])
    resources = Resources.from_environment({})
    robot = load_robot(resources.robot("go2"), resources)
    sensors = robot.sensors.model_validate(robot.sensors.model_dump() | {"touch": [PAD]})
    robot = robot.model_copy(update={"sensors": sensors})
    joints, zero, level = robot.size, np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])
    node = Front()
    topics = RobotTopics(node, robot, describe_robot(robot), Pose2(0.0, 0.0, 0.0))
    wall = time.time()
    sample = SensorSample(
        1, 7.0, time.monotonic() - OLD, robot.pose("default"), np.zeros(joints), np.zeros(joints), level, zero, zero,
        np.zeros(joints), np.zeros(len(robot.feet)),
    )  # fmt: skip
    known = SimpleNamespace(position=0.0, heading=0.0, velocity=0.0)
    pose = {"base_position": zero, "orientation": level, "base_velocity": zero, "angular_velocity": zero}
    state = SimpleNamespace(task_time=7.0 + TICK, base=known, **pose)
    report = JointReport(robot.joint_names, sample.position, sample.velocity, sample.torque, {"paw": 1.5})
    topics.publish(sample, state, lambda: report)
    yield node.said, wall
    node.close()
    node.destroy_node()
    rclpy.try_shutdown()


def stamps(said):
    """Seconds of each message; of the transforms those of a joint and of the base."""
    base, joint = said["/tf"].transforms[-1], said["/tf"].transforms[0]
    assert base.header.frame_id == "odom" and joint.header.frame_id != "odom"
    measured = [seconds_of(one.header.stamp) for one in (said["joint_states"], said["imu"], joint)]
    return measured, [seconds_of(one.header.stamp) for one in (said["odom"], base)]


@pytest.mark.parametrize("published", [False], indirect=True)
def test_on_the_wall_the_age_of_a_measurement_shows(published):
    said, wall = published
    measured, estimated = stamps(said)
    assert all(wall - OLD - 0.01 < stamp < wall - OLD + PROMPT for stamp in measured)
    assert estimated == pytest.approx([measured[0] + TICK] * 2, abs=0.1)


@pytest.mark.parametrize("published", [True], indirect=True)
def test_on_simulated_time_stamps_are_task_time(published):
    measured, estimated = stamps(published[0])
    assert measured == pytest.approx([7.0] * 3) and estimated == pytest.approx([7.0 + TICK] * 2)


@pytest.mark.parametrize("published", [True], indirect=True)
def test_a_touch_sensor_is_said_in_the_frame_of_its_link(published):
    message = published[0]["touch/paw"]
    assert (message.header.frame_id, message.wrench.force.z) == ("FL_foot", 1.5)
    assert seconds_of(message.header.stamp) == pytest.approx(7.0)
