"""Messages of the Go2 (package ``unitree_go``): names, types and order of the fields are the robot's interface.

Octets are ``byte``, as the robot itself declares them: DDS compares types, and a ``uint8`` would match no robot.
Classes are mutable, as the serializer requires; the control loop uses the packed form of
:mod:`skill_stack.hardware.unitree.messages.packed_message` instead.
"""

from dataclasses import dataclass, field
from typing import Any

from cyclonedds.idl import IdlStruct
from cyclonedds.idl.annotations import autoid, final
from cyclonedds.idl.types import array, byte, float32, int16, int32, uint16, uint32

MOTORS = 20
"""Motor slots of a message, of which the Go2 uses the first twelve."""


def zeros(count: int) -> Any:
    """A field with that many zeros as default."""
    return field(default_factory=lambda: [0] * count)


def octets(count: int) -> Any:
    """A field with that many zero bytes as default; a received one holds ``bytes``."""
    return field(default_factory=lambda: bytearray(count))


@dataclass
@final
@autoid("sequential")
class MotorCmd(IdlStruct, typename="unitree_go.msg.dds_.MotorCmd_"):
    """Command of one motor; ``mode`` 1 enables it, 0 disables it."""

    mode: byte = 0
    q: float32 = 0.0
    dq: float32 = 0.0
    tau: float32 = 0.0
    kp: float32 = 0.0
    kd: float32 = 0.0
    reserve: array[uint32, 3] = zeros(3)


@dataclass
@final
@autoid("sequential")
class BmsCmd(IdlStruct, typename="unitree_go.msg.dds_.BmsCmd_"):
    """Command of the battery."""

    off: byte = 0
    reserve: array[byte, 3] = octets(3)


@dataclass
@final
@autoid("sequential")
class LowCmd(IdlStruct, typename="unitree_go.msg.dds_.LowCmd_"):
    """Command of all motors, in the vendor's motor order."""

    head: array[byte, 2] = octets(2)
    level_flag: byte = 0
    frame_reserve: byte = 0
    sn: array[uint32, 2] = zeros(2)
    version: array[uint32, 2] = zeros(2)
    bandwidth: uint16 = 0
    motor_cmd: array[MotorCmd, 20] = field(default_factory=lambda: [MotorCmd() for _ in range(MOTORS)])
    bms_cmd: BmsCmd = field(default_factory=BmsCmd)
    wireless_remote: array[byte, 40] = octets(40)
    led: array[byte, 12] = octets(12)
    fan: array[byte, 2] = octets(2)
    gpio: byte = 0
    reserve: uint32 = 0
    crc: uint32 = 0


@dataclass
@final
@autoid("sequential")
class IMUState(IdlStruct, typename="unitree_go.msg.dds_.IMUState_"):
    """Orientation w-x-y-z, angular velocity rad/s, specific force m/s², roll-pitch-yaw rad, temperature °C."""

    quaternion: array[float32, 4] = field(default_factory=lambda: [1.0, 0.0, 0.0, 0.0])
    gyroscope: array[float32, 3] = zeros(3)
    accelerometer: array[float32, 3] = zeros(3)
    rpy: array[float32, 3] = zeros(3)
    temperature: byte = 0


@dataclass
@final
@autoid("sequential")
class MotorState(IdlStruct, typename="unitree_go.msg.dds_.MotorState_"):
    """State of one motor: rad, rad/s, rad/s², N·m, °C (a signed byte), lost packets."""

    mode: byte = 0
    q: float32 = 0.0
    dq: float32 = 0.0
    ddq: float32 = 0.0
    tau_est: float32 = 0.0
    q_raw: float32 = 0.0
    dq_raw: float32 = 0.0
    ddq_raw: float32 = 0.0
    temperature: byte = 0
    lost: uint32 = 0
    reserve: array[uint32, 2] = zeros(2)


@dataclass
@final
@autoid("sequential")
class BmsState(IdlStruct, typename="unitree_go.msg.dds_.BmsState_"):
    """State of the battery; ``soc`` in percent."""

    version_high: byte = 0
    version_low: byte = 0
    status: byte = 0
    soc: byte = 0
    current: int32 = 0
    cycle: uint16 = 0
    bq_ntc: array[byte, 2] = octets(2)
    mcu_ntc: array[byte, 2] = octets(2)
    cell_vol: array[uint16, 15] = zeros(15)


@dataclass
@final
@autoid("sequential")
class LowState(IdlStruct, typename="unitree_go.msg.dds_.LowState_"):
    """Everything that the robot measures; ``tick`` in ms."""

    head: array[byte, 2] = octets(2)
    level_flag: byte = 0
    frame_reserve: byte = 0
    sn: array[uint32, 2] = zeros(2)
    version: array[uint32, 2] = zeros(2)
    bandwidth: uint16 = 0
    imu_state: IMUState = field(default_factory=IMUState)
    motor_state: array[MotorState, 20] = field(default_factory=lambda: [MotorState() for _ in range(MOTORS)])
    bms_state: BmsState = field(default_factory=BmsState)
    foot_force: array[int16, 4] = zeros(4)
    foot_force_est: array[int16, 4] = zeros(4)
    tick: uint32 = 0
    wireless_remote: array[byte, 40] = octets(40)
    bit_flag: byte = 0
    adc_reel: float32 = 0.0
    temperature_ntc1: byte = 0
    temperature_ntc2: byte = 0
    power_v: float32 = 0.0
    power_a: float32 = 0.0
    fan_frequency: array[uint16, 4] = zeros(4)
    reserve: uint32 = 0
    crc: uint32 = 0


@dataclass
@final
@autoid("sequential")
class TimeSpec(IdlStruct, typename="unitree_go.msg.dds_.TimeSpec_"):
    """A point in time."""

    sec: int32 = 0
    nanosec: uint32 = 0


@dataclass
@final
@autoid("sequential")
class PathPoint(IdlStruct, typename="unitree_go.msg.dds_.PathPoint_"):
    """One point of a path that the sport service follows."""

    t_from_start: float32 = 0.0
    x: float32 = 0.0
    y: float32 = 0.0
    yaw: float32 = 0.0
    vx: float32 = 0.0
    vy: float32 = 0.0
    vyaw: float32 = 0.0


@dataclass
@final
@autoid("sequential")
class SportModeState(IdlStruct, typename="unitree_go.msg.dds_.SportModeState_"):
    """What the sport service estimates and does."""

    stamp: TimeSpec = field(default_factory=TimeSpec)
    error_code: uint32 = 0
    imu_state: IMUState = field(default_factory=IMUState)
    mode: byte = 0
    progress: float32 = 0.0
    gait_type: byte = 0
    foot_raise_height: float32 = 0.0
    position: array[float32, 3] = zeros(3)
    body_height: float32 = 0.0
    velocity: array[float32, 3] = zeros(3)
    yaw_speed: float32 = 0.0
    range_obstacle: array[float32, 4] = zeros(4)
    foot_force: array[int16, 4] = zeros(4)
    foot_position_body: array[float32, 12] = zeros(12)
    foot_speed_body: array[float32, 12] = zeros(12)
    path_point: array[PathPoint, 10] = field(default_factory=lambda: [PathPoint() for _ in range(10)])
