"""Looks of a measured lens: straight, with measured intrinsics; other sizes scaled or refused with the reason."""

import numpy as np
import pytest
from computed_looks import VIEW  # noqa: F401  skips where OpenCV is missing
from drawn_boards import BOARD, poses, view_of

from skill_stack.core.errors import DataError
from skill_stack.core.robots.camera_calibration import (
    CameraCalibration,
    MeasuredLens,
    keep_calibration,
    kept_calibration,
)
from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.core.world.camera_frame import CameraFrame, Intrinsics
from skill_stack.perception.calibration.calibrated_source import CalibratedSource, calibrated
from skill_stack.perception.calibration.calibration import board_corners
from skill_stack.perception.calibration.calibration_looks import steady_looks

LENS = Intrinsics(640, 480, 470.0, 468.0, 324.0, 236.0)
BENT = (-0.18, 0.05, 0.0, 0.0, 0.0)
WRONG = Intrinsics(640, 480, 600.0, 600.0, 300.0, 200.0)


def measured(**more):
    numbers = {name: getattr(LENS, name) for name in ("width", "height", "fx", "fy", "cx", "cy")}
    return MeasuredLens(**{**numbers, "distortion": BENT, "miss": 0.2, "views": 12, **more})


class Source:
    """One look for ever."""

    trouble = ""

    def __init__(self, look):
        self.look, self.closed = look, False

    def newest(self):
        return self.look

    def close(self):
        self.closed = True


def test_corners_are_where_a_pinhole_camera_sees_them():
    place, turn = next(iter(poses(1, aside=0.08)))
    grey = view_of(place, turn, LENS, distortion=BENT)
    look = (1.5, np.repeat(grey[..., None], 3, axis=2), np.full(grey.shape, 0.5, np.float32), WRONG)
    source = CalibratedSource(Source(look), measured())
    stamp, colour, depth, intrinsics = source.newest()
    places, pixels = board_corners(colour[..., 0], BOARD)
    true = LENS.project(places @ turn.T + place)
    assert stamp == 1.5 and intrinsics == LENS and depth.shape == grey.shape and depth.dtype == np.float32
    assert np.abs(pixels - true).max() < 1.0
    bent = board_corners(grey, BOARD)
    assert np.abs(bent[1] - LENS.project(bent[0] @ turn.T + place)).max() > 2.0, "the lens does bend"
    source.close()
    assert source._source.closed


def test_smaller_copies_are_scaled_and_other_forms_refused():
    half = (0.0, np.zeros((240, 320, 3), np.uint8), np.zeros((240, 320), np.float32), WRONG)
    intrinsics = CalibratedSource(Source(half), measured(distortion=())).newest()[3]
    assert (intrinsics.fx, intrinsics.cx) == (235.0, pytest.approx((324.0 + 0.5) / 2 - 0.5))
    other = CalibratedSource(Source((0.0, np.zeros((360, 640, 3), np.uint8), np.zeros((360, 640)), WRONG)), measured())
    assert other.newest() is None
    assert other.trouble == "pictures are 640 x 360, calibrated were 640 x 480: calibrate the camera anew"
    assert CalibratedSource(Source(None), measured()).newest() is None


def test_without_a_measurement_the_source_is_itself():
    source = Source(None)
    assert calibrated(source, None) is source


def test_a_wrong_file_is_refused(tmp_path):
    path = tmp_path / "calibration" / "go2" / "camera-front.yaml"
    assert kept_calibration(tmp_path, "go2", "front") is None
    keep_calibration(CameraCalibration(camera="front", date="2026-01-01", lens=measured()), path)
    assert kept_calibration(tmp_path, "go2", "front").lens == measured()
    far = "mount: {xyz: [40, 0, 0], rpy: [0, 0, 0], spread: 0, looks: 5}"
    path.write_text(path.read_text().replace("mount: null", far))
    with pytest.raises(DataError, match="not believed; measure it anew"):
        kept_calibration(tmp_path, "go2", "front")
    path.write_text("camera: front")
    with pytest.raises(DataError, match="date"):
        kept_calibration(tmp_path, "go2", "front")


def test_only_looks_at_the_board_from_elsewhere_are_taken():
    views = [view_of(*pose, LENS) for pose in poses(3)]
    shown = iter([views[0], views[0], np.full((480, 640), 128, np.uint8), views[1], views[2]])

    def newest():
        grey = next(shown, None)
        if grey is None:
            raise DataError("the camera is gone")
        colour = np.repeat(grey[..., None], 3, axis=2)
        return CameraFrame("c", 0.0, colour, np.ones(grey.shape, np.float32), LENS, np.zeros(3), np.eye(3))

    camera = CameraSpec(xyz=(0.1, 0.0, 0.0))
    taken = [look.grey for look in steady_looks(newest, camera, BOARD, 3, 20.0)]
    assert [np.array_equal(a, b) for a, b in zip(taken, views)] == [True] * 3
    with pytest.raises(DataError, match="after 0 of 1 looks nothing new came for 0 s: the camera is gone"):
        list(steady_looks(newest, camera, BOARD, 1, 0.3))
