"""QuickObservation: the observation of one robot, put together without numpy.

Gives the same numbers as :class:`skill_stack.controllers.observation.ObservationBuilder`, which serves batches; a test
holds the two together. In a paced loop this costs a third of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from operator import sub

import numpy as np

from skill_stack.controllers.observation import term_sizes
from skill_stack.controllers.policy_contract import PolicyContract
from skill_stack.controllers.reading import Reading, constants
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robot import RobotSpec

Array = np.ndarray

_ORDER = (
    "base_ang_vel",
    "projected_gravity",
    "velocity_commands",
    "joint_pos_rel",
    "joint_vel_rel",
    "last_action",
    "gait_phase",
    "base_lin_vel",
)
_NOTHING: tuple[float, ...] = ()


class QuickObservation:
    """Writes observations into one float32 array.

    Attributes:
        array: The observation of one moment, float32, shape (1, size); overwritten by every :meth:`write`.
        command: Goal values ordered by ``command_names``; the owner sets them.
        last_action: The policy's last output; the owner sets it.
        gait_phase: Sines and cosines of the clock; the owner sets them.
    """

    def __init__(self, contract: PolicyContract, robot: RobotSpec) -> None:
        """Resolves names once.

        Raises:
            UnknownName: A term or joint that is not known.
            DataError: The contract gives a term another size than the robot does.
        """
        index = robot.indices(contract.joint_names).tolist()
        self._pick = None if index == list(range(robot.size)) else index
        self._default = constants(contract.default_joint_pos)
        self.array: Array = np.zeros((1, contract.frame_size), np.float32)
        self._bytes = memoryview(self.array.data).cast("B")
        self._pack = struct.Struct(f"{contract.frame_size}f").pack_into
        sizes = term_sizes(contract)
        self.command: list[float] = [0.0] * len(contract.command_names)
        self.last_action: list[float] = [0.0] * len(index)
        self.gait_phase: list[float] = [0.0] * sizes["gait_phase"]
        unknown = [name for name in contract.observation_names if name not in _ORDER]
        if unknown:
            raise UnknownName("observation term", unknown[0], _ORDER)
        for name, size in zip(contract.observation_names, contract.observation_sizes):
            if size != sizes[name]:
                raise DataError(f"policy: '{name}' has {size} values in the contract but {sizes[name]} on {robot.name}")
        self._sees_motion = "base_lin_vel" in contract.observation_names
        self._order = [_ORDER.index(name) for name in contract.observation_names]

    def start(self) -> None:
        """Begins anew; without a history there is nothing to forget."""

    def follow(self, other: QuickObservation) -> None:
        """Goes on where the observation of another skill of the same policy is; nothing without a history."""

    def preview(self, reading: Reading) -> None:
        """Does what :meth:`write` does, for a rehearsal."""
        self.write(reading)

    def write(self, reading: Reading) -> None:
        """Writes the observation that belongs to a reading into :attr:`array`."""
        position, velocity = reading.position, reading.velocity
        if self._pick is not None:
            position, velocity = [position[i] for i in self._pick], [velocity[i] for i in self._pick]
        terms: tuple[Iterable[float], ...] = (  # as in _ORDER
            reading.angular_velocity,
            reading.gravity,
            self.command,
            map(sub, position, self._default),
            velocity,
            self.last_action,
            self.gait_phase,
            reading.base_velocity() if self._sees_motion else _NOTHING,
        )
        values: list[float] = []
        for place in self._order:
            values += terms[place]
        self._pack(self._bytes, 0, *values)
