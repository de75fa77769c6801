"""A Dex3-1 on the network that a test moves step by step; its motors and messages are those of the peer."""

import os
import time

import numpy as np
from contract import Rig
from dex3.firmware import Dex3Firmware
from dex3.messages import HandCmd, HandState

import skill_stack.hardware.unitree.hand.driver as driver_module
from skill_stack.hardware.unitree.network import NetworkSettings, join

DOMAIN = 101 + int(os.environ["ROS_DOMAIN_ID"])  # which no other test process of this machine has
PERIOD = 0.002  # s of the hand's time in a step
ORDER = ("thumb_0", "thumb_1", "thumb_2", "middle_0", "middle_1", "index_0", "index_1")
"""Joints by motor number, as the vendor's document lists them."""


class FakeHand:
    """Publishes a state at every step, and obeys what came."""

    def __init__(self, side, domain, way=""):
        from cyclonedds.pub import DataWriter
        from cyclonedds.sub import DataReader
        from cyclonedds.topic import Topic

        participant = join(NetworkSettings(interface="lo", domain=domain))
        self._participant = participant
        self._reader = DataReader(participant, Topic(participant, f"rt/dex3/{side}/cmd", HandCmd))
        self._writer = DataWriter(participant, Topic(participant, f"rt/{way}dex3/{side}/state", HandState))
        self.firmware = Dex3Firmware(side)
        self.joints = [f"{side}_hand_{name}_joint" for name in ORDER]
        self.mute, self.alter = False, lambda state: None

    def step(self):
        for command in self._reader.take(8):
            if isinstance(command, HandCmd):
                self.firmware.obey(command)
        self.firmware.advance(PERIOD)
        if not self.mute:
            state = self.firmware.state()
            self.alter(state)
            self._writer.write(state)


class Dex3Rig(Rig):
    accuracy = precision = 1e-5  # single precision
    STEP = PERIOD

    def __init__(self, folder, way="", **settings):
        own = {"interface": "lo", "domain": DOMAIN, "gain_ramp": 0.0, "damp_time": 0.0, "listen": 0.05, **settings}
        super().__init__("dex3_right", "unitree_hand", folder, own)
        self.own_process = not settings
        self.device = FakeHand("right", DOMAIN, way)
        self._silent, self._cut = driver_module.SILENT, None

    @property
    def now(self):
        return self.firmware.time

    @property
    def firmware(self):
        return self.device.firmware

    def step(self, pause=0.0):
        if self._cut is not None and self._restarts() > self._cut:
            self._cut, self.device.mute, driver_module.SILENT = None, False, self._silent
        self.device.step()
        time.sleep(pause or 0.0005)

    def place(self, positions):
        self.firmware.angles[:] = [positions[name] for name in self.device.joints]
        self.firmware.speeds[:] = 0.0

    def turn(self, orientation):
        """Nobody states how its IMU is mounted; it is not used."""

    def obeyed(self):
        rows = np.where(self.firmware.stopped, 0.0, self.firmware.rows)
        return dict(zip(self.device.joints, map(tuple, rows.T.tolist())))

    def restart(self):
        """It is silent until a driver has noticed."""
        self.firmware.cut_power()
        self.device.mute, self._cut, driver_module.SILENT = True, self._restarts(), 0.02

    def _restarts(self):
        return sum(driver.health.counts.get("restarted", 0) for driver in self.drivers)

    def close(self):
        driver_module.SILENT = self._silent
        super().close()
