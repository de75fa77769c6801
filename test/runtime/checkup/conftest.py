"""A simulated robot on a stand in time of its own, a driver with mistakes, and a person with eyes and hands."""

import dataclasses
import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from skill_stack.core.joint_command import damping
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.rotation import multiply, rotate_inverse
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.runtime.checkup.bench import Bench

ROOT = Path(__file__).resolve().parents[3]
UP = np.array([0.0, 0.0, 9.81])


class Device:
    """A driver of a simulated robot, with whatever mistake a test puts into it.

    Attributes:
        command_order: Joint that really gets the command of each place.
        read_order: Joint whose measurement is really reported at each place.
        command_sign: Factor on commanded positions.
        read_sign: Factor on measured positions and velocities.
        mount: Rotation by which the IMU's axes are off, w-x-y-z.
        deaf: Whether it replaces gains by its own.
        lean: Orientation of the robot in a person's hands, or None while it rests.
        turning: rad/s about the vertical in a person's hands.
    """

    def __init__(self, robot, scene="bench"):
        self.robot = robot
        self.device = MujocoDevice(robot, set_up(load_scene(ROOT / "config" / "scenes" / f"{scene}.yaml"), 0))
        n = robot.size
        self.command_order, self.read_order = np.arange(n), np.arange(n)
        self.command_sign, self.read_sign = np.ones(n), np.ones(n)
        self.mount, self.deaf, self.lean, self.turning = (1.0, 0.0, 0.0, 0.0), False, None, 0.0
        self.late, self.frozen, self.written, self.closed = 0.0, False, 0, False
        self._stood_still, self._began = 0.0, 0.0
        self.damp()
        self.device.advance(600)  # the legs sink and rest

    @property
    def capabilities(self):
        return SimpleNamespace(imu=True)

    @property
    def time(self):
        return self.device.time + self._stood_still

    def sleep(self, seconds):
        steps = round(seconds / 0.005)
        if steps:
            self.device.advance(steps)
        else:
            self._stood_still += seconds

    def read(self):
        if self.frozen:
            return dataclasses.replace(self.last, sequence=1)
        sample = self.last = self.device.sample()
        order, sign = self.read_order, self.read_sign
        orientation, rate = sample.orientation, sample.angular_velocity
        force = sample.linear_acceleration
        if self.lean is not None:
            turned = 0.5 * self.turning * (self.device.time - self._began)
            yaw = (math.cos(turned), 0.0, 0.0, math.sin(turned))
            orientation = np.array(multiply(yaw, self.lean))
            force = rotate_inverse(orientation, UP)
            rate = rotate_inverse(orientation, np.array([0.0, 0.0, self.turning]))
        mount = np.array(self.mount)
        return dataclasses.replace(
            sample,
            stamp=self.time - self.late,
            position=(sign * sample.position[order]),
            velocity=(sign * sample.velocity[order]),
            orientation=np.array(multiply(tuple(orientation), self.mount)),
            angular_velocity=rotate_inverse(mount, rate),
            linear_acceleration=rotate_inverse(mount, force),
        )

    def hold(self, lean, turning=0.0):
        """A person holds the robot."""
        self.lean, self.turning, self._began = lean, turning, self.device.time

    def write(self, command):
        self.written += 1
        q, kp, kd = np.zeros(self.robot.size), np.zeros(self.robot.size), np.zeros(self.robot.size)
        q[self.command_order] = self.command_sign * command.q
        kp[self.command_order], kd[self.command_order] = command.kp, command.kd
        if self.deaf:
            kp, kd = self.robot.column("kp"), self.robot.column("kd")
        self.device.receive(dataclasses.replace(command, q=q, kp=kp, kd=kd))

    def damp(self):
        self.device.receive(damping(np.zeros(self.robot.size), self.robot.column("damp_kd")))

    def close(self):
        self.closed = True
        self.damp()


class Person:
    """Does what is asked with the robot in the hands, and sees which joint really moves."""

    attended = True

    def __init__(self, device=None, says=True):
        self.device, self.says, self.asked, self.told = device, says, [], []

    def tell(self, text):
        self.told.append(text)

    def confirm(self, question):
        self.asked.append(question)
        if "Once more?" in question:
            return False
        return self.says(question) if callable(self.says) else self.says

    def wait(self, task):
        self.asked.append(task)
        half = 0.2
        if "front" in task:
            self.device.hold((math.cos(half), 0.0, -math.sin(half), 0.0))  # nose up: about -y
        elif "left side" in task:
            self.device.hold((math.cos(half), math.sin(half), 0.0, 0.0))  # left side up: about +x
        elif "Turn" in task:
            self.device.hold((1.0, 0.0, 0.0, 0.0), 0.4)
        else:
            self.device.hold(None)


@pytest.fixture(scope="session")
def go2():
    return load_robot(ROOT / "urdf" / "go2")


@pytest.fixture
def device(go2):
    return Device(go2)


@pytest.fixture
def bench(go2, device):
    return Bench(go2, device, lambda: device.time, device.sleep)


@pytest.fixture
def person(device):
    return Person(device)
