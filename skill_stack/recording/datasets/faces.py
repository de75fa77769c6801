"""Faces in pictures, made unrecognisable."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from skill_stack.core.errors import DataError

Array = np.ndarray
CERTAIN = 0.5
"""Score from which something counts as a face; low, since a face too many is only a smudge."""
MARGIN = 0.25
"""Share of its size that is hidden around a face."""
BLOCKS = 6
"""Blocks across a face that are left of it."""


class FaceBlur:
    """Hides faces that OpenCV's YuNet detector finds."""

    def __init__(self, model: Path) -> None:
        """Loads the detector.

        Args:
            model: ``face_detection_yunet….onnx`` of OpenCV's model zoo.

        Raises:
            DataError: It cannot be loaded, or OpenCV is not installed.
        """
        try:
            import cv2
        except ImportError as error:
            raise DataError("blurring faces needs the extra 'perception'") from error
        try:
            self._detector = cv2.FaceDetectorYN.create(str(model), "", (320, 320), CERTAIN)
        except cv2.error as error:
            raise DataError(f"{model}: is no YuNet model of OpenCV's model zoo: {error}") from error

    def __call__(self, picture: Array) -> Array:
        """A picture without faces; RGB, uint8, shape (height, width, 3)."""
        height, width = picture.shape[:2]
        self._detector.setInputSize((width, height))
        _, found = self._detector.detect(np.ascontiguousarray(picture[..., ::-1]))
        out = picture.copy()
        for x, y, w, h in [face[:4] for face in (found if found is not None else ())]:
            hide(out, (float(x), float(y), float(w), float(h)))
        return out


def hide(picture: Array, box: tuple[float, float, float, float]) -> None:
    """Replaces a box, x, y, width, height in pixels, and some margin by coarse blocks, in place."""
    x, y, w, h = box
    left, top = max(int(x - MARGIN * w), 0), max(int(y - MARGIN * h), 0)
    right, bottom = int(x + (1 + MARGIN) * w) + 1, int(y + (1 + MARGIN) * h) + 1
    piece = picture[top:bottom, left:right]
    size = max(max(piece.shape[:2]) // BLOCKS, 1) if piece.size else 1
    for row in range(0, piece.shape[0], size):
        for column in range(0, piece.shape[1], size):
            block = piece[row : row + size, column : column + size]
            block[:] = block.reshape(-1, 3).mean(axis=0).astype(picture.dtype)
