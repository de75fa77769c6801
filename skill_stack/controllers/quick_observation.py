"""QuickObservation: the observation of one robot, put together without numpy.

Gives the same numbers as :class:`skill_stack.controllers.observation.ObservationBuilder`, which serves batches; a test
holds the two together. In a paced loop this costs a third of it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from operator import sub
from typing import NamedTuple

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
_KNOWN = ("velocity_commands", "last_action", "gait_phase")
"""Terms that are known before the next sample is."""
_NOTHING: tuple[float, ...] = ()


class _Run(NamedTuple):
    """Terms that lie one after the other.

    Attributes:
        pack: Writes their values into a buffer.
        begin: Where, bytes.
        places: The terms, by their place in ``_ORDER``.
    """

    pack: Callable[..., None]
    begin: int
    places: list[int]


class QuickObservation:
    """Writes observations into one float32 array.

    Attributes:
        array: The observation of one moment, float32, shape (1, size); overwritten by every :meth:`write`.
        command: Goal values ordered by ``command_names``; the owner sets them.
        last_action: The policy's last output; the owner sets it.
        gait_phase: Sines and cosines of the clock; the owner sets them.
        told: Whether these three are in the array already; the owner says so no longer when it sets one of them.
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
        self.told = False
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
        known = [name in _KNOWN for name in contract.observation_names]
        self._known = _runs(contract, known)
        self._measured = _runs(contract, [not is_known for is_known in known])

    def start(self) -> None:
        """Begins anew; without a history there is nothing to forget."""

    def follow(self, other: QuickObservation) -> None:
        """Goes on where the observation of another skill of the same policy is; nothing without a history."""

    def prepare(self) -> None:
        """Writes what is known before the next sample is."""
        self._write_known()
        self.told = True

    def _write_known(self) -> None:
        terms = {2: self.command, 5: self.last_action, 6: self.gait_phase}  # by their place in _ORDER
        for pack, begin, places in self._known:
            values: list[float] = []
            for place in places:
                values += terms[place]
            pack(self._bytes, begin, *values)

    def preview(self, reading: Reading) -> None:
        """Does what :meth:`write` does, for a rehearsal."""
        self.write(reading)

    def write(self, reading: Reading) -> None:
        """Writes the observation that belongs to a reading into :attr:`array`."""
        if not self.told:
            self._write_known()
        position, velocity = reading.position, reading.velocity
        if self._pick is not None:
            position, velocity = [position[i] for i in self._pick], [velocity[i] for i in self._pick]
        terms: tuple[Iterable[float], ...] = (  # as in _ORDER
            reading.angular_velocity,
            reading.gravity,
            _NOTHING,
            map(sub, position, self._default),
            velocity,
            _NOTHING,
            _NOTHING,
            reading.base_velocity() if self._sees_motion else _NOTHING,
        )
        for pack, begin, places in self._measured:
            values: list[float] = []
            for place in places:
                values += terms[place]
            pack(self._bytes, begin, *values)


def _runs(contract: PolicyContract, wanted: list[bool]) -> list[_Run]:
    """The wanted terms of a contract, with neighbours together."""
    runs: list[_Run] = []
    begin = size = 0
    places: list[int] = []
    for name, length, is_wanted in zip(contract.observation_names, contract.observation_sizes, wanted):
        if is_wanted:
            places.append(_ORDER.index(name))
            size += length
            continue
        if places:
            runs.append(_Run(struct.Struct(f"{size}f").pack_into, 4 * begin, places))
        begin, size, places = begin + size + length, 0, []
    return [*runs, _Run(struct.Struct(f"{size}f").pack_into, 4 * begin, places)] if places else runs
