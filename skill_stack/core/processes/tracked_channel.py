"""TrackedChannel: the pose of a handled object as a camera sees it, for the process that controls."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from skill_stack.core.errors import StaleData
from skill_stack.core.sensor_sample import SensorSample, TrackedPose
from skill_stack.core.shared_memory.frame_ring import frames_path
from skill_stack.core.shared_memory.shared_block import BlockLayout, RecordFormat, SharedBlock

Array = np.ndarray
AHEAD = 0.1
"""A look that seems to come from further in the future than this, s, is of an earlier run of the device."""


def tracked_path(block: Path) -> Path:
    """The file beside a robot's block."""
    return frames_path(block, "tracked")


class TrackedChannel:
    """The last pose of one object; one writer, any number of readers."""

    def __init__(self, path: Path) -> None:
        """Opens the file; the first process creates it.

        Args:
            path: See :func:`tracked_path`.
        """
        layout = BlockLayout("pose of a tracked object", (RecordFormat("pose", "d", 7),))
        self._block = SharedBlock.open(path, layout)
        self._record = self._block.records["pose"]

    def write(self, pose: TrackedPose) -> None:
        """Publishes a pose."""
        self._record.vector[:3], self._record.vector[3:] = pose.position, pose.orientation
        self._record.write(pose.task_time)

    def read(self) -> TrackedPose | None:
        """The newest pose, or None when there is none, or its writer died in the middle."""
        if not self._record.counter:
            return None
        try:
            (task_time,), vector, _ = self._record.read()
        except StaleData:
            return None
        return TrackedPose(float(task_time), vector[:3], vector[3:])

    def fill(self, sample: SensorSample) -> SensorSample:
        """A measurement with what the camera saw in place of what the device reports of the object.

        Args:
            sample: The measurement; its task time dates the look.
        """
        pose = self.read()
        if pose is not None and pose.task_time > sample.task_time + AHEAD:
            pose = None
        return dataclasses.replace(sample, tracked=pose)

    def close(self) -> None:
        """Unmaps the file."""
        self._block.close()
