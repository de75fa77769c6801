"""The frames of an Allegro Hand V4, and the units in them.

Source of numbers and layouts: the manufacturer's public driver (``allegro_hand_ros_v4``,
``rDeviceAllegroHandCANDef.h``). A bus identifier is the frame number, shifted left by two bits, plus the device number.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import can
import numpy as np

Array = np.ndarray

SYSTEM_ON, SYSTEM_OFF = 0x40, 0x41
SET_TORQUE = 0x60
"""First finger; the others follow."""
SET_PERIOD = 0x81
HAND_INFO = 0x80
FINGER_POSE = 0x20
"""First finger; the others follow."""
TEMPERATURE = 0x38
"""First finger; the others follow."""

FINGERS = 4
JOINTS = 4
"""Joints per finger."""
COUNT = 333.3 / 65536 * math.pi / 180
"""One count of a joint's position, rad."""
LARGEST = 32767
ERROR_BUS_OFF = 0x40
"""Bit of an error frame's identifier (``CAN_ERR_BUSOFF`` of the kernel): the controller has left the bus."""


def number_of(message: can.Message) -> int:
    """Number of a frame, without the device."""
    return int(message.arbitration_id) >> 2


def frame(number: int, data: bytes = b"") -> can.Message:
    """A command."""
    return can.Message(arbitration_id=number << 2, data=data, is_extended_id=False)


def request(number: int) -> can.Message:
    """A request."""
    return can.Message(arbitration_id=number << 2, is_remote_frame=True, is_extended_id=False, dlc=8)


def period(milliseconds: int) -> can.Message:
    """Period of the joint positions; IMU and temperatures are sent only on request."""
    return frame(SET_PERIOD, struct.pack("<hhh", milliseconds, 0, 0))


def torques(finger: int, counts: Sequence[int]) -> can.Message:
    """Torques of a finger, in counts of pulse width, shape (4,)."""
    return frame(SET_TORQUE + finger, struct.pack("<4h", *counts))


def positions(data: bytes) -> Array:
    """Positions of a finger, rad, shape (4,)."""
    return COUNT * np.frombuffer(data, "<i2", JOINTS)


def pose(finger: int, angles: Array) -> can.Message:
    """Joint positions of a finger's frame, rad, shape (4,)."""
    counts = np.clip(np.rint(np.asarray(angles) / COUNT), -LARGEST, LARGEST).astype(int)
    return frame(FINGER_POSE + finger, struct.pack("<4h", *counts.tolist()))
