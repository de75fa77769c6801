"""HandStateDecoder: converts the bytes of a hand's state to a sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.hardware.joint_sample import joint_sample
from skill_stack.hardware.unitree.hand.motor_mode import TIMEOUT
from skill_stack.hardware.unitree.hand.settings import MOTORS, Dex3Hand
from skill_stack.hardware.unitree.messages.layout import HEADER, MessageLayout
from skill_stack.hardware.unitree.messages.messages_hg import HandState

Array = np.ndarray

MOST_PADS = 64
"""Most tactile modules that a state may carry; hands have none or nine."""


class HandStateDecoder:
    """Selects the values of a sample from a state, in the robot's own order of joints.

    A state carries neither counter nor checksum. Its tactile modules report raw counts, not forces: they are left out.
    """

    def __init__(self, robot: RobotSpec, hand: Dex3Hand) -> None:
        """Resolves all places once.

        Args:
            robot: The robot.
            hand: Its motor numbers.
        """
        self._robot = robot
        layout, padded = (MessageLayout(HandState, _lengths(pads)) for pads in (0, 1))
        self._size, self._pad = layout.size, padded.size - layout.size
        self._motor_count = layout.length_place("motor_state")
        self._pad_count = layout.length_place("press_sensor_state")
        self._error = layout.wire("error")
        motors = [hand.motors[joint] for joint in robot.joint_names]
        # Numbers of four bytes at multiples of four: one selection gathers them.
        self._joints = np.stack([layout.wire(f"motor_state.{name}")[motors] // 4 for name in ("q", "dq", "tau_est")])
        self._heat = layout.wire("motor_state.temperature").reshape(MOTORS, -1)[motors].T // 2
        self._mode = layout.wire("motor_state.mode")[motors]
        self._fault = layout.wire("motor_state.motorstate")[motors] // 4

    def damage(self, raw: bytes) -> str:
        """What is wrong with a message, or an empty string for a valid one."""
        if len(raw) < self._pad_count + 4:
            return f"they have {len(raw)} bytes, fewer than {MOTORS} motors need"
        if raw[:2] != HEADER[:2]:
            return f"their encoding is {raw[:2].hex()} instead of {HEADER[:2].hex()}"
        motors = _count(raw, self._motor_count)
        if motors != MOTORS:
            return f"they carry {motors} motors instead of {MOTORS}: another kind of hand?"
        pads = _count(raw, self._pad_count)
        if pads > MOST_PADS or len(raw) != self._size + pads * self._pad:
            return f"they have {len(raw)} bytes, which does not fit their {pads} tactile modules"
        return ""

    def silent(self, raw: bytes) -> list[str]:
        """Joints whose motor says nothing: position, speed, torque and both temperatures are exactly zero.

        A motor that is cut off from the hand's board is reported so; none that works has 0 °C.
        """
        numbers, heat = self._numbers(raw), self._temperatures(raw)
        return self._names((numbers == 0).all(axis=0) & (heat == 0).all(axis=0))

    def timed_out(self, raw: bytes) -> list[str]:
        """Joints whose motor has stopped by its time-out protection."""
        modes = np.frombuffer(raw, dtype=np.uint8).take(self._mode)
        return self._names(modes & TIMEOUT != 0)

    def faults(self, raw: bytes) -> str:
        """Error codes that the hand reports, in words, or an empty string. The vendor's list of them is not public."""
        place = self._error + _count(raw, self._pad_count) * self._pad
        errors = [_count(raw, int(byte)) for byte in place]
        codes = np.frombuffer(raw, dtype="<u4").take(self._fault)
        found = [f"error {'/'.join(f'0x{error:x}' for error in errors)}"] if any(errors) else []
        found += [f"{name} 0x{code:x}" for name, code in zip(self._robot.joint_names, codes.tolist()) if code]
        return f"the hand reports {', '.join(found)}" if found else ""

    def sample(self, raw: bytes, sequence: int, task_time: float, stamp: float, valid: bool) -> SensorSample:
        """The sample; the hotter of a motor's two thermometers counts.

        Args:
            raw: A message that is whole.
            sequence: Number of the state.
            task_time: Its time, s.
            stamp: Monotonic time at which it was read, s.
            valid: Whether the hand may be driven by it.
        """
        heat = self._temperatures(raw).max(axis=0).astype(float)
        return joint_sample(self._robot, sequence, task_time, stamp, self._numbers(raw).astype(float), heat, valid)

    def _numbers(self, raw: bytes) -> Array:
        found: Array = np.frombuffer(raw, dtype="<f4").take(self._joints)
        return found

    def _temperatures(self, raw: bytes) -> Array:
        found: Array = np.frombuffer(raw, dtype="<i2").take(self._heat)
        return found

    def _names(self, which: Any) -> list[str]:
        return [name for name, found in zip(self._robot.joint_names, which.tolist()) if found]


def _lengths(pads: int) -> dict[str, int]:
    return {"motor_state": MOTORS, "press_sensor_state": pads}


def _count(raw: bytes, place: int) -> int:
    """A whole number of four bytes."""
    return int.from_bytes(raw[place : place + 4], "little")
