"""Low-level messages of the humanoid family (``unitree_hg``) as plain DDS objects, and their C images."""

import struct
from dataclasses import dataclass

import cyclonedds.idl.annotations as annotate
from cyclonedds.idl import IdlStruct
from cyclonedds.idl.types import array, byte, float32, int16, int32, uint16, uint32

SLOTS = 35

_COMMAND = struct.Struct("<2B 2x" + "B 3x 5f I" * SLOTS + "5I")
_STATE = struct.Struct("<2I 2B 2x I 13f h 2x" + "B 3x 4f 2h f 7I" * SLOTS + "40B 5I")


@dataclass
@annotate.final
@annotate.autoid("sequential")
class MotorCmd(IdlStruct, typename="unitree_hg.msg.dds_.MotorCmd_"):
    mode: byte
    q: float32
    dq: float32
    tau: float32
    kp: float32
    kd: float32
    reserve: uint32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class LowCmd(IdlStruct, typename="unitree_hg.msg.dds_.LowCmd_"):
    mode_pr: byte
    mode_machine: byte
    motor_cmd: array[MotorCmd, SLOTS]
    reserve: array[uint32, 4]
    crc: uint32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class ImuState(IdlStruct, typename="unitree_hg.msg.dds_.IMUState_"):
    quaternion: array[float32, 4]
    gyroscope: array[float32, 3]
    accelerometer: array[float32, 3]
    rpy: array[float32, 3]
    temperature: int16


@dataclass
@annotate.final
@annotate.autoid("sequential")
class MotorState(IdlStruct, typename="unitree_hg.msg.dds_.MotorState_"):
    mode: byte
    q: float32
    dq: float32
    ddq: float32
    tau_est: float32
    temperature: array[int16, 2]
    vol: float32
    sensor: array[uint32, 2]
    motorstate: uint32
    reserve: array[uint32, 4]


@dataclass
@annotate.final
@annotate.autoid("sequential")
class LowState(IdlStruct, typename="unitree_hg.msg.dds_.LowState_"):
    version: array[uint32, 2]
    mode_pr: byte
    mode_machine: byte
    tick: uint32
    imu_state: ImuState
    motor_state: array[MotorState, SLOTS]
    wireless_remote: array[byte, 40]
    reserve: array[uint32, 4]
    crc: uint32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class BmsState(IdlStruct, typename="unitree_hg.msg.dds_.BmsState_"):
    version_high: byte
    version_low: byte
    fn: byte
    cell_vol: array[uint16, 40]
    bmsvoltage: array[uint32, 3]
    current: int32
    soc: byte
    soh: byte
    temperature: array[int16, 12]
    cycle: uint16
    manufacturer_date: uint16
    bmsstate: array[uint32, 5]
    reserve: array[uint32, 3]


def command_image(command: LowCmd) -> bytes:
    """The C structure of a command, 1004 bytes; the last four hold the checksum."""
    values = [command.mode_pr, command.mode_machine]
    for m in command.motor_cmd:
        values += (m.mode, m.q, m.dq, m.tau, m.kp, m.kd, m.reserve)
    return _COMMAND.pack(*values, *command.reserve, command.crc)


def state_image(state: LowState) -> bytes:
    """The C structure of a state, 2092 bytes; the last four hold the checksum."""
    s, i = state, state.imu_state
    values = [*s.version, s.mode_pr, s.mode_machine, s.tick]
    values += (*i.quaternion, *i.gyroscope, *i.accelerometer, *i.rpy, i.temperature)
    for m in s.motor_state:
        values += (m.mode, m.q, m.dq, m.ddq, m.tau_est, *m.temperature, m.vol, *m.sensor, m.motorstate, *m.reserve)
    return _STATE.pack(*values, *s.wireless_remote, *s.reserve, s.crc)


def blank_command() -> LowCmd:
    """A command in which every motor is off."""
    motors = [MotorCmd(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0) for _ in range(SLOTS)]
    return LowCmd(0, 0, motors, [0] * 4, 0)


def blank_state() -> LowState:
    """A state of a robot without motors, upright."""
    imu = ImuState([1.0, 0.0, 0.0, 0.0], [0.0] * 3, [0.0] * 3, [0.0] * 3, 45)
    motors = [MotorState(0, 0.0, 0.0, 0.0, 0.0, [0] * 2, 0.0, [0] * 2, 0, [0] * 4) for _ in range(SLOTS)]
    return LowState([0] * 2, 0, 0, 0, imu, motors, [0] * 40, [0] * 4, 0)


def battery_state(charge: float) -> BmsState:
    """What the battery says by itself at a charge from 0 to 1."""
    soc = round(100 * charge)
    return BmsState(1, 0, 0, [3900] * 13 + [0] * 27, [50700, 0, 0], -3000, soc, 100, [30] * 12, 10, 0, [0] * 5, [0] * 3)
