"""Pictures in shared memory: the newest whole one, never half of one."""

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.shared_memory.frame_ring import Frame, FrameRing, RingFrames, frames_path


def frame(task_time, value=None):
    return Frame(task_time, np.full((6, 8, 3), int(task_time) if value is None else value, np.uint8))


@pytest.fixture
def block(tmp_path):
    return tmp_path / "block"


@pytest.fixture
def ring(block):
    return FrameRing.create(frames_path(block, "front"), 6, 8)


def test_the_newest_is_read_and_older_ones_for_an_earlier_moment(block, ring) -> None:
    reader = FrameRing(frames_path(block, "front"))
    assert reader.newest() is None
    for number in range(1, 8):
        ring.write(frame(float(number)))
    assert reader.newest().task_time == 7.0 and (reader.newest().pixels == 7).all()
    assert reader.newest(5.5).task_time == 5.0
    assert reader.newest(3.5) is None, "it holds the last four"


def test_a_frame_that_is_being_written_is_passed_over(block, ring) -> None:
    ring.write(frame(1.0))
    ring.write(frame(2.0))
    path = frames_path(block, "front")
    data = bytearray(path.read_bytes())
    place = data.rfind(bytes([2]) * 100)
    data[place] = 9
    path.write_bytes(data)
    assert FrameRing(path).newest().task_time == 1.0


def test_a_camera_that_begins_later_or_anew_is_found(block) -> None:
    frames = RingFrames(block)
    assert frames.newest("front", 9.0) is None
    ring = FrameRing.create(frames_path(block, "front"), 6, 8)
    ring.write(frame(1.0))
    assert frames.newest("front", 9.0).task_time == 1.0
    FrameRing.create(frames_path(block, "front"), 6, 8).write(frame(2.0))
    assert frames.newest("front", 9.0).task_time == 2.0
    frames_path(block, "front").unlink()
    assert frames.newest("front", 9.0) is None


def test_other_shapes_and_files_are_refused(block, ring, tmp_path) -> None:
    with pytest.raises(DataError, match=r"\(3, 4, 3\), the ring's are uint8 \(6, 8, 3\)"):
        ring.write(Frame(0.0, np.zeros((3, 4, 3), np.uint8)))
    (tmp_path / "short").write_bytes(b"x")
    (tmp_path / "other").write_bytes(b"x" * 500)
    for name in ("short", "other"):
        with pytest.raises(DataError, match="no ring of frames"):
            FrameRing(tmp_path / name)
