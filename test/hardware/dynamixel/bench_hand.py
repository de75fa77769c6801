"""A LEAP hand on a bus that stands in for a real one, in time that the test lets pass."""

import math
import struct
import time

from contract import Rig

from skill_stack.hardware.stand_ins.dynamixel.bus import PtyBus

KP, SIDE_KP, D = 600 / 3.0, 450 / 3.0, 200 / 0.05  # registers for one N·m/rad and one N·m·s/rad, as the data says
COUNTS = 4096 / (2 * math.pi)


class LeapRig(Rig):
    accuracy = 2e-3  # a step of the encoder
    precision = 2e-3
    STEP = 0.002

    def __init__(self, folder, **settings):
        self.now = 100.0
        settings = {"port": str(folder / "tty"), "reply_timeout": 0.03, "gain_ramp": 0.0, "watchdog": 2.5, **settings}
        super().__init__("leap", "dynamixel", folder, settings)
        self.numbers = self.robot.driver_data["dynamixel"]["motors"]
        self.bus = PtyBus(self.numbers.values(), folder / "tty", clock=lambda: self.now)
        self.place(self.robot.poses["default"])

    def step(self, pause=0.0):
        self.now += self.STEP
        time.sleep(max(pause, self.STEP))

    def place(self, positions):
        with self.bus.lock:
            for name, q in positions.items():
                number = self.numbers[name]
                self.bus.body.angles[number] = self.bus.motors[number].position = math.pi + q
                self.bus.body.speeds[number] = 0.0

    def turn(self, orientation):
        """It has no IMU."""

    def obeyed(self):
        with self.bus.lock:
            return {name: self._row(name, self.bus.motors[number]) for name, number in self.numbers.items()}

    def _row(self, name, motor):
        derivative, _, proportional = struct.unpack_from("<HHH", motor.memory, 80)
        on = motor.memory[64]
        scale = SIDE_KP if name.endswith("_rot") else KP
        return motor.goal - math.pi, 0.0, 0.0, on * proportional / scale, on * derivative / D

    def restart(self):
        self.bus.cut_power()
        self.step()
        self.bus.restore_power()

    def close(self):
        super().close()
        self.bus.close()

    def motor(self, name):
        return self.bus.motors[self.numbers[name]]

    def cycles(self, driver, command=None, count=50):
        """Lets a loop run for some cycles; returns the last sample."""
        for _ in range(count):
            sample = driver.read()
            if command is not None:
                driver.write(command)
            self.step()
        return sample
