"""The Dex3-1 driver keeps the contract of drivers, with both ways of packing and on both topics of states."""

import pytest
from contract import DriverContract
from fake_hand import Dex3Rig

CASES = {"packed": {}, "by the serializer": {"packed": False}, "low rate": {"way": "lf/", "states": "low"}}


@pytest.fixture(params=CASES)
def rig(request, tmp_path):
    rig = Dex3Rig(tmp_path, **CASES[request.param])
    yield rig
    rig.close()


class TestDex3Driver(DriverContract):
    def test_orientation_is_w_x_y_z_and_forces_are_in_metres_per_second_squared(self, rig):
        sample = rig.started().read()
        assert sample.orientation.tolist() == [1.0, 0.0, 0.0, 0.0]
        assert sample.linear_acceleration.tolist() == [0.0, 0.0, 9.81]
