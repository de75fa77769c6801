"""GuardViolation: what a guard found, and how strongly the controller must react."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class Guard(str, Enum):
    """Every guard; each has a row in docs/safety.md, a test by injection and a kind of fault in the campaign."""

    TORQUE = "torque"  # what a target makes the drive ask for
    RANGE = "range"  # torque towards the end of a joint's range
    SLEW = "slew"  # change of targets
    OUTPUT = "output"  # a skill's output that is no command
    TILT = "tilt"
    ANGULAR_SPEED = "angular_speed"
    BASE_SPEED = "base_speed"
    JOINT_SPEED = "joint_speed"
    JOINT_POSITION = "joint_position"  # measured far outside the range
    MEASURED_TORQUE = "measured_torque"
    TEMPERATURE = "temperature"
    BATTERY = "battery"
    SENSOR = "sensor"  # values that control does not depend on at once
    JOINT_DATA = "joint_data"  # one joint that tells nothing new
    IMU_SILENCE = "imu_silence"  # gyro or accelerometer that repeats itself to the last bit
    GYRO = "gyro"  # angular velocity against the change of orientation
    GRAVITY = "gravity"  # gravity by the accelerometer against that by the orientation
    JOINT_MOTION = "joint_motion"  # joint velocity against the change of position
    DRIVE = "drive"  # measured torque against what command and measured position ask for
    LEG_FORCE = "leg_force"  # direction of the force by the legs' torques against gravity
    GROUND = "ground"  # ground by the standing feet against gravity by the orientation
    FOOT_FORCE = "foot_force"  # foot sensor against the load by the leg's torques
    SAMPLE = "sample"  # missing, marked invalid, of the wrong shape, not finite
    SAMPLE_AGE = "sample_age"
    STAMP = "stamp"  # time of a sample that lies in the future
    COUNTER = "counter"  # the device's counter stands still
    CLOCK = "clock"  # task time that goes backwards
    SETPOINT_AGE = "setpoint_age"
    SETPOINT = "setpoint"  # one that makes no sense
    EXIT = "exit"  # a skill left in the middle of a change of support
    DEADLINE = "deadline"
    LOOP = "loop"  # an error inside a tick
    WRITER = "writer"  # a second one
    SUPERVISOR = "supervisor"  # silent or dead
    HEARTBEAT = "heartbeat"  # a control process that is silent or dead; the supervisor's guard
    DEAD_MAN = "dead_man"  # a command that has become too old; the guard of the device's side
    MEMORY = "memory"  # counters of stops that hold nonsense
    STOP = "stop"
    ESTOP = "estop"


BY_IMU = frozenset({Guard.IMU_SILENCE, Guard.GYRO, Guard.GRAVITY})
"""Guards whose findings make the orientation unusable: the stance must be one that does not need it."""


class Reaction(IntEnum):
    """Reactions from mild to strong."""

    LIMIT = 1  # the command is changed to respect the limit; the skill goes on
    STANCE = 2  # the stance of the present phase takes over
    DAMP = 3  # the robot is damped; it may leave when the reason is gone and it is asked to
    LATCH = 4  # the robot is damped until a person resets


@dataclass(frozen=True, slots=True)
class GuardViolation:
    """What a guard found.

    Attributes:
        guard: Which one.
        reaction: What must happen.
        reason: One sentence for people, with the value and the limit.
    """

    guard: Guard
    reaction: Reaction
    reason: str


def strongest(findings: list[GuardViolation]) -> GuardViolation | None:
    """The finding with the strongest reaction, the first of equals; None when there is none."""
    return max(findings, key=lambda finding: finding.reaction, default=None)
