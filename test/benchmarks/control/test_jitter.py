import numpy as np
import pytest

from skill_stack.benchmarks.control.jitter import windows

RATE, Q = 500.0, 99.9


def test_a_burst_of_late_ticks_is_one_window_and_single_ones_count():
    late = np.full(5000, 50e-6)
    late[1000:1010] = 5e-3
    found = windows(late, RATE, Q)
    assert len(found) == 10
    assert np.median(found) == pytest.approx(50e-6)
    late[::250] = 1e-3  # two in every window: that is how the loop is
    assert np.median(windows(late, RATE, Q)) == pytest.approx(1e-3)


def test_the_median_of_windows_is_about_the_percentile_when_ticks_are_late_one_by_one():
    late = np.random.default_rng(1).exponential(50e-6, 200_000)
    assert np.median(windows(late, RATE, Q)) == pytest.approx(np.percentile(late, Q), rel=0.15)


@pytest.mark.parametrize("ticks", [0, 1, 200])
def test_a_short_run_is_one_window(ticks):
    found = windows(np.ones(ticks), RATE, Q)
    assert len(found) == 1
    assert np.isnan(found).all() == (ticks == 0)
