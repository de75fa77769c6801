"""TruthChannel: simulator truth, pushes and rolling balls; for scoring only, never for what drives the robot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skill_stack.core.errors import StaleData
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock

Array = np.ndarray

MAX_FEET = 8
TRUTH_SIZE = 3 + 4 + 3 + 3 + MAX_FEET
_RECORDS = (RecordFormat("truth", "qd?q?d", TRUTH_SIZE), RecordFormat("push", "q", 2), RecordFormat("roll", "q", 2))
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


class TruthChannel:
    """A separate file, so that no layer can read it by accident."""

    def __init__(self, path: Path) -> None:
        """Opens the file, see ``truth_path``; the first process creates it.

        Raises:
            DataError: The file is something else.
        """
        self._block = SharedBlock.open(path, _LAYOUT)
        self._record, self._push = self._block.records["truth"], self._block.records["push"]
        self._roll = self._block.records["roll"]
        self._pushes, self._rolls = self._push.counter, self._roll.counter  # what was pushed before is not again

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

    def push(self, forward: float, left: float) -> None:
        """Makes the simulator change the base's velocity at once, m/s in its heading."""
        self._push.vector[:] = (forward, left)
        self._push.write(0)

    def new_push(self) -> tuple[float, float] | None:
        """The push since the last call, m/s forward and left; for the simulator."""
        if self._push.counter == self._pushes:
            return None
        try:
            _, (forward, left), self._pushes = self._push.read()
        except StaleData:  # its writer died in the middle
            return None
        return float(forward), float(left)

    def roll(self, geom: int, velocity: tuple[float, float]) -> None:
        """Makes the simulator have a movable ball roll at once.

        Args:
            geom: Number of its geometry in the simulated model.
            velocity: Of its centre in the world, m/s.
        """
        self._roll.vector[:] = velocity
        self._roll.write(geom)

    def new_roll(self) -> tuple[int, tuple[float, float]] | None:
        """The ball that is to roll since the last call, as :meth:`roll` was given it; for the simulator."""
        if self._roll.counter == self._rolls:
            return None
        try:
            (geom,), (vx, vy), self._rolls = self._roll.read()
        except StaleData:  # its writer died in the middle
            return None
        return int(geom), (float(vx), float(vy))

    def close(self) -> None:
        """Unmaps the file."""
        self._block.close()
