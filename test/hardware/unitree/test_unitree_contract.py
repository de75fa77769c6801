"""The Unitree driver keeps the contract of drivers: both robots, both ways of packing, arms alone."""

import time

import numpy as np
import pytest
from contract import DriverContract, Rig
from fake_robot import DOMAIN, FakeRobot

CASES = {
    "go2": ("go2", {}),
    "g1": ("g1", {}),
    "go2 by the serializer": ("go2", {"packed": False}),
    "g1 arms": ("g1", {"mode": "arms", "weight_rate": 1000.0}),
}


class UnitreeRig(Rig):
    accuracy = precision = 1e-5  # single precision

    def __init__(self, folder, name, settings):
        arms = settings.get("mode") == "arms"
        own = {"interface": "lo", "domain": DOMAIN, "gain_ramp": 0.0, "damp_time": 0.0, "listen": 0.05, **settings}
        super().__init__(name, "unitree", folder, own)
        self.own_process = not settings
        self.device = FakeRobot(name, DOMAIN, "ai" if arms else "", "rt/arm_sdk" if arms else "rt/lowcmd")

    def step(self, pause=0.0):
        self.device.step()
        time.sleep(pause or 0.0005)

    def place(self, positions):
        self.device.positions.update(positions)

    def turn(self, orientation):
        self.device.orientation = orientation

    def obeyed(self):
        return dict(self.device.obeyed)

    def restart(self):
        self.device.tick = 0
        self.device.obeyed.clear()


@pytest.fixture(params=CASES)
def rig(request, tmp_path):
    rig = UnitreeRig(tmp_path, *CASES[request.param])
    yield rig
    rig.close()


class TestUnitreeDriver(DriverContract):
    def test_numbers_are_those_of_the_message(self, rig):
        driver = rig.started()
        sample = driver.read()
        hg = rig.robot.name == "g1"
        assert set(sample.temperature) == ({73.0} if hg else {40.0})  # the casing has 35 °C less to go than the winding
        assert sample.battery == pytest.approx(1.0 if hg else 0.81)
        if not hg:
            forces = dict(zip((foot.name for foot in rig.robot.feet), sample.foot_force.tolist()))
            assert forces == {"FR": 10.0, "FL": 20.0, "RR": 30.0, "RL": 40.0}
        assert sample.odometry is None
        assert np.isclose(sample.task_time, sample.sequence * 1e-3)
