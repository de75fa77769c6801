"""How many processors perception takes: one, so that control never waits for it."""

from __future__ import annotations

import cv2


def one_thread() -> None:
    """Has OpenCV work in the calling thread alone."""
    cv2.setNumThreads(1)
