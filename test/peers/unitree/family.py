"""The two families of messages behind one face: what the body measures goes out, what is commanded comes in."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from unitree import messages_go, messages_hg
from unitree.body import Body
from unitree.crc import checksum

from skill_stack.core.shared_memory.sample_format import Measurement, SampleFormat

Array = np.ndarray

CASING_COOLER = 10  # °C by which a casing stays below its winding


@dataclass(slots=True)
class Extras:
    """What a state says besides measurements.

    Attributes:
        remote: Bytes of the remote control.
        mode_machine: Kind of humanoid; commands must repeat it.
        temperature: Winding temperature that is reported for a motor instead of the measured one, °C.
        charge: Charge that is reported instead of the measured one, 0 to 1.
        faults: Error code of a motor.
    """

    remote: bytes
    mode_machine: int = 5
    temperature: dict[int, float] = field(default_factory=dict)
    charge: float | None = None
    faults: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Family:
    """One family of messages.

    Attributes:
        messages: Module with ``LowCmd``, ``LowState``, their images and blanks.
        fill: Writes a measurement into a state, but neither tick nor checksum.
    """

    messages: Any
    fill: Callable[[Any, Body, SampleFormat, Measurement, Extras], None]

    def seal(self, state: Any) -> None:
        """Puts the right checksum into a state."""
        state.crc = checksum(self.messages.state_image(state)[:-4])

    def seal_command(self, command: Any) -> None:
        """Puts the right checksum into a command."""
        command.crc = checksum(self.messages.command_image(command)[:-4])

    def command_is_whole(self, command: Any) -> bool:
        """Whether the checksum of a command is right."""
        return checksum(self.messages.command_image(command)[:-4]) == command.crc


def rows_of(command: Any, motors: int) -> Array:
    """q, dq, tau, kp, kd of each motor, shape (5, motors); a motor that is switched off has none of them."""
    used = command.motor_cmd[:motors]
    rows = np.array([(m.q, m.dq, m.tau, m.kp, m.kd) for m in used], dtype=float).T.copy()
    rows[:, [m.mode == 0 for m in used]] = 0.0
    return rows


def _fill_imu(imu: Any, places: SampleFormat, vector: Array) -> None:
    imu.quaternion = vector[places.orientation].tolist()
    imu.gyroscope = vector[places.angular_velocity].tolist()
    imu.accelerometer = vector[places.linear_acceleration].tolist()
    w, x, y, z = imu.quaternion
    imu.rpy = [
        math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)),
        math.asin(max(-1.0, min(1.0, 2 * (w * y - x * z)))),
        math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
    ]


def _motors(body: Body, places: SampleFormat, vector: Array) -> list[Sequence[float]]:
    """Position, velocity, torque and temperature of each motor."""
    columns = (vector[place] for place in (places.position, places.velocity, places.torque, places.temperature))
    return np.stack([body.by_motor(column) for column in columns], axis=1).tolist()


def _fill_go(state: Any, body: Body, places: SampleFormat, measured: Measurement, extras: Extras) -> None:
    vector = measured.vector
    _fill_imu(state.imu_state, places, vector)
    for number, (q, dq, tau, degrees) in enumerate(_motors(body, places, vector)):
        motor = state.motor_state[number]
        motor.mode, motor.q, motor.dq, motor.tau_est, motor.q_raw, motor.dq_raw = 1, q, dq, tau, q, dq
        motor.temperature = max(0, min(255, round(extras.temperature.get(number, degrees))))
        motor.lost = extras.faults.get(number, 0)
    charge = measured.battery if extras.charge is None else extras.charge
    state.bms_state.soc = round(100 * charge)
    state.power_v = 25.0 + 8.0 * charge
    legs = [name.split("_")[0] for name in body.names[::3]]
    feet = {foot.name: force for foot, force in zip(body.robot.feet, vector[places.foot_force].tolist())}
    state.foot_force = [max(-32768, min(32767, round(feet[leg]))) for leg in legs]
    state.wireless_remote = list(extras.remote)


def _fill_hg(state: Any, body: Body, places: SampleFormat, measured: Measurement, extras: Extras) -> None:
    vector = measured.vector
    _fill_imu(state.imu_state, places, vector)
    for number, (q, dq, tau, degrees) in enumerate(_motors(body, places, vector)):
        motor = state.motor_state[number]
        motor.mode, motor.q, motor.dq, motor.tau_est, motor.vol = 1, q, dq, tau, 48.0
        winding = round(extras.temperature.get(number, degrees))
        motor.temperature = [winding - CASING_COOLER, winding]
        motor.motorstate = extras.faults.get(number, 0)
    state.mode_machine = extras.mode_machine
    state.wireless_remote = list(extras.remote)


FAMILIES = {"go2": Family(messages_go, _fill_go), "g1": Family(messages_hg, _fill_hg)}
"""Families by robot."""
