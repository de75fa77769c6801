"""Shelf: the folder of all recordings, of which the oldest go when room is needed."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from skill_stack.core.errors import SkillStackError
from skill_stack.recording.format import KEPT, SUFFIX
from skill_stack.recording.repair import is_being_written

LOCK = ".recorder"


class OtherRecorder(SkillStackError):
    """Another recorder records the same robot."""


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """How much room recordings may take.

    Attributes:
        size: All of them together, bytes; kept ones count, but stay.
        age: Oldest one, s; 0 for any age.
        free: What is left free on the disk, bytes.
    """

    size: float
    age: float
    free: float


def free_bytes(folder: Path) -> int:
    """Free space of the disk that holds a folder."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


class Shelf:
    """The folder of recordings."""

    def __init__(self, folder: Path, room: DiskRoom, free: Callable[[Path], int] = free_bytes) -> None:
        """Makes the folder.

        Raises:
            OSError: It cannot be made.
        """
        self.folder = folder
        self._room = room
        self._free = free
        folder.mkdir(parents=True, exist_ok=True)
        self._lock: int | None = None

    def claim(self, who: str) -> None:
        """Becomes the only recorder of a robot, until the process ends.

        Args:
            who: Name that no other robot here has: ROS domain and namespace.

        Raises:
            OtherRecorder: There is one.
        """
        handle = os.open(self.folder / f"{LOCK}-{who}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(handle, 32).decode(errors="replace").strip()
            os.close(handle)
            raise OtherRecorder(
                f"process {other} records this robot already, into {self.folder}; end it first"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        self._lock = handle

    def release(self) -> None:
        """Lets another recorder begin."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def runs(self) -> list[Path]:
        """Folders of all runs, the oldest first."""
        found = [path for path in self.folder.iterdir() if path.is_dir() and any(path.glob(f"*{SUFFIX}"))]
        return sorted(found, key=lambda path: path.name)

    def make_room(self, now: float) -> str:
        """Removes the oldest runs that nobody keeps, until the rest has room.

        Args:
            now: Wall time, s.

        Returns:
            Why there is no room for another one; empty when there is.

        Raises:
            OSError: The folder cannot be read.
        """
        sizes = {path: _size(path) for path in self.runs()}
        for path in list(sizes):
            old = self._room.age > 0 and now - path.stat().st_mtime > self._room.age
            full = sum(sizes.values()) > self._room.size or self._free(self.folder) < self._room.free
            if (old or full) and not (path / KEPT).exists() and not _is_open(path):
                shutil.rmtree(path, ignore_errors=True)
                sizes.pop(path)
        free, total = self._free(self.folder), sum(sizes.values())
        if free < self._room.free:
            return f"{free / 1e9:.1f} GB are free on the disk, keep_free_gb is {self._room.free / 1e9:.1f}"
        if total > self._room.size:
            return f"recordings that are kept take {total / 1e9:.1f} GB of {self._room.size / 1e9:.1f} GB (size_gb)"
        return ""


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def _is_open(folder: Path) -> bool:
    return any(is_being_written(path) for path in folder.glob(f"*{SUFFIX}"))
