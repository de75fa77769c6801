"""Looks at a calibration board: from picture files, a recording, or a running robot while a person moves the board."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.world.camera_frame import CameraFrame
from skill_stack.perception.calibration.calibration import Board, Pose, board_corners
from skill_stack.perception.cameras.recording import LookRecording

Array = np.ndarray
ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")
MOVED = 0.04
"""Mean shift of the board's corners that makes a look a new one, as a share of the picture's diagonal."""
POLL = 0.1  # s between looks


@dataclass(frozen=True, slots=True, eq=False)
class BoardLook:
    """One picture of a board.

    Attributes:
        grey: uint8, shape (height, width).
        carrier: Pose of what carries the camera in a frame that does not move, or None where it is unknown.
    """

    grey: Array
    carrier: Pose | None = None


def looks_in_pictures(folder: Path) -> list[BoardLook]:
    """Picture files of a folder, in the order of their names; raises DataError where there are none or sizes differ."""
    files = sorted(path for path in folder.glob("*") if path.suffix.lower() in ENDINGS) if folder.is_dir() else []
    if not files:
        raise DataError(f"{folder}: there are no pictures ({', '.join(ENDINGS)})")
    pictures = {path: cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in files}
    if broken := [path.name for path, picture in pictures.items() if picture is None]:
        raise DataError(f"{folder}: {', '.join(broken)} cannot be read")
    sizes = {picture.shape for picture in pictures.values() if picture is not None}
    if len(sizes) > 1:
        raise DataError(f"{folder}: pictures differ in size: {', '.join(f'{w} x {h}' for h, w in sorted(sizes))}")
    return [BoardLook(np.asarray(picture)) for picture in pictures.values()]


def looks_in_recording(folder: Path, camera: CameraSpec) -> list[BoardLook]:
    """Looks of a recording with the matching poses of the robot's base.

    Args:
        folder: The recording; its poses are those of the camera as it was thought to be mounted.
        camera: How that was.
    """
    return [_with_carrier(frame, camera) for frame in LookRecording(folder)]


def steady_looks(
    newest: Callable[[], CameraFrame], camera: CameraSpec, board: Board, wanted: int, seconds: float
) -> Iterator[BoardLook]:
    """Looks in which the board is detected well and at a new place, as they arrive.

    Args:
        newest: Gives the newest look; a failure counts as none.
        camera: The camera as it is thought to be mounted.
        board: The board.
        wanted: Number of looks.
        seconds: Longest time to wait for each, s.

    Raises:
        DataError: None came in that time; the message states why.
    """
    last: Array | None = None
    for number in range(wanted):
        deadline, said = time.monotonic() + seconds, "the board was not seen anywhere else"
        while True:
            if time.monotonic() > deadline:
                raise DataError(f"after {number} of {wanted} looks nothing new came for {seconds:.0f} s: {said}")
            time.sleep(POLL)
            try:
                look = _with_carrier(newest(), camera)
            except SkillStackError as error:
                said = str(error)
                continue
            middle = _middle(look.grey, board)
            if middle is None or (last is not None and np.linalg.norm(middle - last) < MOVED):
                continue
            last = middle
            yield look
            break


def _with_carrier(frame: CameraFrame, camera: CameraSpec) -> BoardLook:
    """The grey picture, and the pose of the base from the camera's pose and mounting."""
    turn = frame.rotation @ camera.rotation.T
    place = frame.position - turn @ np.array(camera.xyz)
    return BoardLook(cv2.cvtColor(frame.colour, cv2.COLOR_RGB2GRAY), (place, turn))


def _middle(grey: Array, board: Board) -> Array | None:
    """Middle and extent of the board, as shares of the picture's diagonal, shape (3,); None where it is not seen."""
    found = board_corners(grey, board)
    if found is None:
        return None
    diagonal = float(np.hypot(*grey.shape))
    return np.array([*found[1].mean(axis=0), found[1].std()]) / diagonal
