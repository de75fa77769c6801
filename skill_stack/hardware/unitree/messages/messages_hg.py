"""Messages of the G1 and its hands (package ``unitree_hg``): names, types and order of the fields are the robot's
interface.
"""

from dataclasses import dataclass, field

from cyclonedds.idl import IdlStruct
from cyclonedds.idl.annotations import autoid, final
from cyclonedds.idl.types import array, byte, float32, int16, int32, sequence, uint16, uint32

from skill_stack.hardware.unitree.messages.messages_go import octets, zeros

MOTORS = 35
"""Motor slots of a message, of which the G1 uses the first 29; in arms-only mode slot 29 carries the weight."""


@dataclass
@final
@autoid("sequential")
class MotorCmd(IdlStruct, typename="unitree_hg.msg.dds_.MotorCmd_"):
    """Command of one motor; ``mode`` 1 enables it, 0 disables it."""

    mode: byte = 0
    q: float32 = 0.0
    dq: float32 = 0.0
    tau: float32 = 0.0
    kp: float32 = 0.0
    kd: float32 = 0.0
    reserve: uint32 = 0


@dataclass
@final
@autoid("sequential")
class LowCmd(IdlStruct, typename="unitree_hg.msg.dds_.LowCmd_"):
    """Command of all motors; ``mode_pr`` 0 counts ankles and waist as pitch and roll, 1 as motors A and B.

    ``mode_machine`` must have the value of the low state.
    """

    mode_pr: byte = 0
    mode_machine: byte = 0
    motor_cmd: array[MotorCmd, 35] = field(default_factory=lambda: [MotorCmd() for _ in range(MOTORS)])
    reserve: array[uint32, 4] = zeros(4)
    crc: uint32 = 0


@dataclass
@final
@autoid("sequential")
class IMUState(IdlStruct, typename="unitree_hg.msg.dds_.IMUState_"):
    """Orientation w-x-y-z, angular velocity rad/s, specific force m/s², roll-pitch-yaw rad, temperature °C."""

    quaternion: array[float32, 4] = field(default_factory=lambda: [1.0, 0.0, 0.0, 0.0])
    gyroscope: array[float32, 3] = zeros(3)
    accelerometer: array[float32, 3] = zeros(3)
    rpy: array[float32, 3] = zeros(3)
    temperature: int16 = 0


@dataclass
@final
@autoid("sequential")
class MotorState(IdlStruct, typename="unitree_hg.msg.dds_.MotorState_"):
    """State of one motor; ``temperature`` is that of the casing and of the winding, °C."""

    mode: byte = 0
    q: float32 = 0.0
    dq: float32 = 0.0
    ddq: float32 = 0.0
    tau_est: float32 = 0.0
    temperature: array[int16, 2] = zeros(2)
    vol: float32 = 0.0
    sensor: array[uint32, 2] = zeros(2)
    motorstate: uint32 = 0
    reserve: array[uint32, 4] = zeros(4)


@dataclass
@final
@autoid("sequential")
class LowState(IdlStruct, typename="unitree_hg.msg.dds_.LowState_"):
    """Everything that the robot measures; ``tick`` in ms."""

    version: array[uint32, 2] = zeros(2)
    mode_pr: byte = 0
    mode_machine: byte = 0
    tick: uint32 = 0
    imu_state: IMUState = field(default_factory=IMUState)
    motor_state: array[MotorState, 35] = field(default_factory=lambda: [MotorState() for _ in range(MOTORS)])
    wireless_remote: array[byte, 40] = octets(40)
    reserve: array[uint32, 4] = zeros(4)
    crc: uint32 = 0


@dataclass
@final
@autoid("sequential")
class BmsState(IdlStruct, typename="unitree_hg.msg.dds_.BmsState_"):
    """State of the battery, on a topic of its own; ``soc`` in percent."""

    version_high: byte = 0
    version_low: byte = 0
    fn: byte = 0
    cell_vol: array[uint16, 40] = zeros(40)
    bmsvoltage: array[uint32, 3] = zeros(3)
    current: int32 = 0
    soc: byte = 0
    soh: byte = 0
    temperature: array[int16, 12] = zeros(12)
    cycle: uint16 = 0
    manufacturer_date: uint16 = 0
    bmsstate: array[uint32, 5] = zeros(5)
    reserve: array[uint32, 3] = zeros(3)


@dataclass
@final
@autoid("sequential")
class HandCmd(IdlStruct, typename="unitree_hg.msg.dds_.HandCmd_"):
    """Command of a hand's motors, in the vendor's motor order; it carries no checksum.

    ``mode`` of its motors has another meaning than on the body, see
    :mod:`skill_stack.hardware.unitree.hand.motor_mode`.
    """

    motor_cmd: sequence[MotorCmd] = field(default_factory=list)
    reserve: array[uint32, 4] = zeros(4)


@dataclass
@final
@autoid("sequential")
class PressSensorState(IdlStruct, typename="unitree_hg.msg.dds_.PressSensorState_"):
    """State of one tactile module: raw counts of its twelve pads (not calibrated to a force), temperatures, °C."""

    pressure: array[float32, 12] = zeros(12)
    temperature: array[float32, 12] = zeros(12)
    lost: uint32 = 0
    reserve: uint32 = 0


@dataclass
@final
@autoid("sequential")
class HandState(IdlStruct, typename="unitree_hg.msg.dds_.HandState_"):
    """Everything that a hand measures; it carries neither counter nor checksum.

    Voltages, V, and current, A, are those of its supply (``power``), of its own electronics (``system``) and behind its
    step-down converter (``device``).
    """

    motor_state: sequence[MotorState] = field(default_factory=list)
    press_sensor_state: sequence[PressSensorState] = field(default_factory=list)
    imu_state: IMUState = field(default_factory=IMUState)
    power_v: float32 = 0.0
    power_a: float32 = 0.0
    system_v: float32 = 0.0
    device_v: float32 = 0.0
    error: array[uint32, 2] = zeros(2)
    reserve: array[uint32, 2] = zeros(2)
