"""Looks of another driver's topics: pairs by their stamps, in task time, and what is wrong with them in words."""

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("sensor_msgs", reason="needs ROS 2")

from builtin_interfaces.msg import Time
from rclpy.serialization import serialize_message

from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.nodes.bridges.ros_camera import TOGETHER, RosCamera
from skill_stack.nodes.wire.wire_camera import camera_info_message, image_message

VIEW = Intrinsics.from_view(8, 6, 1.2)
TOPICS = ("colour", "depth", "info")


class Driver:
    """A node without ROS that keeps what was subscribed, and a camera behind it."""

    def __init__(self, simulated=True):
        self.take, self.simulated, self.wall, self.task = {}, simulated, 1000.0, 7.0
        self.camera = RosCamera(self, *TOPICS, lambda: self.task)

    def create_subscription(self, kind, topic, take, qos, raw):
        self.take[topic] = lambda message: take(serialize_message(message))

    def get_parameter(self, name):
        assert name == "use_sim_time"
        return SimpleNamespace(value=self.simulated)

    def get_clock(self):
        return SimpleNamespace(now=lambda: SimpleNamespace(nanoseconds=int(self.wall * 1e9)))

    def send(self, stamp, later=0.0, shade=90, depth=2.0):
        first, second = (Time(sec=int(t), nanosec=round(t % 1 * 1e9)) for t in (stamp, stamp + later))
        self.take["colour"](image_message(np.full((6, 8, 3), shade, np.uint8), first, "optical"))
        self.take["depth"](image_message(np.full((6, 8), depth, np.float32), second, "optical"))
        self.take["info"](camera_info_message(VIEW, first, "optical"))


def test_a_look_is_colour_depth_and_intrinsics_of_one_moment():
    driver = Driver()
    driver.send(5.25)
    stamp, colour, depth, view = driver.camera.newest()
    assert stamp == pytest.approx(5.25) and view == VIEW
    assert colour.shape == (6, 8, 3) and (colour == 90).all() and (depth == 2.0).all()
    assert driver.camera.trouble == "" and driver.camera.frame == "optical", "which its publisher named"


def test_pictures_of_different_moments_are_no_look_and_the_last_one_stays():
    driver = Driver()
    driver.send(5.0, later=2 * TOGETHER)
    assert driver.camera.newest() is None
    driver.send(6.0)
    assert driver.camera.newest() is not None
    driver.send(7.0, later=2 * TOGETHER, shade=10)
    assert driver.camera.newest()[0] == pytest.approx(6.0)


def test_what_never_came_is_named():
    driver = Driver()
    assert driver.camera.trouble == "nothing has come on colour, depth, info"
    driver.take["colour"](image_message(np.zeros((6, 8, 3), np.uint8), Time(), "optical"))
    assert driver.camera.trouble == "nothing has come on depth, info"
    assert driver.camera.newest() is None


def test_what_cannot_be_read_is_said_and_a_good_look_clears_it():
    driver = Driver()
    driver.send(5.0)
    driver.camera.newest()
    wrong = image_message(np.zeros((6, 8, 3), np.uint8), Time(sec=6), "optical")
    wrong.encoding = "yuv422"
    driver.send(6.0)
    driver.take["colour"](wrong)
    assert driver.camera.newest()[0] == pytest.approx(5.0), "the last good one"
    assert "yuv422" in driver.camera.trouble
    driver.send(7.0)
    assert driver.camera.newest()[0] == pytest.approx(7.0) and driver.camera.trouble == ""


def test_stamps_of_the_clock_on_the_wall_become_task_time():
    driver = Driver(simulated=False)
    driver.send(999.75)
    assert driver.camera.newest()[0] == pytest.approx(7.0 - 0.25)


def test_pictures_that_are_cut_off_are_refused():
    driver = Driver()
    driver.send(5.0)
    cut = image_message(np.zeros((6, 8), np.float32), Time(sec=6), "optical")
    cut.data = cut.data[:20]
    driver.send(6.0)
    driver.take["depth"](cut)
    driver.camera.newest()
    assert "20 bytes" in driver.camera.trouble


def test_a_colour_camera_needs_no_depth():
    driver = Driver()
    driver.camera = RosCamera(driver, "colour", "", "info", lambda: driver.task)
    assert driver.camera.trouble == "nothing has come on colour, info"
    driver.send(5.25)
    stamp, colour, depth, view = driver.camera.newest()
    assert stamp == pytest.approx(5.25) and view == VIEW and (colour == 90).all()
    assert depth.shape == (6, 8) and not depth.any() and driver.camera.trouble == ""
