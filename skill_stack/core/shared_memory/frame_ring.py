"""FrameRing: the newest pictures of one camera in shared memory, for readers that must not block the writer.

A mapped file of slots, each a frame between two copies of its number, with a checksum, as the records of a shared
block. The writer fills the slots in turn, so a reader has the time of all other slots to copy one.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.block_file import PRIVATE

Array = np.ndarray
FRAMES = PRIVATE[1]
"""Separator between the name of a robot's block and that of a camera."""
SLOTS = 4
LARGEST = 4096 * 4096 * 5  # bytes of a picture
_MAGIC = b"SKFRAMES"
_HEADER = struct.Struct("8s4q")  # magic, slots, height, width, channels
_HEAD = struct.Struct("qqd")  # number, checksum, task time
_TAIL = struct.Struct("q")  # number


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    Attributes:
        task_time: Task time at which it was taken, s.
        pixels: RGB, uint8, shape (height, width, 3); of a depth camera as
        :mod:`skill_stack.core.shared_memory.rgbd_ring` has it.
    """

    task_time: float
    pixels: Array


class FrameSource(Protocol):
    """A source of camera pictures."""

    def newest(self, camera: str, until: float) -> Frame | None:
        """The newest picture that was not taken after ``until``, s of task time, or None."""


class FrameRing:
    """The ring of one camera; one writer, any number of readers."""

    def __init__(self, path: Path) -> None:
        """Maps an existing file.

        Raises:
            FileNotFoundError: There is none.
            DataError: It is no ring of frames.
        """
        with path.open("r+b") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _HEADER.size:
                raise DataError(f"{path} is no ring of frames ({size} bytes)")
            self._memory = mmap.mmap(file.fileno(), size)
        magic, self._slots, *shape = _HEADER.unpack_from(self._memory)
        self.shape: tuple[int, int, int] = tuple(shape)  # type: ignore[assignment]
        self._bytes = int(np.prod(self.shape))
        self._slot = _HEAD.size + -(-self._bytes // 8) * 8 + _TAIL.size
        if magic != _MAGIC or not 0 < self._bytes <= LARGEST or size != _HEADER.size + self._slots * self._slot:
            raise DataError(f"{path} is no ring of frames of this software")
        self._file = path.stat().st_ino
        self._path = path

    @classmethod
    def create(cls, path: Path, height: int, width: int, slots: int = SLOTS, channels: int = 3) -> FrameRing:
        """Creates the file, complete before others can see it.

        Args:
            path: The file, see :func:`frames_path`.
            height: Height of a frame, pixels.
            width: Width, pixels.
            slots: Frames that it holds.
            channels: Bytes of a pixel.
        """
        size = _HEAD.size + -(-height * width * channels // 8) * 8 + _TAIL.size
        draft = path.with_name(f"{path.name}.new-{os.getpid()}")
        with draft.open("wb") as file:
            file.write(_HEADER.pack(_MAGIC, slots, height, width, channels))
            file.truncate(_HEADER.size + slots * size)
        draft.chmod(0o600)
        draft.replace(path)
        return cls(path)

    @property
    def replaced(self) -> bool:
        """Whether its file is gone or was replaced."""
        try:
            return self._path.stat().st_ino != self._file
        except FileNotFoundError:
            return True

    def write(self, frame: Frame) -> None:
        """Writes a frame over the oldest.

        Raises:
            DataError: It has another shape than the ring, or is not uint8.
        """
        if frame.pixels.shape != self.shape or frame.pixels.dtype != np.uint8:
            raise DataError(f"a frame is {frame.pixels.dtype} {frame.pixels.shape}, the ring's are uint8 {self.shape}")
        number = max(self._numbers()) + 1
        place = _HEADER.size + (number % self._slots) * self._slot
        data = frame.pixels.tobytes()
        _HEAD.pack_into(self._memory, place, number, _checksum(data, frame.task_time, number), frame.task_time)
        self._memory[place + _HEAD.size : place + _HEAD.size + self._bytes] = data
        _TAIL.pack_into(self._memory, place + self._slot - _TAIL.size, number)

    def newest(self, until: float = float("inf")) -> Frame | None:
        """The newest whole frame that was not taken after ``until``, s of task time, or None."""
        order = sorted(range(self._slots), key=self._numbers().__getitem__, reverse=True)
        for slot in order:
            frame = self._read(slot)
            if frame is not None and frame.task_time <= until:
                return frame
        return None

    def _numbers(self) -> list[int]:
        starts = (_HEADER.size + slot * self._slot for slot in range(self._slots))
        return [int(_HEAD.unpack_from(self._memory, start)[0]) for start in starts]

    def _read(self, slot: int) -> Frame | None:
        """The frame of one slot; None when there is none, or it is being written."""
        place = _HEADER.size + slot * self._slot
        copy = self._memory[place : place + self._slot]
        number, checksum, task_time = _HEAD.unpack_from(copy)
        data = copy[_HEAD.size : _HEAD.size + self._bytes]
        last = _TAIL.unpack_from(copy, self._slot - _TAIL.size)[0]
        if number == 0 or last != number or _checksum(data, task_time, number) != checksum:
            return None
        return Frame(task_time, np.frombuffer(data, np.uint8).reshape(self.shape))

    def close(self) -> None:
        """Unmaps the file."""
        self._memory.close()


def _checksum(data: bytes, task_time: float, number: int) -> int:
    return zlib.crc32(data, zlib.crc32(struct.pack("dq", task_time, number)))


def frames_path(block: Path, camera: str) -> Path:
    """The ring of a camera beside a robot's block."""
    return block.with_name(f"{block.name}{FRAMES}{camera}")


class RingFrames:
    """A :class:`FrameSource` of the rings beside a robot's block; cameras may start later."""

    def __init__(self, block: Path) -> None:
        """Takes the robot's block."""
        self._block = block
        self._rings: dict[str, FrameRing] = {}

    def newest(self, camera: str, until: float) -> Frame | None:
        """See :class:`FrameSource`."""
        ring = self._rings.get(camera)
        if ring is None or ring.replaced:
            self._rings.pop(camera, None)
            try:
                ring = self._rings[camera] = FrameRing(frames_path(self._block, camera))
            except (FileNotFoundError, DataError):
                return None
        return ring.newest(until)
