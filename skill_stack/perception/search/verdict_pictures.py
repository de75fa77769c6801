"""Pictures of verdicts: before and after a step side by side, in a folder."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

Array = np.ndarray
KEPT = 100
"""Number of verdicts with stored pictures."""


def keep_pictures(folder: Path, request: str, answer: str, picture: Array) -> Path:
    """Writes before and after side by side; the oldest of many are removed.

    Args:
        folder: Where.
        request: Id of the request.
        answer: The verdict.
        picture: RGB, uint8, shape (height, width, 3).
    """
    name = "".join(c if c.isalnum() or c in "-." else "_" for c in request)[-80:]
    file = folder / f"{name}_{answer.replace(' ', '_')}.png"
    cv2.imwrite(str(file), np.ascontiguousarray(picture[..., ::-1]))
    for old in sorted(folder.glob("*.png"), key=os.path.getmtime)[:-KEPT]:
        old.unlink(missing_ok=True)
    return file
