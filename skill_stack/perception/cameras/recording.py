"""Recorded looks: pictures with depth and poses in a folder, with the true objects where they were measured.

``looks.yaml`` names the intrinsics, the unit of the 16-bit depth pictures, and for each look its two pictures, its
time and the pose of the camera's optical frame. ``things`` may state the truth as a scene file states objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from pydantic import Field

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError
from skill_stack.core.robots.camera_spec import matrix_of
from skill_stack.core.world.camera_frame import CameraFrame, Intrinsics
from skill_stack.core.world.scene_file import ObjectFile

Array = np.ndarray
FILE = "looks.yaml"
UNIT = 0.001
"""Depth per step of the pictures that this software writes, m."""


class LookFile(DataModel):
    """One look.

    Attributes:
        colour: Picture file below the folder.
        depth: 16-bit picture file below the folder.
        stamp: Task time, s.
        position: Of the camera, m.
        orientation: From the optical frame (x right, y down, z ahead), w-x-y-z.
    """

    colour: str
    depth: str
    stamp: float
    position: tuple[float, float, float]
    orientation: tuple[float, float, float, float]


class RecordingFile(DataModel):
    """``looks.yaml``.

    Attributes:
        camera: Name of the camera.
        fx: Focal length along x, pixels; the others alike.
        fy: Along y.
        cx: Column of the axis.
        cy: Row of the axis.
        unit: m of one step of depth.
        looks: The looks in order.
        things: What really stood there; empty where it was not measured.
    """

    camera: str = "recording"
    fx: float
    fy: float
    cx: float
    cy: float
    unit: float = Field(UNIT, gt=0)
    looks: tuple[LookFile, ...]
    things: tuple[ObjectFile, ...] = ()


class LookRecording:
    """The looks of a folder, read one at a time."""

    def __init__(self, folder: Path) -> None:
        """Reads ``looks.yaml``; raises DataError when it is missing or wrong."""
        self._folder = folder
        self.file = load_model(RecordingFile, folder / FILE)

    def __iter__(self) -> Iterator[CameraFrame]:
        """The looks in order; raises DataError for a picture that cannot be read."""
        for look in self.file.looks:
            yield self._read(look)

    def _read(self, look: LookFile) -> CameraFrame:
        colour = self._picture(look.colour, cv2.IMREAD_COLOR)
        depth = self._picture(look.depth, cv2.IMREAD_UNCHANGED)
        if depth.dtype != np.uint16 or depth.ndim != 2:
            said = f"{depth.dtype} {depth.shape} is no 16-bit grey picture of depth"
            raise DataError(f"{self._folder / look.depth}: {said}")
        f, (rows, columns) = self.file, depth.shape
        return CameraFrame(
            camera=f.camera,
            stamp=look.stamp,
            colour=cv2.cvtColor(colour, cv2.COLOR_BGR2RGB),
            depth=depth.astype(np.float32) * np.float32(f.unit),
            intrinsics=Intrinsics(columns, rows, f.fx, f.fy, f.cx, f.cy),
            position=np.array(look.position),
            rotation=matrix_of(np.array(look.orientation)),
        )

    def _picture(self, name: str, mode: int) -> Array:
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise DataError(f"{self._folder / FILE}: {name} lies outside the folder")
        picture = cv2.imread(str(path), mode)
        if picture is None:
            raise DataError(f"{path}: is no picture that can be read")
        return picture


def save_recording(folder: Path, looks: Iterable[CameraFrame], things: Iterable[ObjectFile] = ()) -> Path:
    """Writes looks as a recording.

    Args:
        folder: Where; made if need be.
        looks: Of one camera, one after the other.
        things: What really stands there, if that is known.

    Returns:
        The file ``looks.yaml``.

    Raises:
        DataError: There are no looks.
    """
    import yaml
    from scipy.spatial.transform import Rotation

    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    frame: CameraFrame | None = None
    for number, frame in enumerate(looks):
        names = (f"{number:05}-colour.png", f"{number:05}-depth.png")
        cv2.imwrite(str(folder / names[0]), cv2.cvtColor(frame.colour, cv2.COLOR_RGB2BGR))
        steps = np.clip(np.nan_to_num(frame.depth) / UNIT + 0.5, 0, 65535).astype(np.uint16)
        cv2.imwrite(str(folder / names[1]), steps)
        w_last = Rotation.from_matrix(frame.rotation).as_quat().tolist()
        place = [float(value) for value in frame.position]
        turn = [w_last[3], *w_last[:3]]
        files = {"colour": names[0], "depth": names[1]}
        rows.append({**files, "stamp": frame.stamp, "position": place, "orientation": turn})
    if frame is None:
        raise DataError("a recording needs at least one look")
    i = frame.intrinsics
    data = {"camera": frame.camera, "fx": i.fx, "fy": i.fy, "cx": i.cx, "cy": i.cy, "unit": UNIT, "looks": rows}
    data["things"] = [one.model_dump(mode="json") for one in things]
    path = folder / FILE
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path
