"""What every hardware driver must keep; see ``skill_stack.core.robots.hardware.Hardware``.

A driver's own test file makes a :class:`Rig` for its device and inherits from :class:`DriverContract`. Time passes only
in ``Rig.step``, so a slow machine gives the same result.
"""

import json
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError, LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.channels import RobotChannels

URDF = Path(__file__).parents[2] / "urdf"
STEPS = 5000  # far more than any start-up takes

FRESH_PROCESS = """
import json, sys
from pathlib import Path
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.robots.driver import open_driver
from skill_stack.core.robots.robot_file import load_robot
folder, block, name, settings = sys.argv[1:]
robot = load_robot(Path(folder))
channels = RobotChannels.open(Path(block), robot)
open_driver(robot, name, channels, channels.words.take_lease("supervisor"), json.loads(settings)).damp()
"""


class Rig(ABC):
    """A device that a test sees from behind: by joint name, in SI units, without the driver's help."""

    def __init__(self, robot_name, driver_name, folder, settings=None):
        self.robot = load_robot(URDF / robot_name)
        self.driver_name, self.settings = driver_name, settings or {}
        self.path = folder / "block"
        self.channels = RobotChannels.open(self.path, self.robot)
        self.drivers = []

    def open(self, owner="control") -> Hardware:
        """A driver with a new lease."""
        lease = self.channels.words.take_lease(owner)
        driver = open_driver(self.robot, self.driver_name, self.channels, lease, self.settings)
        self.drivers.append(driver)
        return driver

    def started(self) -> Hardware:
        """A driver that drives."""
        driver = self.open()
        self.until(lambda: driver.read() is not None and driver.read().valid and driver.health.drives)
        return driver

    def until(self, condition):
        """Lets time pass until something is so."""
        for _ in range(STEPS):
            if condition():
                return
            self.step()
        raise AssertionError(f"never so: {[driver.health for driver in self.drivers]}")

    def close(self):
        for driver in self.drivers:
            driver.close()
        self.channels.close()

    @abstractmethod
    def step(self, pause=0.0):
        """The device measures once, and obeys what came; then others get time, s."""

    @abstractmethod
    def place(self, positions):
        """Puts joints somewhere, rad, by name; the rest of the robot is upright and at rest."""

    @abstractmethod
    def turn(self, orientation):
        """Turns the base: w-x-y-z."""

    @abstractmethod
    def obeyed(self):
        """The command in force: q, dq, tau, kp, kd by joint name."""

    @abstractmethod
    def restart(self):
        """The device begins anew, as after a power cut; its counter too."""

    #: Whether damping from another process is worth the seconds that it takes to start one.
    own_process = True
    #: Tolerance of what the device measures (noise, quantisation), rad.
    accuracy = 1e-5
    #: Tolerance of what reaches it.
    precision = 1e-5


def numbered(robot, mode=CommandMode.ACTIVE):
    """A command in which every number is another one, within what the joints can do."""
    count = np.arange(robot.size)
    return JointCommand(
        q=robot.pose("default") + 0.001 * count,
        dq=0.01 * count,
        tau=-0.02 * count,
        kp=20.0 + count,
        kd=0.5 + 0.01 * count,
        mode=mode,
    )


class DriverContract:
    """Inherited by the tests of each driver, which provide the fixture ``rig``."""

    def test_says_what_it_can_do(self, rig):
        driver = rig.open()
        can = driver.capabilities
        assert set(can.commanded) <= set(rig.robot.joint_names) and can.commanded
        assert can.rate > 0
        for sentence in (can.when_silent, can.start_up, can.shut_down):
            assert len(sentence) > 10

    def test_opens_without_waiting_and_drives_after_a_while(self, rig):
        driver = rig.open()
        rig.started()
        assert not driver.health.drives, "the lease went on"
        assert driver.health.reason or driver.read() is None or not driver.read().valid

    def test_reads_joints_by_name_in_radians(self, rig):
        driver = rig.started()
        wanted = {name: 0.9 * q + 0.01 * i for i, (name, q) in enumerate(rig.robot.poses["default"].items())}
        rig.place(wanted)
        rig.until(lambda: np.allclose(driver.read().position, rig.robot.by_name(wanted), atol=rig.accuracy))
        sample = driver.read()
        assert sample.position.shape == sample.velocity.shape == sample.torque.shape == (rig.robot.size,)
        assert sample.temperature.shape == (rig.robot.size,) and np.all(
            (0 < sample.temperature) & (150 > sample.temperature)
        )
        assert sample.foot_force.shape == (len(rig.robot.feet),)
        assert 0.0 <= sample.battery <= 1.0

    def test_orientation_is_w_x_y_z_and_forces_are_in_metres_per_second_squared(self, rig):
        driver = rig.started()
        half = 0.2
        orientation = np.array([np.cos(half), np.sin(half), 0.0, 0.0])  # rolled to the right by 0.4 rad
        rig.turn(orientation)
        rig.until(lambda: abs(abs(driver.read().orientation @ orientation) - 1.0) < 1e-3)
        force = driver.read().linear_acceleration
        assert np.linalg.norm(force) == pytest.approx(9.81, abs=1.0)
        assert force[1] == pytest.approx(9.81 * np.sin(2 * half), abs=1.0)

    def test_commands_reach_the_joints_by_name(self, rig):
        driver = rig.started()
        command = numbered(rig.robot)
        commanded = driver.capabilities.commanded
        places = rig.robot.indices(commanded)
        rows = np.stack((command.q, command.dq, command.tau, command.kp, command.kd), axis=1)[places]

        def obeys():
            driver.read()
            driver.write(command)
            rig.step()
            obeyed = rig.obeyed()
            return np.allclose([obeyed[name] for name in commanded], rows, rtol=1e-4, atol=rig.precision)

        rig.until(obeys)

    def test_the_same_measurement_has_the_same_number_and_a_new_one_a_larger_one(self, rig):
        driver = rig.started()
        first = driver.read()
        again = driver.read()
        assert (again.sequence, again.task_time) == (first.sequence, first.task_time)
        rig.step()
        second = driver.read()
        assert second.sequence > first.sequence and second.task_time > first.task_time
        assert second.stamp >= first.stamp

    def test_silence_shows_as_age_and_breaks_nothing(self, rig):
        driver = rig.started()
        before = driver.read()
        for _ in range(20):
            sample = driver.read()
            driver.write(numbered(rig.robot))
        assert (sample.sequence, sample.stamp) == (before.sequence, before.stamp)

    def test_a_device_that_begins_anew_is_driven_again(self, rig):
        driver = rig.started()
        for _ in range(50):
            rig.step()
        before = driver.read().task_time
        rig.restart()
        rig.step()
        rig.until(lambda: driver.read().task_time < before)
        rig.until(lambda: driver.read().valid and driver.health.drives)
        self.check_obeys(rig, driver)

    def check_obeys(self, rig, driver):
        command = numbered(rig.robot)
        name = driver.capabilities.commanded[-1]
        kd = command.kd[rig.robot.joint_names.index(name)]

        def obeys():
            driver.read()
            driver.write(command)
            rig.step()
            return rig.obeyed()[name][4] == pytest.approx(kd, rel=1e-4)

        rig.until(obeys)

    def check_damped(self, rig, driver):
        names = driver.capabilities.commanded

        def damped():
            rig.step()
            rows = np.array([rig.obeyed()[name] for name in names])
            return not rows[:, 1:4].any() and np.all(rows[:, 4] > 0)  # dq, tau, kp; kd

        rig.until(damped)

    def test_a_driver_that_never_drove_damps(self, rig):
        first = rig.started()
        self.check_obeys(rig, first)
        successor = rig.open("supervisor")
        thread = threading.Thread(target=successor.damp)
        thread.start()
        while thread.is_alive():
            rig.step(pause=0.002)
        self.check_damped(rig, successor)

    def test_damping_from_a_fresh_process(self, rig):
        if not rig.own_process:
            pytest.skip("the same process as in another case")
        driver = rig.started()
        self.check_obeys(rig, driver)
        folder = str(URDF / rig.robot.name)
        command = [
            sys.executable,
            "-c",
            FRESH_PROCESS,
            folder,
            str(rig.path),
            rig.driver_name,
            json.dumps(rig.settings),
        ]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while process.poll() is None:
            rig.step(pause=0.002)
        assert process.returncode == 0, process.stderr.read()
        self.check_damped(rig, driver)

    def test_one_writer_alone(self, rig):
        first = rig.started()
        self.check_obeys(rig, first)
        second = rig.started()
        self.check_obeys(rig, second)
        before = rig.obeyed()
        other = numbered(rig.robot)
        other = JointCommand(other.q + 0.1, other.dq, other.tau, other.kp, other.kd, CommandMode.ACTIVE)
        for action in (lambda: first.write(other), first.damp):
            with pytest.raises(LeaseRefused, match="lease"):
                action()
        first.close()
        rig.step()
        assert rig.obeyed() == before
        self.check_obeys(rig, second)

    def test_closing_damps_once_and_for_all(self, rig):
        driver = rig.started()
        self.check_obeys(rig, driver)
        driver.close()
        driver.close()
        self.check_damped(rig, driver)

    def test_unknown_settings_are_named(self, rig):
        with pytest.raises(DataError, match="no_such_setting"):
            open_driver(
                rig.robot, rig.driver_name, rig.channels, rig.channels.words.lease,
                {**rig.settings, "no_such_setting": 1},
            )  # fmt: skip
