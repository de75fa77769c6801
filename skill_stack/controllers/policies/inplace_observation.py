"""InplaceObservation: the observation of one robot, put together in place.

Gives the same numbers as :class:`skill_stack.controllers.policies.observation.ObservationBuilder`, which serves
batches; a test holds the two together. In a paced loop this costs a fraction of it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.joint_arithmetic import BASE_VELOCITY, GRAVITY, POSITION, RATE, VELOCITY, observe
from skill_stack.controllers.policies.observation import term_sizes
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray

_KNOWN = ("velocity_commands", "last_action", "gait_phase")
"""Terms known before the next sample."""
MEASURED = {
    "base_ang_vel": RATE,
    "projected_gravity": GRAVITY,
    "joint_pos_rel": POSITION,
    "joint_vel_rel": VELOCITY,
    "base_lin_vel": BASE_VELOCITY,
}
"""Measured terms, and their place in a reading."""
SAMPLED = ("joint_effort", "touch")
"""Terms of the sample itself."""
_NO_MOTION = np.zeros(3)


class _Run(NamedTuple):
    """Known terms that lie one after the other.

    Attributes:
        pack: Writes their values into a buffer.
        begin: Where, bytes.
        places: The terms, by their place in ``_KNOWN``.
    """

    pack: Callable[..., None]
    begin: int
    places: list[int]


class InplaceObservation:
    """Writes observations into one float32 array.

    Attributes:
        array: The observation of one moment, float32, shape (1, size); overwritten by every :meth:`write`.
        command: Goal values ordered by ``command_names``; the owner sets them.
        last_action: The policy's last output; the owner sets it.
        gait_phase: Sines and cosines of the clock; the owner sets them.
        told: Whether these three are in the array already; the owner sets it to False when it changes one of them.
    """

    def __init__(self, contract: PolicyContract, robot: RobotSpec) -> None:
        """Resolves names once.

        Raises:
            UnknownName: A term or joint that is not known.
            DataError: The contract gives a term another size than the robot does.
        """
        index = robot.indices(contract.joint_names).tolist()
        self._pick = np.array(index, np.int64)
        self._rest = self._default = np.array(contract.default_joint_pos, float)
        self.array: Array = np.zeros((1, contract.frame_size), np.float32)
        self._flat = self.array[0]
        self._bytes = memoryview(self.array.data).cast("B")
        self.told = False
        sizes = term_sizes(contract, robot)
        self.command: list[float] = [0.0] * len(contract.command_names)
        self.last_action: Array = np.zeros(len(index), np.float32)
        self.gait_phase: list[float] = [0.0] * sizes["gait_phase"]
        unknown = [name for name in contract.observation_names if name not in (*MEASURED, *SAMPLED, *_KNOWN)]
        if unknown:
            raise UnknownName("observation term", unknown[0], (*MEASURED, *SAMPLED, *_KNOWN))
        for name, size in zip(contract.observation_names, contract.observation_sizes):
            if size != sizes[name]:
                raise DataError(f"policy: '{name}' has {size} values in the contract but {sizes[name]} on {robot.name}")
        self._sees_motion = "base_lin_vel" in contract.observation_names
        self._known = _known_runs(contract)
        begins = dict(zip(contract.observation_names, accumulate((0, *contract.observation_sizes))))
        terms = [(MEASURED[name], begin) for name, begin in begins.items() if name in MEASURED]
        self._terms = np.array(terms, np.int64).reshape(-1, 2)
        self._sampled = {
            name: self._flat[begins[name] : begins[name] + sizes[name]] for name in SAMPLED if name in begins
        }

    def start(self) -> None:
        """Restarts; without a history there is nothing to clear."""

    def follow(self, other: InplaceObservation) -> None:
        """Continues from the observation of another skill of the same policy; nothing without a history."""

    def bend(self, offset: Array) -> None:
        """Offsets the reference pose of joint positions, rad, ordered by the policy's joints."""
        self._default = self._rest + offset

    def prepare(self) -> None:
        """Writes the values known before the next sample."""
        self._write_known()
        self.told = True

    def _write_known(self) -> None:
        terms = (self.command, self.last_action.tolist(), self.gait_phase)  # as in _KNOWN
        for pack, begin, places in self._known:
            values: list[float] = []
            for place in places:
                values += terms[place]
            pack(self._bytes, begin, *values)

    def preview(self, reading: FastEstimate) -> None:
        """Does what :meth:`write` does, for a rehearsal."""
        self.write(reading)

    def write(self, reading: FastEstimate) -> None:
        """Writes the observation that belongs to a reading into :attr:`array`."""
        if not self.told:
            self._write_known()
        motion = np.array(reading.base_velocity(), float) if self._sees_motion else _NO_MOTION
        observe(reading.numbers, motion, self._default, self._pick, self._terms, self._flat)
        if self._sampled and (sample := reading.sample) is not None:
            for name, out in self._sampled.items():
                out[:] = sample.torque[self._pick] if name == "joint_effort" else np.nan_to_num(sample.touch)


def _known_runs(contract: PolicyContract) -> list[_Run]:
    """The terms of a contract that are known beforehand, with neighbours together."""
    runs: list[_Run] = []
    begin = size = 0
    places: list[int] = []
    for name, length in zip(contract.observation_names, contract.observation_sizes):
        if name in _KNOWN:
            places.append(_KNOWN.index(name))
            size += length
            continue
        if places:
            runs.append(_Run(struct.Struct(f"{size}f").pack_into, 4 * begin, places))
        begin, size, places = begin + size + length, 0, []
    return [*runs, _Run(struct.Struct(f"{size}f").pack_into, 4 * begin, places)] if places else runs
