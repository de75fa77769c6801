"""Messages of the Dex3-1 hand (``unitree_hg``) as plain DDS objects, written from the vendor's IDL."""

from dataclasses import dataclass

import cyclonedds.idl.annotations as annotate
from cyclonedds.idl import IdlStruct
from cyclonedds.idl.types import array, float32, sequence, uint32
from unitree.messages_hg import ImuState, MotorCmd, MotorState

MOTORS = 7
PADS = 9
EMPTY_PAD = 30000.0  # what the vendor says that a pad without contact reports


@dataclass
@annotate.final
@annotate.autoid("sequential")
class PressSensorState(IdlStruct, typename="unitree_hg.msg.dds_.PressSensorState_"):
    pressure: array[float32, 12]
    temperature: array[float32, 12]
    lost: uint32
    reserve: uint32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class HandCmd(IdlStruct, typename="unitree_hg.msg.dds_.HandCmd_"):
    motor_cmd: sequence[MotorCmd]
    reserve: array[uint32, 4]


@dataclass
@annotate.final
@annotate.autoid("sequential")
class HandState(IdlStruct, typename="unitree_hg.msg.dds_.HandState_"):
    motor_state: sequence[MotorState]
    press_sensor_state: sequence[PressSensorState]
    imu_state: ImuState
    power_v: float32
    power_a: float32
    system_v: float32
    device_v: float32
    error: array[uint32, 2]
    reserve: array[uint32, 2]


def blank_command(motors=MOTORS):
    """A command in which every motor is locked."""
    return HandCmd([MotorCmd(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0) for _ in range(motors)], [0] * 4)


def blank_state(motors=MOTORS, pads=PADS):
    """A state of a hand at rest."""
    return HandState(
        [MotorState(0, 0.0, 0.0, 0.0, 0.0, [36, 38], 24.0, [0] * 2, 0, [0] * 4) for _ in range(motors)],
        [PressSensorState([EMPTY_PAD] * 12, [30.0] * 12, 0, 0) for _ in range(pads)],
        ImuState([1.0, 0.0, 0.0, 0.0], [0.0] * 3, [0.0] * 3, [0.0] * 3, 40),
        24.0, 0.5, 12.0, 5.0, [0] * 2, [0] * 2,
    )  # fmt: skip
