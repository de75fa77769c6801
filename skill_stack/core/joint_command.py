"""JointCommand: what the controller asks of the device."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

Array = np.ndarray


class CommandMode(IntEnum):
    """What a command is for."""

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


_new = object.__new__
_set_q, _set_dq, _set_tau, _set_kp, _set_kd, _set_mode, _set_sequence, _set_sample, _set_setpoint = (
    getattr(JointCommand, name).__set__ for name in JointCommand.__slots__
)


def quick_command(
    q: Array, zero: Array, kp: Array, kd: Array, mode: CommandMode, sequence: int, sample: int, setpoint: int
) -> JointCommand:
    """A command without its constructor, which on a frozen class looks every field up before it sets it.

    In a paced loop that is several µs between sample and command.

    Args:
        q: Target positions, rad, shape (joints,).
        zero: Target velocities and feed-forward torques alike, shape (joints,).
        kp: Position gains, N·m/rad, shape (joints,).
        kd: Damping gains, N·m·s/rad, shape (joints,).
        mode: What the command is for.
        sequence: Number of the command.
        sample: Number of the sample that it answers.
        setpoint: Number of the setpoint in force.
    """
    command: JointCommand = _new(JointCommand)
    _set_q(command, q)
    _set_dq(command, zero)
    _set_tau(command, zero)
    _set_kp(command, kp)
    _set_kd(command, kd)
    _set_mode(command, mode)
    _set_sequence(command, sequence)
    _set_sample(command, sample)
    _set_setpoint(command, setpoint)
    return command


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
