"""Looks with depth in shared memory, and what is wrong with a look said in words."""

import dataclasses

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.frame_ring import FrameRing, frames_path
from skill_stack.core.shared_memory.rgbd_ring import RgbdRing, rgbd_path
from skill_stack.core.world.camera_frame import CameraFrame, Intrinsics
from skill_stack.core.world.frame_faults import cleaned_depth, frame_fault, stamp_fault

VIEW = Intrinsics.from_view(64, 48, 1.2)


@pytest.fixture
def look():
    rng = np.random.default_rng(1)
    colour = rng.integers(0, 255, (48, 64, 3), dtype=np.uint8)
    depth = rng.uniform(0.3, 6.0, (48, 64)).astype(np.float32)
    return CameraFrame("front", 1.0, colour, depth, VIEW, np.zeros(3), np.eye(3))


def test_a_look_comes_out_as_it_went_in(tmp_path, look) -> None:
    path = rgbd_path(tmp_path / "block", "front")
    ring, reader = RgbdRing.create(path, 48, 64), None
    assert ring.newest() is None
    ring.write(1.0, look.colour, np.where(look.depth > 5, np.nan, look.depth), VIEW)
    reader = RgbdRing(path)
    stamp, colour, depth, intrinsics = reader.newest()
    assert (stamp, intrinsics) == (1.0, VIEW)
    assert (colour == look.colour).all()
    assert np.abs(depth - np.where(look.depth > 5, 0, look.depth)).max() <= 1.01e-4
    with pytest.raises(DataError, match="the ring's are 48 x 64"):
        ring.write(2.0, look.colour[:10], look.depth[:10], VIEW)


def test_a_ring_of_plain_pictures_is_refused(tmp_path) -> None:
    path = frames_path(tmp_path / "block", "front")
    FrameRing.create(path, 8, 8)
    with pytest.raises(DataError, match="plain pictures"):
        RgbdRing(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"depth": np.zeros((48, 64), np.float32)}, "depth is missing in 100%"),
        ({"depth": np.full((48, 64), np.nan, np.float32)}, "depth is missing in 100%"),
        ({"depth": np.zeros((0, 0), np.float32)}, "empty"),
        ({"depth": np.ones((48, 64), np.uint16)}, "not float"),
        ({"depth": np.ones((24, 32), np.float32)}, "differ in size"),
        ({"colour": np.zeros((48, 64, 3), np.uint8)}, "black"),
        ({"colour": np.zeros((48, 64), np.uint8)}, "not uint8 (height, width, 3)"),
        ({"intrinsics": Intrinsics(64, 48, 0.0, 0.0, 0.0, 0.0)}, "camera_info"),
        ({"position": np.array([0.0, np.nan, 0.0])}, "where the camera was"),
        ({"rotation": np.zeros((3, 3))}, "no rotation"),
    ],
)
def test_every_fault_has_a_reason(look, change, reason) -> None:
    assert frame_fault(look) == ""
    assert reason in frame_fault(dataclasses.replace(look, **change))


def test_times_that_jump_are_told() -> None:
    assert stamp_fault(2.0, 1.0, 2.1) == ""
    assert "jumped back by 1.000 s" in stamp_fault(1.0, 2.0, 2.1)
    assert "ahead of the clock" in stamp_fault(100.0, 1.0, 2.0)
    assert "nan" in stamp_fault(float("nan"), None, 0.0)


def test_depth_is_cleaned() -> None:
    dirty = np.array([[np.nan, np.inf, -1.0, 0.0, 0.1, 1.0, 9.0]])
    assert cleaned_depth(dirty, 0.2, 5.0).tolist() == [[0, 0, 0, 0, 0, 1.0, 0]]
