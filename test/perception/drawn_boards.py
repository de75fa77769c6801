"""ChArUco boards as a camera sees them, drawn by projection."""

import cv2
import numpy as np

from skill_stack.core.robots.camera_spec import rotation_of
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.perception.calibration.calibration import Board

BOARD = Board()


def view_of(position, rotation, camera: Intrinsics, board=BOARD, distortion=None):
    """Draws the board at a pose in the optical frame, grey; its origin is its upper left corner."""
    drawn, square = board.picture(), 80
    size = np.array([board.columns, board.rows]) * board.square
    places = np.array([[0, 0, 0], [size[0], 0, 0], [*size, 0], [0, size[1], 0]]) @ rotation.T + position
    height, width = board.rows * square - 0.5, board.columns * square - 0.5
    source = np.array([[-0.5, -0.5], [width, -0.5], [width, height], [-0.5, height]], np.float32)
    warp = cv2.getPerspectiveTransform(source, camera.project(places).astype(np.float32))
    size = (camera.width, camera.height)
    grey = cv2.warpPerspective(drawn, warp, size, borderMode=cv2.BORDER_CONSTANT, borderValue=128)
    return grey if distortion is None else bent(grey, camera, distortion)


def bent(grey, i: Intrinsics, distortion):
    """A straight picture as a lens with distortion would give it."""
    matrix = np.array([[i.fx, 0, i.cx], [0, i.fy, i.cy], [0, 0, 1.0]])
    pixels = np.stack(np.meshgrid(np.arange(i.width), np.arange(i.height)), axis=-1).reshape(-1, 1, 2)
    straight = cv2.undistortPoints(pixels.astype(np.float32), matrix, np.array(distortion), P=matrix)
    maps = straight.reshape(i.height, i.width, 2)
    return cv2.remap(grey, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderValue=128)


def poses(count, seed=3, far=(0.36, 0.5), board=BOARD, aside=0.10):
    """Poses of the board in the optical frame, at different places and slants."""
    rng = np.random.default_rng(seed)
    middle = np.array([board.columns, board.rows, 0]) * board.square / 2
    for _ in range(count):
        rotation = rotation_of(tuple(rng.uniform(-0.5, 0.5, 3)))
        yield np.array([*rng.uniform(-aside, aside, 2), rng.uniform(*far)]) - rotation @ middle, rotation
