"""SnapshotChannel: the state of a simulation, for its rendered cameras.

For rendering and scoring only. Nothing that drives a robot may open it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from skill_stack.core.errors import StaleData
from skill_stack.core.shared_memory.frame_ring import frames_path
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock

Array = np.ndarray


def snapshot_path(block: Path) -> Path:
    """The file beside a robot's block."""
    return frames_path(block, "state")


class SnapshotChannel:
    """Task time and generalised positions of a simulation, and how far its camera has drawn; one writer of each."""

    def __init__(self, path: Path, size: int) -> None:
        """Opens the file; the first process creates it.

        Args:
            path: See :func:`snapshot_path`.
            size: Number of generalised positions.

        Raises:
            DataError: The file is of another simulation.
        """
        records = (RecordFormat("state", "d", size), RecordFormat("drawn", "dd", 0))
        layout = BlockLayout(f"simulation state of {size} numbers", records)
        self._block = SharedBlock.open(path, layout)
        self._record, self._drawn = self._block.records["state"], self._block.records["drawn"]

    def write(self, task_time: float, positions: Array) -> None:
        """Publishes a state.

        Args:
            task_time: s.
            positions: Generalised positions as the simulation has them, shape (size,).
        """
        self._record.vector[:] = positions
        self._record.write(task_time)

    def read(self) -> tuple[float, Array] | None:
        """Task time in s and generalised positions of the newest state, or None when there is none."""
        if not self._record.counter:
            return None
        try:
            (task_time,), vector, _ = self._record.read()
        except StaleData:  # its writer died in the middle
            return None
        return float(task_time), vector

    def let_on(self, drawn: float, due: float) -> None:
        """Tells the simulation that a picture is drawn.

        Args:
            drawn: Its task time, s.
            due: Task time at which the next one is due, s.
        """
        self._drawn.write(drawn, due)

    def drawn(self) -> tuple[float, float] | None:
        """Task time of the newest picture, and of the next one that is due, s; None before the first."""
        if not self._drawn.counter:
            return None
        try:
            drawn, due = self._drawn.read()[0]
        except StaleData:
            return None
        return float(drawn), float(due)

    def close(self) -> None:
        """Unmaps the file."""
        self._block.close()
