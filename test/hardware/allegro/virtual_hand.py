"""An Allegro Hand on a virtual bus, in time that the test lets pass."""

import itertools
import time

import numpy as np
from contract import Rig

from skill_stack.hardware.stand_ins.allegro import VirtualAllegro

_CHANNELS = itertools.count()
PULSE = 1200.0


class AllegroRig(Rig):
    accuracy = 2e-4  # a count of the encoder
    precision = 2e-3
    own_process = False  # a virtual bus lives in one process
    STEP = 0.003

    def __init__(self, folder, **settings):
        self.now = 50.0
        channel = f"hand-{next(_CHANNELS)}"
        settings = {"channel": channel, "interface": "virtual", "gain_ramp": 0.0, "damp_time": 0.05, **settings}
        super().__init__("allegro_right", "allegro", folder, settings)
        self.hand = VirtualAllegro(channel, clock=lambda: self.now)
        self.place(self.robot.poses["default"])

    def step(self, pause=0.0):
        self.now += self.STEP
        time.sleep(max(pause, 0.004))

    def place(self, positions):
        with self.hand.lock:
            self.hand.angles[:] = [positions[name] for name in self.robot.joint_names]
            self.hand.speeds[:] = 0.0

    def turn(self, orientation):
        """Its IMU is optional, and not used."""

    def obeyed(self):
        with self.hand.lock:
            torque = self.hand.pulses / PULSE * self.hand.on
            return {name: (0.0, 0.0, torque[i], 0.0, 0.0) for i, name in enumerate(self.robot.joint_names)}

    def torque(self):
        return np.array([row[2] for row in self.obeyed().values()])

    def restart(self):
        self.hand.power_cut()

    def close(self):
        super().close()
        self.hand.close()

    def cycles(self, driver, command=None, count=50):
        """Lets a loop run for some cycles; returns the last sample."""
        for _ in range(count):
            sample = driver.read()
            if command is not None:
                driver.write(command)
            self.step()
        return sample
