"""TruthChannel: simulator truth, and changes of the world; for scoring only, never for what drives the robot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import StaleData
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock, SharedRecord

Array = np.ndarray

MAX_FEET = 8
TRUTH_SIZE = 3 + 4 + 3 + 3 + MAX_FEET
_ORDERS = {"push": 2, "roll": 2, "place": 2, "load": 1}
_RECORDS = (RecordFormat("truth", "qd?q?d", TRUTH_SIZE), *(RecordFormat(name, "q", n) for name, n in _ORDERS.items()))
_LAYOUT = BlockLayout("simulator truth", _RECORDS)


@dataclass(frozen=True, slots=True)
class Truth:
    """Truth of the robot's base.

    Attributes:
        sequence: Number of the sample made at the same time.
        task_time: s.
        position: Base position in the world, m, shape (3,).
        orientation: Base orientation in the world, w-x-y-z, shape (4,).
        linear: Base linear velocity in the base frame, m/s, shape (3,).
        angular: Base angular velocity in the base frame, rad/s, shape (3,).
        contact: Whether each foot carries load, bool, shape (feet,).
        fallen: Whether the robot lies on something else than its feet while it should stand: tilt above 1 rad.
            A robot without feet never has.
        driven: Whether the command in force at the device does more than damping.
        oldest: Greatest age of such a command in force since the simulator began, s.
    """

    sequence: int
    task_time: float
    position: Array
    orientation: Array
    linear: Array
    angular: Array
    contact: Array
    fallen: bool
    driven: bool = False
    oldest: float = 0.0


def truth_of(
    vector: Array, sequence: int, task_time: float, fallen: bool, feet: int, driven: bool = False, oldest: float = 0.0
) -> Truth:
    """The truth in a vector that holds its arrays one after the other; they become views of it."""
    v, contact = vector, vector[13 : 13 + feet] > 0.5
    return Truth(sequence, task_time, v[0:3], v[3:7], v[7:10], v[10:13], contact, fallen, driven, oldest)


class Orders:
    """Changes of the simulated world that are given one at a time; the newest counts, and none from before."""

    def __init__(self, record: SharedRecord) -> None:
        """Takes where they are written."""
        self._record, self._taken = record, record.counter

    def give(self, geom: int, *values: float) -> None:
        """Gives one to the simulator.

        Args:
            geom: Number of the geometry that it is about in the simulated model.
            values: What is to be.
        """
        self._record.vector[:] = values
        self._record.write(geom)

    def take(self) -> tuple[int, tuple[Any, ...]] | None:
        """The one since the last call, as :meth:`give` was given it; for the simulator."""
        if self._record.counter == self._taken:
            return None
        try:
            (geom,), values, self._taken = self._record.read()
        except StaleData:  # its writer died in the middle
            return None
        return int(geom), tuple(values.tolist())


class TruthChannel:
    """A separate file, so that no layer can read it by accident.

    Attributes:
        pushes: Changes of the base's velocity, m/s forward and left in its heading; of no geometry, 0.
        rolls: Velocities in the world, m/s along x and y, at which a movable ball rolls at once.
        places: Where the centre of a movable thing is at once, m along x and y in the world.
        loads: Mass that a movable thing has at once, kg.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file, see ``truth_path``; the first process creates it.

        Raises:
            DataError: The file is something else.
        """
        self._block = SharedBlock.open(path, _LAYOUT)
        self._record = self._block.records["truth"]
        self.pushes, self.rolls, self.places, self.loads = (Orders(self._block.records[name]) for name in _ORDERS)

    @property
    def vector(self) -> Array:
        """The arrays for the next :meth:`write`: all of a truth's in order, float64."""
        return self._record.vector

    def write(
        self, sequence: int, task_time: float, fallen: bool, feet: int, driven: bool = False, oldest: float = 0.0
    ) -> None:
        """Publishes the truth with :attr:`vector` as it stands; arguments as in :class:`Truth`, and its feet."""
        self._record.write(sequence, task_time, fallen, feet, driven, oldest)

    def read(self) -> Truth | None:
        """The newest truth, or None when there is none or its writer died in the middle."""
        try:
            scalars, v, _ = self._record.read()
        except StaleData:
            return None
        return truth_of(v, *scalars)

    def close(self) -> None:
        """Unmaps the file."""
        self._block.close()
