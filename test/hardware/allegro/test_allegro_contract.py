"""An Allegro Hand keeps the contract of drivers, as far as a hand that knows torques alone can."""

import numpy as np
import pytest
from contract import DriverContract, numbered
from virtual_hand import AllegroRig


@pytest.fixture
def rig(tmp_path):
    rig = AllegroRig(tmp_path)
    yield rig
    rig.close()


class TestAllegroDriver(DriverContract):
    def test_orientation_is_w_x_y_z_and_forces_are_in_metres_per_second_squared(self, rig):
        sample = rig.started().read()
        assert sample.orientation.tolist() == [1.0, 0.0, 0.0, 0.0]
        assert sample.linear_acceleration.tolist() == [0.0, 0.0, 9.81]

    def test_commands_reach_the_joints_by_name(self, rig):
        """Small torques, all different: those of the law that the drives of other robots compute by themselves."""
        driver = rig.started()
        command = numbered(rig.robot)
        rig.hand.lock.acquire()  # the fingers stand still while this is looked at
        try:
            sample = driver.read()
            driver.write(command)
        finally:
            rig.hand.lock.release()
        law = command.tau + command.kp * (command.q - sample.position) + command.kd * (command.dq - sample.velocity)
        caps = rig.robot.driver_data["allegro"]["caps"]
        limit = np.array([min(caps[joint.name] / 1200, joint.effort) for joint in rig.robot.joints])
        rig.until(lambda: np.allclose(rig.torque(), np.clip(law, -limit, limit), atol=1e-3))

    def check_obeys(self, rig, driver):
        def obeys():
            driver.read()
            driver.write(numbered(rig.robot))
            rig.step()
            return rig.hand.pulling

        rig.until(obeys)

    def check_damped(self, rig, driver):
        rig.until(lambda: rig.step() or not rig.hand.on)
