"""CalibratedSource: looks of a camera with a calibrated lens, rectified to a pinhole camera."""

from __future__ import annotations

import cv2
import numpy as np

from skill_stack.core.robots.camera_calibration import MeasuredLens
from skill_stack.core.shared_memory.rgbd_ring import Look
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.perception.cameras.look_sources import LookSource

Array = np.ndarray


class CalibratedSource:
    """Looks of another source with calibrated intrinsics and without distortion."""

    def __init__(self, source: LookSource, lens: MeasuredLens) -> None:
        """Takes the camera and its calibration."""
        self._source, self._lens = source, lens
        self._maps: tuple[Intrinsics, Array, Array] | None = None
        self._strange = ""

    @property
    def trouble(self) -> str:
        """Why there are no looks, or an empty string."""
        return self._source.trouble or self._strange

    def newest(self) -> Look | None:
        """The newest look; None also where the picture size differs from the calibrated one."""
        look = self._source.newest()
        if look is None:
            return None
        stamp, colour, depth, _ = look
        height, width = colour.shape[:2]
        maps = self._prepared(width, height)
        if maps is None or depth.shape != (height, width):
            measured = f"{self._lens.width} x {self._lens.height}"
            self._strange = f"pictures are {width} x {height}, calibrated were {measured}: calibrate the camera anew"
            return None
        self._strange = ""
        intrinsics, across, down = maps
        if not any(self._lens.distortion):
            return stamp, colour, depth, intrinsics
        straight = cv2.remap(colour, across, down, cv2.INTER_LINEAR)
        return stamp, straight, cv2.remap(depth, across, down, cv2.INTER_NEAREST), intrinsics

    def _prepared(self, width: int, height: int) -> tuple[Intrinsics, Array, Array] | None:
        """Intrinsics and the source pixel of each rectified pixel."""
        if self._maps is not None and (self._maps[0].width, self._maps[0].height) == (width, height):
            return self._maps
        i = self._lens.intrinsics(width, height)
        if i is None:
            return None
        matrix = np.array([[i.fx, 0, i.cx], [0, i.fy, i.cy], [0, 0, 1.0]])
        distortion = np.array(self._lens.distortion)
        across, down = cv2.initUndistortRectifyMap(matrix, distortion, None, matrix, (width, height), cv2.CV_32FC1)
        self._maps = (i, across, down)
        return self._maps

    def close(self) -> None:
        """Releases the camera."""
        self._source.close()


def calibrated(source: LookSource, lens: MeasuredLens | None) -> LookSource:
    """The source itself where its lens is not calibrated."""
    return source if lens is None else CalibratedSource(source, lens)
