"""The built-in controller's estimate as an odometry sensor, from messages as they are on the wire."""

import math

import numpy as np
import pytest

from skill_stack.hardware.unitree.messages.messages_go import SportModeState
from skill_stack.hardware.unitree.sport.sport_link import OdometryInlet


class Wire:
    """An inlet that holds what a test puts into it."""

    def __init__(self):
        self.waiting = []

    def take(self):
        return self.waiting.pop(0) if self.waiting else None


@pytest.fixture
def wire():
    return Wire()


def state(yaw=0.0, **fields):
    message = SportModeState(**fields)
    message.imu_state.quaternion = [math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)]
    return message


def put(wire, message):
    data = message.serialize(use_version_2=False)
    wire.waiting.append(data + bytes(-len(data) % 4))


def test_position_heading_and_velocity_in_the_base_frame(wire):
    put(wire, state(math.pi / 2, position=[1.0, 2.0, 0.3], velocity=[0.0, 0.5, 0.1], yaw_speed=-0.2))
    odometry = OdometryInlet(wire).take()
    assert np.allclose(odometry.position, [1.0, 2.0, 0.3])
    assert odometry.yaw == pytest.approx(math.pi / 2, abs=1e-6)
    assert np.allclose(odometry.linear, [0.5, 0.0, 0.1], atol=1e-6)
    assert odometry.angular == pytest.approx(-0.2)


def test_nothing_new_and_nonsense_are_nothing(wire):
    inlet = OdometryInlet(wire)
    assert inlet.take() is None
    put(wire, state(position=[math.nan, 0.0, 0.0]))
    assert inlet.take() is None
    broken = state()
    broken.imu_state.quaternion = [0.0] * 4
    put(wire, broken)
    assert inlet.take() is None
    wire.waiting.append(b"short")
    assert inlet.take() is None
