"""MuJoCo behind shared memory keeps the contract of drivers."""

import time
from pathlib import Path

import numpy as np
import pytest
from contract import DriverContract, Rig

from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.resources import Resources
from skill_stack.core.world.scene_file import load_scene, set_up
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice


class SharedMemoryRig(Rig):
    accuracy = 0.05  # noise and bias of the simulated encoders
    precision = 1e-9

    def __init__(self, folder):
        super().__init__("go2", "mujoco", folder)
        root = Resources((Path(__file__).parents[2],), folder)
        self._setup = set_up(load_scene(root.scene("playground")), 0)
        self.channels.words.register("simulator", ProcessIdentity.own())
        self.restart()

    def restart(self):
        self._device = MujocoDevice(self.robot, self._setup)
        self._counter = self.channels.command_counter

    def step(self, pause=0.0):
        if self.channels.command_counter != self._counter:
            self._counter = self.channels.command_counter
            self._device.receive_rows(self.channels.read_command_rows()[2])
        self._device.advance()
        self._hold()
        self.channels.write_measurement(self._device.measure(time.monotonic()))
        time.sleep(pause)

    def _hold(self):
        """Puts back what the test put somewhere, since gravity pulls at it."""

    def place(self, positions):
        def hold():
            for name, q in positions.items():
                self._device.data.joint(name).qpos[:] = q

        self._hold = hold

    def turn(self, orientation):
        device = self._device
        device.data.qpos[2] = 5.0

        def hold():
            device.data.qpos[3:7] = orientation

        self._hold = hold

    def obeyed(self):
        model, data = self._device.model, self._device.data
        found = {}
        for name in self.robot.joint_names:
            actuator = model.actuator(name)
            kp, kd = actuator.gainprm[0], -actuator.biasprm[2]
            # The drive's bias is kd dq + tau; the numbered command keeps dq and tau in a known proportion.
            found[name] = (data.ctrl[actuator.id], *self._split(name, actuator.biasprm[0], kd), kp, kd)
        return found

    def _split(self, name, bias, kd):
        index = self.robot.joint_names.index(name)
        dq = 0.01 * index if bias else 0.0
        return dq, bias - kd * dq


@pytest.fixture
def rig(tmp_path):
    rig = SharedMemoryRig(tmp_path)
    yield rig
    rig.close()


class TestSharedMemoryDriver(DriverContract):
    def test_orientation_is_w_x_y_z_and_forces_are_in_metres_per_second_squared(self, rig):
        driver = rig.started()
        orientation = np.array([np.cos(0.2), np.sin(0.2), 0.0, 0.0])
        rig.turn(orientation)
        rig.until(lambda: abs(abs(driver.read().orientation @ orientation) - 1.0) < 1e-2)
