"""States of a simulation, and how far its camera has drawn."""

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.snapshot_channel import SnapshotChannel


def test_the_simulation_reads_how_far_its_camera_lets_it_go(tmp_path):
    simulation, camera = (SnapshotChannel(tmp_path / "state", 3) for _ in range(2))
    assert camera.read() is None and simulation.drawn() is None
    simulation.write(1.5, np.array([1.0, 2.0, 3.0]))
    found = camera.read()
    assert found is not None and found[0] == 1.5 and found[1].tolist() == [1.0, 2.0, 3.0]
    camera.let_on(1.5, 1.7)
    assert simulation.drawn() == (1.5, 1.7)
    simulation.close()
    camera.close()


def test_states_of_another_simulation_are_refused(tmp_path):
    SnapshotChannel(tmp_path / "state", 3).close()
    with pytest.raises(DataError):
        SnapshotChannel(tmp_path / "state", 4)
