"""PoseHistory: past poses, for pictures that arrive late."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque

import numpy as np

Array = np.ndarray
LENGTH = 400
LARGEST_GAP = 0.5
"""Time beyond the newest or oldest pose for which it is still used, s."""
LATE = 0.5
"""Time by which poses may arrive later than looks of their time, s."""
ROUNDED = 1e-6
"""Difference of the stamps of a look and a pose of the same moment, s: those of messages are rounded to nanoseconds."""
MOMENT = 0.2
"""Wall time for which the pose of a look is waited for, s: in lock-step none comes while time waits for that look."""


class PoseHistory:
    """Poses by task time, oldest first."""

    def __init__(self) -> None:
        """Begins empty."""
        self._times: deque[float] = deque(maxlen=LENGTH)
        self._poses: deque[Array] = deque(maxlen=LENGTH)
        self._awaited = (-math.inf, 0.0)  # a look whose pose is not known yet, and since when

    def add(self, stamp: float, pose: Array) -> None:
        """Adds a pose; one older than the newest means that time restarted, and clears the others.

        Args:
            stamp: Task time, s.
            pose: Position and w-x-y-z orientation, shape (7,).
        """
        if self._times and stamp <= self._times[-1]:
            if stamp == self._times[-1]:
                return
            self._times.clear()
            self._poses.clear()
        self._times.append(stamp)
        self._poses.append(np.array(pose, float))

    @property
    def newest(self) -> float:
        """Task time of the newest pose, s; 0 before the first."""
        return self._times[-1] if self._times else 0.0

    def awaits(self, stamp: float, wall: float) -> bool:
        """Whether it will be known in a moment where the robot was; not for long, as time may stand still.

        Args:
            stamp: Task time of a look, s.
            wall: Monotonic time, s.
        """
        if not stamp - ROUNDED > self.newest > stamp - LATE:
            return False
        if stamp != self._awaited[0]:
            self._awaited = stamp, wall
        return wall - self._awaited[1] < MOMENT

    def at(self, stamp: float) -> Array | None:
        """The interpolated pose at a task time; None when nothing is known of that time.

        Args:
            stamp: Task time, s.
        """
        times = list(self._times)
        if not times or stamp > times[-1] + LARGEST_GAP or stamp < times[0] - 1e-6:
            return None
        right = bisect_left(times, stamp)
        if right >= len(times):
            return self._poses[-1]
        if right == 0 or times[right] == stamp:
            return self._poses[right]
        share = (stamp - times[right - 1]) / (times[right] - times[right - 1])
        return self._mixed(self._poses[right - 1], self._poses[right], share)

    def _mixed(self, before: Array, after: Array, share: float) -> Array:
        """Interpolation of two poses, at a share of the way."""
        if before[3:] @ after[3:] < 0:
            after = np.concatenate([after[:3], -after[3:]])
        mixed = np.asarray(before + share * (after - before))
        mixed[3:] /= np.linalg.norm(mixed[3:])
        return mixed


class JointHistory(PoseHistory):
    """Joint positions by task time; in place of a pose each entry is of shape (joints,), rad or m."""

    def _mixed(self, before: Array, after: Array, share: float) -> Array:
        """Interpolation of two postures, at a share of the way."""
        return np.asarray(before + share * (after - before))
