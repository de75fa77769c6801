"""RgbdRing: frames of a depth camera in a ring in shared memory.

A frame has five bytes per pixel: red, green, blue, and the depth as a 16-bit number of :data:`UNIT`. One additional row
holds the intrinsics, like the embedded data line of image sensors. The camera pose is not included: the reader has the
robot's pose at the stamp.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.frame_ring import Frame, FrameRing, frames_path
from skill_stack.core.world.camera_frame import Intrinsics

Array = np.ndarray
UNIT = 0.0002
"""Depth per step, m: 13 m fit."""
CHANNELS = 5
SUFFIX = "rgbd-"
_LINE = struct.Struct("2q4d")
Look = tuple[float, Array, Array, Intrinsics]
"""Task time in s; RGB, uint8, shape (height, width, 3); depth, m, float32, shape (height, width); intrinsics."""


class RgbdRing:
    """One writer, any number of readers."""

    def __init__(self, path: Path) -> None:
        """Maps an existing ring; errors as of :class:`FrameRing`, and DataError for one of plain pictures."""
        self._ring = FrameRing(path)
        if self._ring.shape[2] != CHANNELS:
            raise DataError(f"{path} is a ring of plain pictures, not of looks with depth")

    @classmethod
    def create(cls, path: Path, height: int, width: int) -> RgbdRing:
        """Creates the file; arguments as of :meth:`FrameRing.create`."""
        FrameRing.create(path, height + 1, width, channels=CHANNELS).close()
        return cls(path)

    @property
    def replaced(self) -> bool:
        """Whether its file is gone or was replaced."""
        return self._ring.replaced

    def write(self, task_time: float, colour: Array, depth: Array, intrinsics: Intrinsics) -> None:
        """Writes a look over the oldest.

        Args:
            task_time: Task time of the look, s.
            colour: RGB, uint8, shape (height, width, 3).
            depth: m, shape (height, width); 0 where nothing was measured.
            intrinsics: Of both.

        Raises:
            DataError: It has another shape than the ring.
        """
        rows, columns = self._ring.shape[0] - 1, self._ring.shape[1]
        if colour.shape != (rows, columns, 3) or depth.shape != (rows, columns):
            raise DataError(f"a look is {colour.shape} and {depth.shape}, the ring's are {rows} x {columns}")
        pixels = np.zeros(self._ring.shape, np.uint8)
        pixels[:rows, :, :3] = colour
        steps = np.clip(np.nan_to_num(depth, nan=0.0, posinf=0.0) / UNIT + 0.5, 0, 65535).astype("<u2")
        pixels[:rows, :, 3:] = steps.view(np.uint8).reshape(rows, columns, 2)
        i = intrinsics
        line = _LINE.pack(i.width, i.height, i.fx, i.fy, i.cx, i.cy)
        pixels[rows].reshape(-1)[: len(line)] = np.frombuffer(line, np.uint8)
        self._ring.write(Frame(task_time, pixels))

    def newest(self, until: float = float("inf")) -> Look | None:
        """The newest whole look that was not taken after ``until``, s of task time, or None."""
        frame = self._ring.newest(until)
        if frame is None:
            return None
        pixels, rows = frame.pixels, self._ring.shape[0] - 1
        steps = np.ascontiguousarray(pixels[:rows, :, 3:]).view("<u2")[:, :, 0]
        line = _LINE.unpack(pixels[rows].tobytes()[: _LINE.size])
        depth = steps.astype(np.float32) * np.float32(UNIT)
        return frame.task_time, np.ascontiguousarray(pixels[:rows, :, :3]), depth, Intrinsics(*line)

    def close(self) -> None:
        """Unmaps the file."""
        self._ring.close()


def rgbd_path(block: Path, camera: str) -> Path:
    """The ring of a depth camera beside a robot's block."""
    return frames_path(block, f"{SUFFIX}{camera}")
