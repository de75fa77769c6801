"""Limits perception to one processor, so that control never waits for it."""

from __future__ import annotations

import cv2


def one_thread() -> None:
    """Restricts OpenCV to the calling thread."""
    cv2.setNumThreads(1)
