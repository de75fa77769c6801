"""Sources of looks."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.rgbd_ring import Look, RgbdRing

ROUNDED = 1e-6  # s by which sums of task times are off


class LookSource(Protocol):
    """A camera."""

    @property
    def trouble(self) -> str:
        """Why there are no looks, or an empty string."""

    def newest(self) -> Look | None:
        """The newest look, or None when there is none yet."""

    def close(self) -> None:
        """Releases the camera."""


class RingSource:
    """Looks that another process writes to shared memory; it may start later or restart.

    Attributes:
        drawn: Task time of the newest look there, s, also where it is held back; 0 before the first.
    """

    def __init__(self, path: Path, late: float = 0.0) -> None:
        """Names the ring.

        Args:
            path: See :func:`skill_stack.core.shared_memory.rgbd_ring.rgbd_path`.
            late: For how long looks are held back, s of task time by the looks that come after them.
        """
        self.drawn, self._late = 0.0, late
        self._path, self._ring = path, None if not path.exists() else _open(path)

    @property
    def trouble(self) -> str:
        """Why there are no looks, or an empty string."""
        return "" if self._path.exists() else f"there is no camera at {self._path}"

    def newest(self) -> Look | None:
        """The newest whole look, or None."""
        if self._ring is not None and self._ring.replaced:
            self.close()
        if self._ring is None and self._path.exists():
            self._ring = _open(self._path)
        look = self._ring.newest() if self._ring is not None else None
        self.drawn = self.drawn if look is None else look[0]
        if self._ring is None or look is None or not self._late:
            return look
        return self._ring.newest(self.drawn - self._late + ROUNDED)

    def close(self) -> None:
        """Unmaps the ring."""
        if self._ring is not None:
            self._ring.close()
            self._ring = None


def _open(path: Path) -> RgbdRing | None:
    """The ring, or None while it is not one yet."""
    try:
        return RgbdRing(path)
    except (FileNotFoundError, DataError):
        return None
