"""A hand on a Dynamixel bus keeps the contract of drivers, as far as a hand without an IMU can."""

import numpy as np
import pytest
from bench_hand import LeapRig
from contract import DriverContract, numbered


@pytest.fixture
def rig(tmp_path):
    rig = LeapRig(tmp_path)
    yield rig
    rig.close()


class TestDynamixelDriver(DriverContract):
    def test_orientation_is_w_x_y_z_and_forces_are_in_metres_per_second_squared(self, rig):
        sample = rig.started().read()
        assert sample.orientation.tolist() == [1.0, 0.0, 0.0, 0.0]
        assert sample.linear_acceleration.tolist() == [0.0, 0.0, 9.81]

    def test_commands_reach_the_joints_by_name(self, rig):
        self.check_obeys(rig, rig.started())

    def check_obeys(self, rig, driver):
        """All joints do, so that nothing else is on its way to the motors."""
        command = numbered(rig.robot)
        wanted = command.q + (command.tau + command.kd * command.dq) / command.kp

        def obeys():
            driver.read()
            driver.write(command)
            rig.step()
            rows = np.array([rig.obeyed()[name] for name in rig.robot.joint_names])
            return np.allclose(rows[:, 0], wanted, atol=rig.precision) and np.allclose(
                rows[:, 3:], np.stack((command.kp, command.kd), axis=1), rtol=2e-3
            )

        rig.until(obeys)

    def check_damped(self, rig, driver):
        """Torque is off: the gears of these motors brake by themselves."""
        rig.until(lambda: rig.step() or not any(motor.memory[64] for motor in rig.bus.motors.values()))
