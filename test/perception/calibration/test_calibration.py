"""Intrinsics and the camera's mounting from looks at a board."""

import cv2
import numpy as np
import pytest
from computed_looks import VIEW  # noqa: F401  skips where OpenCV is missing

from skill_stack.core.errors import DataError
from skill_stack.core.robots.camera_spec import rotation_of
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.perception.calibration.calibration import Board, board_pose, calibrate_camera, hand_eye

CAMERA = Intrinsics.from_view(640, 480, 1.1)
BOARD = Board()
FLAT = np.diag([1.0, 1.0, 1.0])


def view_of(position, rotation):
    """Draws the board at a pose in the optical frame; its origin is its upper left corner."""
    drawn, square = BOARD.picture(), 80
    size = np.array([BOARD.columns, BOARD.rows]) * BOARD.square
    places = np.array([[0, 0, 0], [size[0], 0, 0], [*size, 0], [0, size[1], 0]]) @ rotation.T + position
    height, width = BOARD.rows * square - 0.5, BOARD.columns * square - 0.5
    source = np.array([[-0.5, -0.5], [width, -0.5], [width, height], [-0.5, height]], np.float32)
    warp = cv2.getPerspectiveTransform(source, CAMERA.project(places).astype(np.float32))
    return cv2.warpPerspective(drawn, warp, (640, 480), borderMode=cv2.BORDER_CONSTANT, borderValue=128)


def views(count):
    rng = np.random.default_rng(3)
    for _ in range(count):
        rotation = rotation_of(tuple(rng.uniform(-0.5, 0.5, 3)))
        middle = np.array([BOARD.columns, BOARD.rows, 0]) * BOARD.square / 2
        yield np.array([*rng.uniform(-0.06, 0.06, 2), rng.uniform(0.4, 0.55)]) - rotation @ middle, rotation


def test_intrinsics_come_out() -> None:
    found = calibrate_camera([view_of(*pose) for pose in views(12)], BOARD)
    assert found.views >= 10 and found.miss < 0.5
    assert found.intrinsics.fx == pytest.approx(CAMERA.fx, rel=0.01)
    assert found.intrinsics.cx == pytest.approx(CAMERA.cx, abs=6)
    assert found.intrinsics.cy == pytest.approx(CAMERA.cy, abs=6)
    place, turn = next(views(1))
    seen = board_pose(view_of(place, turn), BOARD, found)
    assert np.abs(seen[0] - place).max() < 0.01 and np.abs(seen[1] - turn).max() < 0.02


def test_too_few_views_are_refused_with_their_number() -> None:
    with pytest.raises(DataError, match="seen well in 0 of 3 pictures; 6 are needed"):
        calibrate_camera([np.full((480, 640), 128, np.uint8)] * 3, BOARD)


def test_the_mounting_comes_out_of_looks_from_several_poses() -> None:
    rng = np.random.default_rng(5)
    shift, turn = np.array([0.3, -0.02, 0.1]), rotation_of((-1.4, 0.1, -1.5))
    board = np.array([1.5, 0.2, 0.4]), rotation_of((0.4, -0.7, 0.2))
    carriers, boards = [], []
    for _ in range(8):
        place, pose = rng.uniform(-0.2, 0.2, 3), rotation_of(tuple(rng.uniform(-0.4, 0.4, 3)))
        camera, axes = place + pose @ shift, pose @ turn
        carriers.append((place, pose))
        boards.append((axes.T @ (board[0] - camera) + rng.normal(0, 1e-4, 3), axes.T @ board[1]))
    (found_shift, found_turn), spread = hand_eye(carriers, boards)
    assert np.abs(found_shift - shift).max() < 2e-3 and np.abs(found_turn - turn).max() < 2e-3 and spread < 1e-3


def test_looks_that_do_not_turn_say_nothing() -> None:
    same = [(np.array([0.1 * n, 0, 0]), np.eye(3)) for n in range(4)]
    with pytest.raises(DataError, match="do not turn enough"):
        hand_eye(same, same)
    with pytest.raises(DataError, match="three or more looks"):
        hand_eye(same[:2], same[:2])
