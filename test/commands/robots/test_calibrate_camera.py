"""``skill-stack calibrate camera`` by drawn boards: lens and mounting, kept, or refused when not believed."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")
sys.path.insert(0, str(Path(__file__).parents[2] / "perception"))  # drawn_boards.py

import cv2
from drawn_boards import BOARD, poses, view_of

from skill_stack.cli import main
from skill_stack.core.resources import Resources
from skill_stack.core.robots.camera_calibration import kept_calibration, measured_camera
from skill_stack.core.robots.camera_spec import OPTICAL, load_camera, rotation_of
from skill_stack.core.world.camera_frame import CameraFrame, Intrinsics
from skill_stack.perception.cameras.recording import save_recording

LENS = Intrinsics(640, 480, 470.0, 468.0, 324.0, 236.0)
BENT = (-0.18, 0.05, 0.0, 0.0, 0.0)
MOUNT, TURN = np.array([0.36, 0.01, 0.08]), (0.01, 0.22, -0.015)


@pytest.fixture
def overlay(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    return tmp_path / "overlay"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for number, (place, turn) in enumerate(poses(12)):
        cv2.imwrite(str(folder / f"{number:02}.png"), view_of(place, turn, LENS, distortion=BENT))
    return folder


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Looks at a board that stays, by a robot that tilts and turns, with a camera mounted a little off."""
    stated = load_camera(Resources.from_environment(os.environ).robot("go2"), "front")
    optical, rng = rotation_of(TURN) @ OPTICAL, np.random.default_rng(5)
    first = next(iter(poses(1, far=(0.42, 0.43), aside=0.01)))
    board = (MOUNT + optical @ first[0], optical @ first[1])  # as the robot's base saw it when it stood level
    looks = []
    for number in range(12):
        turn = rotation_of(tuple(rng.uniform(-0.16, 0.16, 3)))
        place = rng.uniform(-0.04, 0.04, 3)
        seen = optical.T @ (turn.T @ (board[0] - place) - MOUNT), optical.T @ turn.T @ board[1]
        grey = view_of(*seen, LENS)
        thought = place + turn @ np.array(stated.xyz), turn @ stated.rotation
        colour = np.repeat(grey[..., None], 3, axis=2)
        depth = np.full(grey.shape, 0.4, np.float32)
        looks.append(CameraFrame("front", float(number), colour, depth, LENS, *thought))
    folder = tmp_path_factory.mktemp("looks")
    save_recording(folder, looks)
    return folder


def calibrate(*more):
    return main(["calibrate", "camera", "--robot", "go2", "--camera", "front", *map(str, more)])


def test_a_lens_comes_out_of_pictures_and_is_kept(overlay, pictures, capsys):
    assert calibrate("--pictures", pictures, "--yes", "--json") == 0
    told = json.loads(capsys.readouterr().out)["lens"]
    assert told["fx"] == pytest.approx(LENS.fx, rel=0.01) and told["cy"] == pytest.approx(LENS.cy, abs=5)
    assert told["distortion"][0] == pytest.approx(BENT[0], abs=0.05) and told["miss"] < 0.5
    kept = kept_calibration(overlay, "go2", "front")
    assert kept.lens.fx == told["fx"] and kept.mount is None
    assert calibrate("--pictures", pictures, "--yes") == 0
    out = capsys.readouterr().out
    assert "pixels off" in out and "±" in out and "(stated:" in out
    assert list((overlay / "calibration" / "go2").glob("*.before")), "the one before is not lost"


def test_the_mounting_comes_out_of_looks_and_counts_from_then_on(overlay, recording, capsys):
    assert calibrate("--looks", recording, "--yes") == 0
    assert "mounting from" in capsys.readouterr().out
    camera, calibration = measured_camera(Resources.from_environment(os.environ), "go2", "front")
    assert np.abs(np.array(camera.xyz) - MOUNT).max() < 0.01 and calibration.mount.spread < 0.005
    assert np.abs(camera.rotation - rotation_of(TURN) @ OPTICAL).max() < 0.01


def test_a_board_of_another_size_moves_the_camera_and_is_not_believed(overlay, recording, capsys):
    assert calibrate("--looks", recording, "--yes", "--square", "0.12", "--marker", "0.09") == 1
    assert "seems to have moved" in capsys.readouterr().err
    assert not overlay.joinpath("calibration").exists()


def test_what_shows_no_board_is_refused(overlay, tmp_path, capsys):
    assert calibrate("--pictures", tmp_path / "none") == 1
    assert "there are no pictures" in capsys.readouterr().err
    cv2.imwrite(str(tmp_path / "a.png"), np.full((48, 64), 128, np.uint8))
    assert calibrate("--pictures", tmp_path) == 1
    assert "seen well in 0 of 1 pictures" in capsys.readouterr().err
    cv2.imwrite(str(tmp_path / "b.png"), np.full((60, 64), 128, np.uint8))
    (tmp_path / "c.png").write_bytes(b"no picture")
    assert calibrate("--pictures", tmp_path) == 1
    assert "c.png cannot be read" in capsys.readouterr().err
    (tmp_path / "c.png").unlink()
    assert calibrate("--pictures", tmp_path) == 1
    assert "differ in size: 64 x 48, 64 x 60" in capsys.readouterr().err


def test_the_board_can_be_printed_and_is_found_again(overlay, tmp_path, capsys):
    from skill_stack.perception.calibration.calibration import board_corners

    assert calibrate("--board", tmp_path / "board.png") == 0
    assert "28 x 20 cm" in capsys.readouterr().err
    printed = cv2.imread(str(tmp_path / "board.png"), cv2.IMREAD_GRAYSCALE)
    assert len(board_corners(printed, BOARD)[0]) == (BOARD.columns - 1) * (BOARD.rows - 1)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--marker", "0.05"), "markers smaller than its squares"),
        (("--pictures", "a", "--looks", "b"), "not both"),
        (("--namespace", "nobody"), "no stack is up"),
    ],
)
def test_wrong_options_are_refused(overlay, more, said, capsys):
    assert calibrate(*more) == 1
    assert said in capsys.readouterr().err


def test_a_hand_needs_its_port(capsys):
    assert main(["calibrate", "--robot", "leap"]) == 1
    assert "--interface PORT" in capsys.readouterr().err
