"""Looks of shared memory: the newest, or as late as a camera's pictures are."""

import numpy as np
import pytest

from skill_stack.core.shared_memory.rgbd_ring import RgbdRing
from skill_stack.core.world.camera_frame import Intrinsics
from skill_stack.perception.cameras.look_sources import RingSource

VIEW = Intrinsics.from_view(16, 6, 1.2)


@pytest.fixture
def ring(tmp_path):
    made = RgbdRing.create(tmp_path / "ring", 6, 16)
    yield tmp_path / "ring", lambda stamp: made.write(stamp, np.zeros((6, 16, 3), np.uint8), np.zeros((6, 16)), VIEW)
    made.close()


def test_a_late_camera_gives_the_look_before_and_says_what_is_drawn(ring) -> None:
    path, draw = ring
    prompt, late = RingSource(path), RingSource(path, late=0.1)
    assert late.newest() is None and late.drawn == 0.0
    draw(7.02)
    assert prompt.newest()[0] == 7.02 and late.newest() is None and late.drawn == 7.02
    draw(7.12)
    assert prompt.newest()[0] == 7.12 and late.newest()[0] == 7.02 and late.drawn == 7.12
    draw(7.3)
    assert late.newest()[0] == 7.12, "the newest that is old enough"
    for each in (prompt, late):
        each.close()
