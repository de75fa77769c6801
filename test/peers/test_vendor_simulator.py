"""The vendor's simulators as they come: what they leave out is declared, and the robot walks all the same."""

import pytest

pytest.importorskip("cyclonedds", reason="the extra 'unitree' is not installed")

from unitree.campaign import FLOOR
from unitree.process import PeerProcess
from unitree.stack import RobotStack

SIMULATORS = {
    "unitree_mujoco": ["battery", "foot_force"],
    "unitree_mujoco_python": ["checksum", "tick", "battery", "foot_force"],
}


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.parametrize("simulator", SIMULATORS)
def test_walks_in_a_simulator_that_leaves_fields_at_zero(tmp_path, domain, simulator):
    with PeerProcess(tmp_path, "--domain", str(domain), "--scene", str(FLOOR), "--like", simulator) as peer:
        with RobotStack(peer, domain, release="unasked", lacks=SIMULATORS[simulator]) as stack:
            stack.walk()
            assert not peer.ask("report")["fallen"]
