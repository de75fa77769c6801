"""What a camera sees of an object takes the place of what the device reports."""

import numpy as np
import pytest

from skill_stack.core.processes.tracked_channel import AHEAD, TrackedChannel
from skill_stack.core.sensor_sample import SensorSample, TrackedPose


def sample(task_time):
    zeros = [np.zeros(size) for size in (2, 2, 2, 4, 3, 3, 2, 0)]
    told = TrackedPose(task_time, np.ones(3), np.array([1.0, 0.0, 0.0, 0.0]))
    return SensorSample(1, task_time, task_time, *zeros, tracked=told)


def test_the_last_look_replaces_the_device_also_while_there_is_none(tmp_path):
    writer, reader = TrackedChannel(tmp_path / "b"), TrackedChannel(tmp_path / "b")
    assert reader.fill(sample(1.0)).tracked is None, "nothing was seen yet, whatever the device says"
    writer.write(TrackedPose(0.9, np.array([0.1, 0.2, 0.3]), np.array([0.5, 0.5, -0.5, 0.5])))
    found = reader.fill(sample(1.0)).tracked
    assert found.task_time == 0.9 and found.position.tolist() == [0.1, 0.2, 0.3]
    assert found.orientation.tolist() == [0.5, 0.5, -0.5, 0.5]


@pytest.mark.parametrize(("ahead", "there"), [(AHEAD / 2, True), (2 * AHEAD, False)])
def test_a_look_of_a_run_before_is_none(tmp_path, ahead, there):
    channel = TrackedChannel(tmp_path / "b")
    channel.write(TrackedPose(1.0 + ahead, np.zeros(3), np.array([1.0, 0.0, 0.0, 0.0])))
    assert (channel.fill(sample(1.0)).tracked is not None) == there
