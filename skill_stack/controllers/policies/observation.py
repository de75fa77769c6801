"""Observation terms by name, in raw SI units; scales and clips are inside the ONNX.

The same code serves training (a batch of robots) and the control loop (a batch of one), so that the policy sees the
same numbers in both. In the loop caches are cold and each numpy call costs some 10 µs: one call per term.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skill_stack.controllers.policies.observation_history import ObservationHistory
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robot_state import RobotState
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray


@dataclass(slots=True)
class PolicyInputs:
    """What the policy sees beside the robot's state; the owner writes into the arrays in place.

    Attributes:
        command: Goal values ordered by ``command_names``, shape (batch, commands).
        last_action: The policy's own last output, before any correction, shape (batch, joints).
        gait_phase: Clock, shape (batch, 2 * feet); see ``GaitClock.write``.
    """

    command: Array
    last_action: Array
    gait_phase: Array

    @classmethod
    def zeros(cls, contract: PolicyContract, batch: int = 1) -> PolicyInputs:
        """Inputs of a policy that has just been started."""
        feet = 0 if contract.gait is None else len(contract.gait.feet)
        return cls(
            command=np.zeros((batch, len(contract.command_names)), np.float32),
            last_action=np.zeros((batch, len(contract.joint_names)), np.float32),
            gait_phase=np.zeros((batch, 2 * feet), np.float32),
        )


@dataclass(frozen=True, slots=True)
class JointView:
    """How a policy's joints are picked from the robot's.

    Attributes:
        default: Positions at action zero, rad, in the policy's order.
        pick: Indices into the robot's joints, or None when the policy has them all in the robot's order.
    """

    default: Array
    pick: Array | None

    def take(self, values: Array) -> Array:
        """The policy's joints from an array ordered by ``RobotSpec.joints``, shape (..., joints)."""
        return values if self.pick is None else values[..., self.pick]


Term = Callable[[Array, RobotState, PolicyInputs, JointView], None]


def _base_ang_vel(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    out[...] = state.angular_velocity


def _projected_gravity(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    out[...] = state.projected_gravity


def _base_lin_vel(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    out[...] = state.base_velocity


def _velocity_commands(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    out[...] = inputs.command


def _joint_pos_rel(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    np.subtract(joints.take(state.position), joints.default, out=out, casting="same_kind")


def _joint_vel_rel(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    out[...] = joints.take(state.velocity)


def _joint_effort(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    out[...] = joints.take(state.torque)


def _touch(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    out[...] = np.nan_to_num(state.touch)


def _last_action(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    out[...] = inputs.last_action


def _gait_phase(out: Array, state: RobotState, inputs: PolicyInputs, joints: JointView) -> None:
    out[...] = inputs.gait_phase


TERMS: dict[str, Term] = {
    "base_lin_vel": _base_lin_vel,
    "base_ang_vel": _base_ang_vel,
    "projected_gravity": _projected_gravity,
    "velocity_commands": _velocity_commands,
    "joint_pos_rel": _joint_pos_rel,
    "joint_vel_rel": _joint_vel_rel,
    "joint_effort": _joint_effort,
    "touch": _touch,
    "last_action": _last_action,
    "gait_phase": _gait_phase,
}
"""Observation terms by the name that policies use: m/s, rad/s, unit vector, command units, rad, rad/s, N·m, N or 1 (0
from a touch sensor that says nothing), action, 1."""


def term_sizes(contract: PolicyContract, robot: RobotSpec) -> dict[str, int]:
    """Length of every term for the joints, commands and feet of a policy, and the touch sensors of its robot."""
    joints = len(contract.joint_names)
    return {
        "base_lin_vel": 3,
        "base_ang_vel": 3,
        "projected_gravity": 3,
        "velocity_commands": len(contract.command_names),
        "joint_pos_rel": joints,
        "joint_vel_rel": joints,
        "joint_effort": joints,
        "touch": len(robot.sensors.touch),
        "last_action": joints,
        "gait_phase": 0 if contract.gait is None else 2 * len(contract.gait.feet),
    }


class ObservationBuilder:
    """Writes a policy's observation into one preallocated array.

    Attributes:
        array: The observation, float32, shape (batch, size); overwritten by every :meth:`build`.
        slices: Where each term is in the observation of one moment, by name.
    """

    def __init__(self, contract: PolicyContract, robot: RobotSpec, batch: int = 1) -> None:
        """Resolves names to slices.

        Args:
            contract: The policy's contract.
            robot: The robot whose states will come.
            batch: Number of robots.

        Raises:
            UnknownName: A term or joint that is not known.
            DataError: The contract gives a term another size than the robot does.
        """
        index = robot.indices(contract.joint_names)
        in_order = np.array_equal(index, np.arange(robot.size))
        self._joints = JointView(np.array(contract.default_joint_pos), None if in_order else index)
        self._frame = self.array = np.zeros((batch, contract.frame_size), np.float32)
        self._history = (
            ObservationHistory(contract.history, contract.observation_sizes, batch) if contract.history else None
        )
        if self._history is not None:
            self.array = self._history.array
        self.slices: dict[str, slice] = {}
        self._writers: list[tuple[Term, Array]] = []
        sizes = term_sizes(contract, robot)
        start = 0
        for name, size in zip(contract.observation_names, contract.observation_sizes):
            if name not in TERMS:
                raise UnknownName("observation term", name, TERMS)
            if size != sizes[name]:
                raise DataError(f"policy: '{name}' has {size} values in the contract but {sizes[name]} on {robot.name}")
            self.slices[name] = slice(start, start + size)
            self._writers.append((TERMS[name], self._frame[..., start : start + size]))
            start += size

    def build(self, state: RobotState, inputs: PolicyInputs) -> Array:
        """Writes the observation.

        Args:
            state: Estimate; arrays with or without the leading batch dimension (without: batch of one).
            inputs: What the policy sees beside the state.

        Returns:
            :attr:`array`.
        """
        for write, out in self._writers:
            write(out, state, inputs, self._joints)
        if self._history is not None:
            self._history.push(self._frame)
        return self.array

    def forget(self, which: Array | slice = slice(None)) -> None:
        """Clears the history of robots that restart."""
        if self._history is not None:
            self._history.forget(which)
