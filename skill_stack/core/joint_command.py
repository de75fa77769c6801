"""JointCommand: what the controller commands the device to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from skill_stack.core.dataclass_factory import fast_constructor

Array = np.ndarray


class CommandMode(IntEnum):
    """Purpose of a command."""

    IDLE = 0  # nobody drives: the device keeps whatever it does without a command
    ACTIVE = 1  # a skill or a stance
    DAMP = 2  # zero position gain, positive damping


@dataclass(frozen=True, slots=True)
class JointCommand:
    """Targets for every joint, ordered by ``RobotSpec.joints``.

    The drive computes ``tau + kp (q - position) + kd (dq - velocity)``, limited to the joint's effort.

    Attributes:
        q: Target positions, rad, shape (joints,).
        dq: Target velocities, rad/s, shape (joints,).
        tau: Feed-forward torques, N·m, shape (joints,).
        kp: Position gains, N·m/rad, shape (joints,).
        kd: Damping gains, N·m·s/rad, shape (joints,).
        mode: What the command is for.
        sequence: Number of the command.
        sample_sequence: Number of the sample that it answers.
        setpoint_sequence: Number of the setpoint in force; links words to motion.
    """

    q: Array
    dq: Array
    tau: Array
    kp: Array
    kd: Array
    mode: CommandMode
    sequence: int = 0
    sample_sequence: int = 0
    setpoint_sequence: int = 0


quick_command = fast_constructor(JointCommand)
"""Makes a command of all its fields in their order, several times as fast as the constructor."""


def damping(position: Array, damp_kd: Array, sequence: int = 0, sample_sequence: int = 0) -> JointCommand:
    """The command that lets the robot sink gently: no position gain, positive damping.

    Args:
        position: Present joint positions, rad, shape (joints,); only reported, since kp is zero.
        damp_kd: Damping gains, N·m·s/rad, shape (joints,).
        sequence: Number of the command.
        sample_sequence: Number of the sample that it answers.
    """
    zero = np.zeros_like(damp_kd)
    return JointCommand(
        q=np.array(position, dtype=float),
        dq=zero,
        tau=zero,
        kp=zero,
        kd=np.array(damp_kd, dtype=float),
        mode=CommandMode.DAMP,
        sequence=sequence,
        sample_sequence=sample_sequence,
    )
