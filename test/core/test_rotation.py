import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from skill_stack.core.rotation import (
    from_yaw,
    gravity_in_base,
    headings_of,
    rotate_inverse,
    tilt_of,
    wrap_angle,
    yaw_of,
)

PARTS = st.floats(-1, 1)


@given(PARTS, PARTS, PARTS, PARTS, st.tuples(PARTS, PARTS, PARTS))
def test_agrees_with_scipy(w, x, y, z, vector):
    norm = math.sqrt(w * w + x * x + y * y + z * z)
    if norm < 1e-3:
        return
    quaternion = np.array([w, x, y, z]) / norm
    expected = Rotation.from_quat(quaternion[[1, 2, 3, 0]]).inv()
    np.testing.assert_allclose(gravity_in_base(quaternion), expected.apply([0, 0, -1]), atol=1e-9)
    np.testing.assert_allclose(rotate_inverse(quaternion, np.array(vector)), expected.apply(vector), atol=1e-9)
    upright = expected.inv().apply([0, 0, 1])[2]
    assert math.cos(tilt_of(quaternion)) == pytest.approx(upright, abs=1e-9)


def test_batches_keep_their_shape():
    batch = np.tile(from_yaw(0.3), (4, 5, 1))
    assert gravity_in_base(batch).shape == (4, 5, 3)
    np.testing.assert_allclose(headings_of(batch), np.full((4, 5), yaw_of(batch[0, 0])))


def test_a_batch_is_the_same_as_one_after_the_other():
    rng = np.random.default_rng(0)
    batch, vectors = rng.standard_normal((20, 4)), rng.standard_normal((20, 3))
    batch /= np.linalg.norm(batch, axis=1, keepdims=True)
    one_by_one = [rotate_inverse(orientation, vector) for orientation, vector in zip(batch, vectors)]
    np.testing.assert_allclose(rotate_inverse(batch, vectors), one_by_one, atol=1e-12)
    np.testing.assert_allclose(gravity_in_base(batch), [gravity_in_base(one) for one in batch], atol=1e-12)


@given(st.floats(-100, 100))
def test_wrapped_angles_are_the_same_direction(angle):
    wrapped = wrap_angle(angle)
    assert -math.pi <= wrapped <= math.pi
    assert math.cos(wrapped) == pytest.approx(math.cos(angle), abs=1e-6)
    assert yaw_of(from_yaw(wrapped)) == pytest.approx(wrapped, abs=1e-6) or abs(abs(wrapped) - math.pi) < 1e-6
