"""CameraFrame: one look of a depth camera, from any source."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError

Array = np.ndarray
LARGEST_SIDE = 4096  # pixels


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """A pinhole camera without distortion.

    Attributes:
        width: Pixels.
        height: Pixels.
        fx: Focal length along x, pixels.
        fy: Focal length along y, pixels.
        cx: Column of the optical axis, pixels; the centre of the first pixel is 0.
        cy: Row of the optical axis, pixels.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    @classmethod
    def from_view(cls, width: int, height: int, across: float) -> Intrinsics:
        """Intrinsics of a camera with square pixels and the axis in the middle.

        Args:
            width: Pixels.
            height: Pixels.
            across: Horizontal angle of view, rad.

        Raises:
            DataError: No such camera exists.
        """
        if not (0 < across < math.pi and width > 1 and height > 1):
            raise DataError(f"no camera has {width} x {height} pixels over {across} rad")
        focal = width / 2 / math.tan(across / 2)
        return cls(width, height, focal, focal, (width - 1) / 2, (height - 1) / 2)

    @property
    def fault(self) -> str:
        """Why the look cannot be used for measurement, or an empty string."""
        numbers = (self.fx, self.fy, self.cx, self.cy)
        if not all(map(math.isfinite, numbers)) or self.fx <= 0 or self.fy <= 0:
            return "the camera's intrinsics are missing or not calibrated (camera_info.k)"
        return ""

    def every(self, step: int) -> Intrinsics:
        """Intrinsics of a picture reduced to every ``step``-th row and column, the first ones included."""
        width, height = -(-self.width // step), -(-self.height // step)
        return Intrinsics(width, height, self.fx / step, self.fy / step, self.cx / step, self.cy / step)

    def project(self, points: Array) -> Array:
        """Pixels of points in front of the camera.

        Args:
            points: In the optical frame (x right, y down, z ahead), m, shape (..., 3).

        Returns:
            Column and row, shape (..., 2); NaN for what lies behind the camera.
        """
        points = np.asarray(points, float)
        z = np.where(points[..., 2] > 1e-6, points[..., 2], np.nan)
        return np.stack([self.fx * points[..., 0] / z + self.cx, self.fy * points[..., 1] / z + self.cy], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class CameraFrame:
    """One look: colour, depth, and the pose of the camera.

    Attributes:
        camera: Name of the camera.
        stamp: Task time of the look, s.
        colour: RGB, uint8, shape (height, width, 3).
        depth: Distance along the optical axis, aligned with the colour, m, float32, shape (height, width); 0 where
            nothing was measured.
        intrinsics: Of both pictures.
        position: Of the camera in ``frame``, m, shape (3,).
        rotation: From the optical frame (x right, y down, z ahead) to ``frame``, shape (3, 3).
        frame: Frame of the pose; z is up in it.
        own: Pixels of the robot itself, bool, shape (height, width); None where they are not known.
    """

    camera: str
    stamp: float
    colour: Array
    depth: Array
    intrinsics: Intrinsics
    position: Array
    rotation: Array
    frame: str = "map"
    own: Array | None = None

    def into_camera(self, points: Array) -> Array:
        """Points of ``frame`` in the optical frame, m, shape (N, 3) or (3,)."""
        return np.asarray((np.asarray(points) - self.position) @ self.rotation)
