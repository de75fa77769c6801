"""Calibration with a ChArUco board: the camera's intrinsics, and where the camera sits on the robot (hand-eye)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from skill_stack.core.errors import DataError
from skill_stack.core.robots.camera_spec import OPTICAL, Triple
from skill_stack.core.world.camera_frame import Intrinsics

Array = np.ndarray
Pose = tuple[Array, Array]
"""Position, m, shape (3,), and rotation, shape (3, 3)."""
LEAST_CORNERS = 8
LEAST_VIEWS = 6
LEAST_TURN = math.radians(10.0)
"""Smallest rotation between two poses that determines the camera's orientation."""


@dataclass(frozen=True, slots=True)
class Board:
    """A ChArUco board.

    Attributes:
        columns: Squares across.
        rows: Squares down.
        square: Edge of a square, m.
        marker: Edge of a marker, m.
    """

    columns: int = 7
    rows: int = 5
    square: float = 0.04
    marker: float = 0.03

    def opencv(self) -> cv2.aruco.CharucoBoard:
        """The board as an OpenCV object."""
        dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_100)
        return cv2.aruco.CharucoBoard((self.columns, self.rows), self.square, self.marker, dictionary)

    def picture(self, pixels: int = 80) -> Array:
        """The board to print, uint8, ``pixels`` for each square."""
        size = (self.columns * pixels, self.rows * pixels)
        return np.asarray(self.opencv().generateImage(size, marginSize=0))


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Calibrated intrinsics.

    Attributes:
        intrinsics: The pinhole camera.
        distortion: k1, k2, p1, p2, k3.
        miss: Root mean square distance of corners from where they should be, pixels.
        views: Pictures that counted.
        doubt: Standard deviations of fx, fy, cx and cy, pixels.
        covered: Share of the picture in which corners were seen.
    """

    intrinsics: Intrinsics
    distortion: tuple[float, ...]
    miss: float
    views: int
    doubt: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    covered: float = 1.0


def board_corners(grey: Array, board: Board) -> tuple[Array, Array] | None:
    """Corners of the board in a picture.

    Returns:
        Places on the board, m, shape (N, 3), and pixels, shape (N, 2); None when too few are seen.
    """
    corners, ids, _, _ = cv2.aruco.CharucoDetector(board.opencv()).detectBoard(grey)
    if ids is None or len(ids) < LEAST_CORNERS:
        return None
    places = np.asarray(board.opencv().getChessboardCorners())[np.ravel(ids)]
    return np.asarray(places, np.float32), np.asarray(corners, np.float32).reshape(-1, 2)


def calibrate_camera(pictures: Sequence[Array], board: Board) -> Calibrated:
    """Intrinsics from pictures of the board at different positions and slants.

    Args:
        pictures: Grey, uint8, all of one size.
        board: The board.

    Raises:
        DataError: It is detected in too few of them; the message states the number.
    """
    found = [pair for pair in (board_corners(picture, board) for picture in pictures) if pair is not None]
    if len(found) < LEAST_VIEWS:
        seen = f"the board is seen well in {len(found)} of {len(pictures)} pictures"
        raise DataError(f"{seen}; {LEAST_VIEWS} are needed, from different sides")
    height, width = pictures[0].shape[:2]
    places, pixels = [pair[0] for pair in found], [pair[1] for pair in found]
    solved = cv2.calibrateCameraExtended(places, pixels, (width, height), np.eye(3), np.zeros(5))
    miss, camera, distortion, spread = solved[0], solved[1], solved[2], np.ravel(solved[5])
    view = Intrinsics(width, height, *(float(camera[i]) for i in ((0, 0), (1, 1), (0, 2), (1, 2))))
    doubt = (float(spread[0]), float(spread[1]), float(spread[2]), float(spread[3]))
    straight = tuple(float(k) for k in np.ravel(distortion)[:5])
    return Calibrated(view, straight, float(miss), len(found), doubt, covered(pixels, width, height))


def covered(pixels: Sequence[Array], width: int, height: int, cells: int = 6) -> float:
    """Share of the cells of a grid over the picture in which corners were seen.

    Args:
        pixels: Corners of each picture, shape (N, 2) each.
        width: Of the pictures.
        height: Of the pictures.
        cells: Columns and rows of the grid.
    """
    cell = np.concatenate(pixels) / (width, height) * cells
    return len({(int(x), int(y)) for x, y in cell.tolist()}) / cells**2


def board_pose(grey: Array, board: Board, camera: Calibrated) -> Pose | None:
    """Pose of the board in the optical frame, or None when it is not seen well."""
    found = board_corners(grey, board)
    if found is None:
        return None
    i = camera.intrinsics
    matrix = np.array([[i.fx, 0, i.cx], [0, i.fy, i.cy], [0, 0, 1.0]])
    solved, turn, shift = cv2.solvePnP(found[0], found[1], matrix, np.array(camera.distortion))
    return (np.ravel(shift), cv2.Rodrigues(turn)[0]) if solved else None


def hand_eye(carriers: Sequence[Pose], boards: Sequence[Pose]) -> tuple[Pose, float]:
    """Mounting of a camera on its carrier (hand-eye), from looks at one fixed board.

    Solves A X = X B for the turns first and the shifts then (Park and Martin, 1994).

    Args:
        carriers: Poses of the carrier (base or hand) in a frame that does not move.
        boards: Poses of the board in the optical frame at the same times.

    Returns:
        Pose of the optical frame in the carrier's frame, and the root mean square of the remaining differences of the
        board's position between looks, m.

    Raises:
        DataError: Too few looks, or they do not turn enough about different axes.
    """
    if len(carriers) != len(boards) or len(carriers) < 3:
        raise DataError(f"hand-eye needs three or more looks with the carrier's pose, not {len(carriers)}")
    moves = [_move(carriers, boards, i, j) for i in range(len(carriers)) for j in range(i)]
    moves = [(a, b) for a, b in moves if np.linalg.norm(_axis(a[1])) > LEAST_TURN]
    sums = sum((np.outer(_axis(b[1]), _axis(a[1])) for a, b in moves), np.zeros((3, 3)))
    if not moves or np.linalg.svd(sums)[1][1] < 1e-3:
        raise DataError("the looks do not turn enough about different axes: tilt and turn the carrier between them")
    u, _, v = np.linalg.svd(sums)
    turn = v.T @ np.diag([1.0, 1.0, np.sign(np.linalg.det(v.T @ u.T))]) @ u.T
    left = np.concatenate([a[1] - np.eye(3) for a, _ in moves])
    right = np.concatenate([turn @ b[0] - a[0] for a, b in moves])
    shift = np.linalg.lstsq(left, right, rcond=None)[0]
    places = np.array([c[1] @ (turn @ b[0] + shift) + c[0] for c, b in zip(carriers, boards)])
    return (shift, turn), float(np.sqrt(np.square(places - places.mean(axis=0)).sum(axis=1).mean()))


def _move(carriers: Sequence[Pose], boards: Sequence[Pose], i: int, j: int) -> tuple[Pose, Pose]:
    """Motion of the carrier between two looks, and of the board in the camera."""
    (p, r), (q, s) = carriers[i], carriers[j]
    (b, u), (c, w) = boards[i], boards[j]
    return (r.T @ (q - p), r.T @ s), (b - u @ w.T @ c, u @ w.T)


def _axis(rotation: Array) -> Array:
    return np.asarray(Rotation.from_matrix(rotation).as_rotvec())


def mounting(carriers: Sequence[Pose], boards: Sequence[Pose]) -> tuple[Triple, Triple, float]:
    """Mounting of a camera on its carrier, in the form of ``cameras.yaml``.

    Args:
        carriers: See :func:`hand_eye`.
        boards: See :func:`hand_eye`.

    Returns:
        Place, m; roll, pitch and yaw as in a URDF, rad, zero looking ahead; how far the board's place spreads, m.

    Raises:
        DataError: See :func:`hand_eye`.
    """
    (place, turn), spread = hand_eye(carriers, boards)
    rpy = Rotation.from_matrix(turn @ OPTICAL.T).as_euler("xyz")
    x, y, z = (float(value) for value in place)
    roll, pitch, yaw = (float(value) for value in rpy)
    return (x, y, z), (roll, pitch, yaw), spread
