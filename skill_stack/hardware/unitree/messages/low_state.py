"""LowStateDecoder: converts the bytes of a state to a sample."""

from __future__ import annotations

import struct

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.hardware.unitree.family import FAMILIES
from skill_stack.hardware.unitree.messages.crc import MessageCrc
from skill_stack.hardware.unitree.messages.layout import HEADER, MessageLayout
from skill_stack.hardware.unitree.remote import SIZE, pressed_keys
from skill_stack.hardware.unitree.settings import UnitreeRobot

Array = np.ndarray

CASING_MARGIN = 35.0
"""A casing may reach 85 °C where a winding may reach 120 °C (the vendor's protective thresholds for the G1)."""
_WORD = struct.Struct("<I")


class LowStateDecoder:
    """Selects the values of a sample from a state, in the robot's own order of joints and feet.

    Attributes:
        size: Bytes of a state.
    """

    def __init__(self, robot: RobotSpec, data: UnitreeRobot) -> None:
        """Resolves all places once.

        Args:
            robot: The robot.
            data: Its motor slots.
        """
        layout = MessageLayout(FAMILIES[data.messages].state)
        self.size = layout.size
        self._crc = MessageCrc(layout)
        slots = [data.motors[joint] for joint in robot.joint_names]
        motors = [layout.wire(f"motor_state.{name}")[slots] for name in ("q", "dq", "tau_est")]
        imu = [layout.wire(f"imu_state.{name}") for name in ("quaternion", "gyroscope", "accelerometer", "rpy")]
        # All of them are 4-byte numbers at multiples of four: one selection gathers everything.
        self._numbers = np.concatenate([*motors, *imu]) // 4
        cuts = np.cumsum([0, *(len(part) for part in (*motors, *imu))]).tolist()
        self._cuts = [slice(*ends) for ends in zip(cuts[:-1], cuts[1:])]
        self._heat, self._heat_type, self._heat_margin = _temperatures(layout, slots)
        feet = [data.foot_force[foot.name] for foot in robot.feet if foot.name in data.foot_force]
        self._feet = layout.wire("foot_force")[feet] // 2 if feet and len(feet) == len(robot.feet) else None
        self._no_force: np.ndarray = np.zeros(len(robot.feet))
        self._tick = layout.places("tick")[0].wire
        self._remote = layout.places("wireless_remote")[0].wire
        self._machine = layout.places("mode_machine")[0].wire if data.messages == "hg" else None
        self._charge = layout.places("bms_state.soc")[0].wire if data.messages == "go" else None

    def damage(self, raw: bytes, sealed: bool = True) -> str:
        """What is wrong with a message, or an empty string for a valid one.

        Args:
            raw: Its bytes.
            sealed: Whether it carries a checksum.
        """
        if len(raw) != self.size:
            return f"they have {len(raw)} bytes instead of {self.size}: another family of messages?"
        if raw[:2] != HEADER[:2]:
            return f"their encoding is {raw[:2].hex()} instead of {HEADER[:2].hex()}"
        if not sealed or self._crc.holds(raw):
            return ""
        if self._crc.carried(raw) == 0:
            return "crc is 0 where it should be the sum of the content (a simulator: lacks: [checksum])"
        return "crc is not the sum of the content"

    def tick(self, raw: bytes) -> int:
        """The robot's counter."""
        return int(_WORD.unpack_from(raw, self._tick)[0])

    def keys(self, raw: bytes) -> int:
        """The remote's button word."""
        return pressed_keys(raw, self._remote)

    def remote(self, raw: bytes) -> bytes:
        """The remote's whole report."""
        return raw[self._remote : self._remote + SIZE]

    def machine(self, raw: bytes) -> int:
        """The kind of machine that commands must repeat; 0 where there is no such field."""
        return 0 if self._machine is None else raw[self._machine]

    def charge(self, raw: bytes) -> float | None:
        """State of charge, 0 to 1, or None where the battery reports by itself."""
        return None if self._charge is None else raw[self._charge] / 100.0

    def angles(self, raw: bytes) -> Array:
        """Roll, pitch and yaw computed by the robot, rad, shape (3,)."""
        found: Array = np.frombuffer(raw, dtype="<f4")[self._numbers[self._cuts[6]]].astype(float)
        return found

    def sample(
        self, raw: bytes, sequence: int, task_time: float, stamp: float, battery: float, valid: bool
    ) -> SensorSample:
        """The sample.

        Args:
            raw: A message that is whole.
            sequence: The robot's counter.
            task_time: Time by the robot's counter, s.
            stamp: Monotonic time at which it was read, s.
            battery: State of charge, 0 to 1.
            valid: Whether the robot may be driven by it.
        """
        numbers = np.frombuffer(raw, dtype="<f4").take(self._numbers).astype(float)
        cuts = self._cuts
        heat = np.frombuffer(raw, dtype=self._heat_type).take(self._heat)
        force = self._no_force
        if self._feet is not None:
            force = np.frombuffer(raw, dtype="<i2").take(self._feet).astype(float)
        return SensorSample(
            sequence=sequence,
            task_time=task_time,
            stamp=stamp,
            position=numbers[cuts[0]],
            velocity=numbers[cuts[1]],
            torque=numbers[cuts[2]],
            orientation=numbers[cuts[3]],
            angular_velocity=numbers[cuts[4]],
            linear_acceleration=numbers[cuts[5]],
            temperature=(heat + self._heat_margin).max(axis=0),
            foot_force=force,
            battery=battery,
            valid=valid,
        )


def _temperatures(layout: MessageLayout, slots: list[int]) -> tuple[Array, str, Array]:
    """Places of the motors' temperatures, shape (thermometers, joints), their type, and what is added to each."""
    places = layout.places("motor_state.temperature")
    wire = np.array([place.wire for place in places])
    if places[0].dtype.itemsize == 1:  # an octet by declaration, a signed one by the vendor's ROS messages
        return wire[slots][None, :], "<i1", np.zeros((1, 1))
    pairs = wire.reshape(-1, 2)[slots] // 2
    return pairs.T, "<i2", np.array([[CASING_MARGIN], [0.0]])
