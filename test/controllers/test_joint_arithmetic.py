"""Compiled arithmetic gives what the same lines give in Python, and refuses what it was not compiled for."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers import joint_arithmetic as arithmetic
from skill_stack.controllers.compiled import READ, WHOLE, compiled

SIZE = 5
NUMBER = st.floats(allow_nan=True, allow_infinity=True, width=64)
VECTOR = st.lists(st.one_of(st.floats(-3, 3), NUMBER), min_size=SIZE, max_size=SIZE)


def plain(function):
    return function.py_func


def vectors(*rows):
    return [np.array(row, float) for row in rows]


@given(VECTOR, VECTOR, VECTOR, VECTOR, st.floats(0, 2))
@settings(max_examples=300, deadline=None)
def test_limits_are_looked_at_as_in_python(q, position, velocity, before, step):
    q, position, velocity, before = vectors(q, position, velocity, before)
    numbers = np.concatenate((position, velocity, np.zeros(arithmetic.ATTITUDE)))
    table = np.array([[20.0] * SIZE, [1.0] * SIZE, [30.0] * SIZE, [-2.0] * SIZE, [2.0] * SIZE])
    inside = arithmetic.within(q, numbers, before, table, step)
    with np.errstate(all="ignore"):
        assert inside == plain(arithmetic.within)(q, numbers, before, table, step)
    if inside:
        assert np.isfinite(q).all() and np.isfinite(position).all() and (np.abs(q - before) <= step + 1e-12).all()


@given(VECTOR, VECTOR, st.lists(NUMBER, min_size=3, max_size=3), st.lists(NUMBER, min_size=4, max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_sample_is_taken_only_when_every_number_is_one(position, velocity, rate, orientation):
    zero, three, nothing = np.zeros(SIZE), np.zeros(3), np.zeros(0)
    numbers = np.zeros(2 * SIZE + arithmetic.ATTITUDE)
    fields = vectors(position, velocity, rate, orientation)
    found = arithmetic.take(*fields, zero, zero, three, nothing, nothing, nothing, nothing, numbers)
    finite = all((np.abs(field) < arithmetic.PLAUSIBLE).all() for field in fields)
    assert (found == arithmetic.SOUND) == (finite and abs(math.hypot(*orientation) - 1.0) < arithmetic.NORM_MARGIN)
    if found == arithmetic.SOUND:
        np.testing.assert_array_equal(numbers[: 2 * SIZE], np.concatenate(fields[:2]))
        assert np.linalg.norm(numbers[-4:]) == pytest.approx(1.0) == np.linalg.norm(numbers[-7:-4])


@pytest.mark.parametrize("which", range(8))
def test_a_field_of_another_length_is_misshapen(which):
    fields = [np.zeros(SIZE), np.zeros(SIZE), np.zeros(3), np.array([1.0, 0, 0, 0]), np.zeros(SIZE), np.zeros(SIZE)]
    fields += [np.zeros(3), np.zeros(4), np.zeros(0), np.zeros(0), np.zeros(4)]
    numbers = np.zeros(2 * SIZE + arithmetic.ATTITUDE)
    assert arithmetic.take(*fields, numbers) == arithmetic.SOUND
    fields[which] = np.append(fields[which], 0.0)
    assert arithmetic.take(*fields, numbers) == arithmetic.MISSHAPEN


@pytest.mark.parametrize("odometry", [(math.nan, 0.0, 0.0), (math.inf, 0.0, 0.0)])
def test_odometry_must_be_finite_too(odometry):
    fields = [np.zeros(SIZE), np.zeros(SIZE), np.zeros(3), np.array([1.0, 0, 0, 0]), np.zeros(SIZE), np.zeros(SIZE)]
    numbers = np.zeros(2 * SIZE + arithmetic.ATTITUDE)
    fields += [np.zeros(3), np.zeros(4), np.array(odometry), np.zeros(3), np.zeros(4)]
    assert arithmetic.take(*fields, numbers) == arithmetic.NOT_FINITE


def test_what_was_not_compiled_for_is_refused_not_compiled():
    @compiled(WHOLE, READ)
    def count(values):
        return values.size

    still = np.zeros(3)
    still.setflags(write=False)
    assert count(still) == count(np.zeros(3)) == 3, "only read, so it may be one that cannot be written to"
    for other in (np.zeros(3, np.float32), np.zeros(6)[::2], np.zeros((2, 3)), [1.0, 2.0]):
        with pytest.raises(TypeError):
            count(other)
