"""Depth errors of a stereo camera: they grow with the square of the distance, and edges are lost."""

import numpy as np
import pytest

from skill_stack.core.robots.camera_spec import CameraSpec
from skill_stack.hardware.rendering.depth_noise import DepthNoise

CAMERA = CameraSpec(xyz=(0, 0, 0))


def measured(depth, seed=0):
    return DepthNoise(CAMERA)(np.asarray(depth, np.float32), np.random.default_rng(seed))


@pytest.mark.parametrize("reach", [0.5, 1.0, 2.0, 4.0])
def test_the_error_grows_with_the_square_of_the_distance(reach) -> None:
    off = measured(np.full((200, 200), reach)) - reach
    expected = CAMERA.errors.subpixel * reach**2 / (CAMERA.intrinsics.fx * CAMERA.errors.baseline)
    assert 0.8 * expected < off.std() < 1.25 * expected
    assert abs(off.mean()) < 0.3 * expected


def test_beside_a_jump_and_out_of_range_nothing_is_measured() -> None:
    depth = np.full((20, 20), 1.0)
    depth[:, 10:] = 2.0
    out = measured(depth)
    assert (out[5, [9, 10]] == 0).all() and (out[5, [7, 12]] > 0).all()
    assert (measured(np.full((8, 8), 0.1)) == 0).all() and (measured(np.full((8, 8), 50.0)) == 0).all()


def test_a_grazing_surface_is_not_measured() -> None:
    assert (measured(np.tile(np.linspace(0.5, 4.0, 40), (40, 1)))[5:-5, 5:-5] == 0).all()


def test_the_same_seed_gives_the_same_noise() -> None:
    depth = np.full((10, 10), 1.5)
    assert (measured(depth, 3) == measured(depth, 3)).all() and (measured(depth, 3) != measured(depth, 4)).any()
