"""CameraSpec: mounting and measurement errors of a robot's cameras (``urdf/<robot>/cameras.yaml``)."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from pydantic import Field, model_validator

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import UnknownName
from skill_stack.core.world.camera_frame import Intrinsics

Array = np.ndarray
Triple = tuple[float, float, float]
FILE = "cameras.yaml"
OPTICAL = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
"""From the optical frame (x right, y down, z ahead) to a body frame (x ahead, y left, z up), REP-103."""


class DepthErrors(DataModel):
    """Error model of a stereo camera.

    Attributes:
        baseline: Distance between its two eyes, m.
        subpixel: Standard deviation of the disparity, pixels.
        step: Smallest step of the disparity, pixels.
        edge: Pixels beside a jump in depth that are lost or wrong.
        steepest: Cosine between surface and line of sight below which nothing is measured.
    """

    baseline: float = Field(0.05, gt=0)
    subpixel: float = Field(0.08, ge=0)
    step: float = Field(0.03125, gt=0)
    edge: int = Field(1, ge=0)
    steepest: float = Field(0.1, ge=0, lt=1)


class CameraSpec(DataModel):
    """One camera of a robot.

    Attributes:
        link: Link that carries it; empty for the base. One whose link moves needs ``own_body``, by whose joints its
            place is known.
        xyz: Place in the frame of that link, m.
        rpy: Roll, pitch and yaw in that frame as in a URDF, rad; at zero the optical axis points ahead, with positive
            pitch down.
        width: Pixels.
        height: Pixels.
        view: Horizontal angle of view, rad.
        near: Least distance that it measures, m.
        far: Largest distance that is used, m.
        rate: Frames per second, Hz.
        own_body: Whether the robot itself is in view, so that its links are masked in each frame.
        depth: Whether it measures depth; one that does not can follow balls alone.
        late: Time from a picture to when it can be read, s, of a drawn one in lock-step: in real time drawing takes its
            own time, and a real camera says when each picture was taken.
        errors: How its depth errs in simulation.
    """

    link: str = ""
    xyz: Triple
    rpy: Triple = (0.0, 0.0, 0.0)
    width: int = Field(640, ge=16, le=4096)
    height: int = Field(480, ge=16, le=4096)
    view: float = Field(1.2043, gt=0, lt=math.pi)
    near: float = Field(0.2, gt=0)
    far: float = Field(6.0, gt=0)
    rate: float = Field(5.0, gt=0, le=120)
    own_body: bool = False
    depth: bool = True
    late: float = Field(0.0, ge=0, le=1)
    errors: DepthErrors = DepthErrors()

    @property
    def intrinsics(self) -> Intrinsics:
        """The pinhole camera."""
        return Intrinsics.from_view(self.width, self.height, self.view)

    @property
    def rotation(self) -> Array:
        """From the optical frame to that of the link that carries it, shape (3, 3)."""
        return rotation_of(self.rpy) @ OPTICAL

    @model_validator(mode="after")
    def _placed(self) -> CameraSpec:
        if self.link and not self.own_body:
            raise ValueError(f"a camera on '{self.link}' needs own_body: true")
        return self

    def sized(self, width: int) -> CameraSpec:
        """The same camera with fewer or more pixels over the same view.

        Args:
            width: Pixels; the height follows.
        """
        return self.model_copy(update={"width": width, "height": round(self.height * width / self.width)})


class CamerasFile(DataModel):
    """``cameras.yaml``.

    Attributes:
        cameras: Cameras by name.
        sources: Where the numbers come from.
    """

    cameras: dict[str, CameraSpec] = Field(min_length=1)
    sources: dict[str, str]


def load_camera(folder: Path, name: str = "") -> CameraSpec:
    """Reads one camera of a robot.

    Args:
        folder: Folder of the robot.
        name: Name of the camera; empty for the first one.

    Raises:
        DataError: The robot has no cameras, or the file is wrong.
        UnknownName: It has no camera of that name.
    """
    cameras = load_model(CamerasFile, folder / FILE).cameras
    if name and name not in cameras:
        raise UnknownName(f"camera of {folder.name}", name, cameras)
    return cameras[name or next(iter(cameras))]


def rotation_of(rpy: Triple) -> Array:
    """Rotation of roll, pitch and yaw about fixed axes x, y, z, as in a URDF, shape (3, 3)."""
    (cr, sr), (cp, sp), (cy, sy) = ((math.cos(a), math.sin(a)) for a in rpy)
    return np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    )


def matrix_of(orientation: Array) -> Array:
    """Rotation matrices, shape (..., 3, 3), of unit quaternions w-x-y-z, shape (..., 4)."""
    w, x, y, z = np.moveaxis(np.asarray(orientation, float), -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), (0, 1), (-2, -1))


def eye_of(carrier: Array, camera: CameraSpec) -> tuple[Array, Array]:
    """Pose of a camera for a pose of the link that carries it.

    Args:
        carrier: Position and w-x-y-z orientation of that link, m, shape (7,).
        camera: The camera.

    Returns:
        Position, m, shape (3,), and rotation from its optical frame to the world, shape (3, 3).
    """
    turn = matrix_of(carrier[3:7])
    return carrier[:3] + turn @ np.array(camera.xyz), turn @ camera.rotation
