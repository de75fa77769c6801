"""Low-level messages of the quadruped family (``unitree_go``) as plain DDS objects, and their C images.

Field names, types and order are those of the vendor's interface definition; the image is the C structure over which the
checksum runs, which is laid out differently from what goes over the wire.
"""

import struct
from dataclasses import dataclass

import cyclonedds.idl.annotations as annotate
from cyclonedds.idl import IdlStruct
from cyclonedds.idl.types import array, byte, float32, int16, int32, uint16, uint32

SLOTS = 20
HEAD = (0xFE, 0xEF)
LOW_LEVEL = 0xFF

_COMMAND = struct.Struct("<4B 4I H 2x" + "B 3x 5f 3I" * SLOTS + "4B 55B x 2I")
_STATE = struct.Struct(
    "<4B 4I H 2x 13f B 3x" + "B 3x 7f B 3x 3I" * SLOTS + "4B i H 4B 15H 8h I 41B 3x f 2B 2x 2f 4H 2I"
)


@dataclass
@annotate.final
@annotate.autoid("sequential")
class MotorCmd(IdlStruct, typename="unitree_go.msg.dds_.MotorCmd_"):
    mode: byte
    q: float32
    dq: float32
    tau: float32
    kp: float32
    kd: float32
    reserve: array[uint32, 3]


@dataclass
@annotate.final
@annotate.autoid("sequential")
class BmsCmd(IdlStruct, typename="unitree_go.msg.dds_.BmsCmd_"):
    off: byte
    reserve: array[byte, 3]


@dataclass
@annotate.final
@annotate.autoid("sequential")
class LowCmd(IdlStruct, typename="unitree_go.msg.dds_.LowCmd_"):
    head: array[byte, 2]
    level_flag: byte
    frame_reserve: byte
    sn: array[uint32, 2]
    version: array[uint32, 2]
    bandwidth: uint16
    motor_cmd: array[MotorCmd, SLOTS]
    bms_cmd: BmsCmd
    wireless_remote: array[byte, 40]
    led: array[byte, 12]
    fan: array[byte, 2]
    gpio: byte
    reserve: uint32
    crc: uint32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class ImuState(IdlStruct, typename="unitree_go.msg.dds_.IMUState_"):
    quaternion: array[float32, 4]
    gyroscope: array[float32, 3]
    accelerometer: array[float32, 3]
    rpy: array[float32, 3]
    temperature: byte


@dataclass
@annotate.final
@annotate.autoid("sequential")
class MotorState(IdlStruct, typename="unitree_go.msg.dds_.MotorState_"):
    mode: byte
    q: float32
    dq: float32
    ddq: float32
    tau_est: float32
    q_raw: float32
    dq_raw: float32
    ddq_raw: float32
    temperature: byte
    lost: uint32
    reserve: array[uint32, 2]


@dataclass
@annotate.final
@annotate.autoid("sequential")
class BmsState(IdlStruct, typename="unitree_go.msg.dds_.BmsState_"):
    version_high: byte
    version_low: byte
    status: byte
    soc: byte
    current: int32
    cycle: uint16
    bq_ntc: array[byte, 2]
    mcu_ntc: array[byte, 2]
    cell_vol: array[uint16, 15]


@dataclass
@annotate.final
@annotate.autoid("sequential")
class LowState(IdlStruct, typename="unitree_go.msg.dds_.LowState_"):
    head: array[byte, 2]
    level_flag: byte
    frame_reserve: byte
    sn: array[uint32, 2]
    version: array[uint32, 2]
    bandwidth: uint16
    imu_state: ImuState
    motor_state: array[MotorState, SLOTS]
    bms_state: BmsState
    foot_force: array[int16, 4]
    foot_force_est: array[int16, 4]
    tick: uint32
    wireless_remote: array[byte, 40]
    bit_flag: byte
    adc_reel: float32
    temperature_ntc1: byte
    temperature_ntc2: byte
    power_v: float32
    power_a: float32
    fan_frequency: array[uint16, 4]
    reserve: uint32
    crc: uint32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class TimeSpec(IdlStruct, typename="unitree_go.msg.dds_.TimeSpec_"):
    sec: int32
    nanosec: uint32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class PathPoint(IdlStruct, typename="unitree_go.msg.dds_.PathPoint_"):
    t_from_start: float32
    x: float32
    y: float32
    yaw: float32
    vx: float32
    vy: float32
    vyaw: float32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class SportModeState(IdlStruct, typename="unitree_go.msg.dds_.SportModeState_"):
    stamp: TimeSpec
    error_code: uint32
    imu_state: ImuState
    mode: byte
    progress: float32
    gait_type: byte
    foot_raise_height: float32
    position: array[float32, 3]
    body_height: float32
    velocity: array[float32, 3]
    yaw_speed: float32
    range_obstacle: array[float32, 4]
    foot_force: array[int16, 4]
    foot_position_body: array[float32, 12]
    foot_speed_body: array[float32, 12]
    path_point: array[PathPoint, 10]


def command_image(command: LowCmd) -> bytes:
    """The C structure of a command, 812 bytes; the last four hold the checksum."""
    c = command
    values = [*c.head, c.level_flag, c.frame_reserve, *c.sn, *c.version, c.bandwidth]
    for m in c.motor_cmd:
        values += (m.mode, m.q, m.dq, m.tau, m.kp, m.kd, *m.reserve)
    values += (c.bms_cmd.off, *c.bms_cmd.reserve, *c.wireless_remote, *c.led, *c.fan, c.gpio, c.reserve, c.crc)
    return _COMMAND.pack(*values)


def state_image(state: LowState) -> bytes:
    """The C structure of a state, 1180 bytes; the last four hold the checksum."""
    s, i, b = state, state.imu_state, state.bms_state
    values = [*s.head, s.level_flag, s.frame_reserve, *s.sn, *s.version, s.bandwidth]
    values += (*i.quaternion, *i.gyroscope, *i.accelerometer, *i.rpy, i.temperature)
    for m in s.motor_state:
        values += (m.mode, m.q, m.dq, m.ddq, m.tau_est, m.q_raw, m.dq_raw, m.ddq_raw, m.temperature, m.lost)
        values += m.reserve
    values += (b.version_high, b.version_low, b.status, b.soc, b.current, b.cycle, *b.bq_ntc, *b.mcu_ntc, *b.cell_vol)
    values += (*s.foot_force, *s.foot_force_est, s.tick, *s.wireless_remote, s.bit_flag, s.adc_reel)
    values += (s.temperature_ntc1, s.temperature_ntc2, s.power_v, s.power_a, *s.fan_frequency, s.reserve, s.crc)
    return _STATE.pack(*values)


def blank_command() -> LowCmd:
    """A command in which every motor is off."""
    motors = [MotorCmd(0, 0.0, 0.0, 0.0, 0.0, 0.0, [0] * 3) for _ in range(SLOTS)]
    bms = BmsCmd(0, [0] * 3)
    return LowCmd([*HEAD], LOW_LEVEL, 0, [0] * 2, [0] * 2, 0, motors, bms, [0] * 40, [0] * 12, [0] * 2, 0, 0, 0)


def blank_sport_state(imu: ImuState) -> SportModeState:
    """What the sport service says of a robot that is where it began."""
    path = [PathPoint(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0) for _ in range(10)]
    return SportModeState(
        TimeSpec(0, 0), 0, imu, 0, 0.0, 0, 0.0, [0.0] * 3, 0.0, [0.0] * 3, 0.0, [0.0] * 4, [0] * 4,
        [0.0] * 12, [0.0] * 12, path,
    )  # fmt: skip


def blank_state() -> LowState:
    """A state of a robot without motors, lying level."""
    imu = ImuState([1.0, 0.0, 0.0, 0.0], [0.0] * 3, [0.0] * 3, [0.0] * 3, 45)
    motors = [MotorState(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, [0] * 2) for _ in range(SLOTS)]
    bms = BmsState(1, 4, 8, 100, -2000, 12, [30] * 2, [32] * 2, [3900] * 8 + [0] * 7)
    return LowState(
        [*HEAD], LOW_LEVEL, 0, [0] * 2, [0] * 2, 0, imu, motors, bms, [0] * 4, [0] * 4, 0, [0] * 40,
        0, 0.0, 45, 45, 29.0, 2.0, [0] * 4, 0, 0,
    )  # fmt: skip
