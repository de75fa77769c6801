"""Calibration of one camera of one robot, lens and mounting, stored in the user's overlay."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_spec import CameraSpec, load_camera
from skill_stack.core.world.camera_frame import Intrinsics

Triple = tuple[float, float, float]
FARTHEST = 2.0
"""Largest plausible distance between a camera and its robot's base, m."""


class MeasuredLens(DataModel):
    """Intrinsics at one picture size.

    Attributes:
        width: Pixels.
        height: Pixels.
        fx: Focal length along x, pixels; the others alike.
        fy: Along y.
        cx: Column of the optical axis.
        cy: Row of the optical axis.
        distortion: k1, k2, p1, p2, k3, as in ``sensor_msgs/CameraInfo`` (plumb_bob).
        miss: Root mean square distance of the board's corners from where they should be, pixels.
        views: Pictures that counted.
    """

    width: int = Field(ge=16, le=4096)
    height: int = Field(ge=16, le=4096)
    fx: float = Field(gt=0)
    fy: float = Field(gt=0)
    cx: float
    cy: float
    distortion: tuple[float, ...] = ()
    miss: float = Field(ge=0)
    views: int = Field(ge=1)

    def intrinsics(self, width: int, height: int) -> Intrinsics | None:
        """The pinhole camera at a picture size, or None where that size is no scaled copy of the calibrated one."""
        scale = width / self.width
        if abs(self.height * scale - height) > 0.5:
            return None
        shift = (scale - 1) / 2  # the centre of the first pixel is 0
        return Intrinsics(
            width, height, self.fx * scale, self.fy * scale, self.cx * scale + shift, self.cy * scale + shift
        )


class MeasuredMount(DataModel):
    """Pose of the camera on the robot.

    Attributes:
        xyz: Place in the base frame, m.
        rpy: Roll, pitch and yaw as in ``cameras.yaml``, rad.
        spread: Root mean square of the remaining differences of the board's position between frames, m.
        looks: Number of frames used.
    """

    xyz: Triple
    rpy: Triple
    spread: float = Field(ge=0)
    looks: int = Field(ge=1)


class CameraCalibration(DataModel):
    """Calibration of one camera.

    Attributes:
        camera: Name of the camera in ``cameras.yaml``.
        date: Day of the measurement.
        lens: Its intrinsics, where they were measured.
        mount: Its mounting, where that was measured.
    """

    camera: str
    date: str
    lens: MeasuredLens | None = None
    mount: MeasuredMount | None = None


def calibration_path(overlay: Path, robot: str, camera: str) -> Path:
    """File of a camera's calibration, whether or not it exists."""
    return overlay / "calibration" / robot / f"camera-{camera or 'first'}.yaml"


def kept_calibration(overlay: Path, robot: str, camera: str) -> CameraCalibration | None:
    """The stored calibration of a camera, or None; raises DataError when the file is invalid or implausible."""
    path = calibration_path(overlay, robot, camera)
    if not path.is_file():
        return None
    found = load_model(CameraCalibration, path)
    if found.mount is not None and max(map(abs, found.mount.xyz)) > FARTHEST:
        raise DataError(f"{path}: a camera {found.mount.xyz} m from the base is not believed; measure it anew")
    return found


def keep_calibration(calibration: CameraCalibration, path: Path) -> None:
    """Writes a calibration; the previous one is kept as ``.before``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        path.replace(path.with_suffix(".before"))
    path.write_text(yaml.safe_dump(calibration.model_dump(mode="json"), sort_keys=False), encoding="utf-8")


def measured_camera(found: Resources, robot: str, camera: str) -> tuple[CameraSpec, CameraCalibration | None]:
    """A camera of a robot with its calibrated mounting, where one was measured.

    Args:
        found: Where robots and calibrations are.
        robot: Name of the robot.
        camera: Name of the camera; empty for the first one.

    Raises:
        DataError: A file is wrong.
        UnknownName: The robot has no such camera.
    """
    spec = load_camera(found.robot(robot), camera)
    calibration = kept_calibration(found.overlay, robot, camera)
    if calibration is None or calibration.mount is None:
        return spec, calibration
    return spec.model_copy(update={"xyz": calibration.mount.xyz, "rpy": calibration.mount.rpy}), calibration


def mounted_camera(
    found: Resources, robot: str, camera: str, drawn: bool
) -> tuple[CameraSpec, MeasuredLens | None]:
    """A camera as its pictures come, and its lens where that was measured.

    Args:
        found: Where robots and calibrations are.
        robot: Name of the robot.
        camera: Name of the camera; empty for the first one.
        drawn: Whether its pictures are drawn: then it is as its file says, and has no lens.

    Raises:
        DataError: A file is wrong.
        UnknownName: The robot has no such camera.
    """
    if drawn:
        return load_camera(found.robot(robot), camera), None
    spec, calibration = measured_camera(found, robot, camera)
    return spec, calibration.lens if calibration is not None else None
