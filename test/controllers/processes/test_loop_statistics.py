import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.controllers.processes.loop_statistics import LoopStatistics
from skill_stack.core.shared_memory.channels import RobotChannels
from skill_stack.core.shared_memory.loop_summary import LoopSpread, Punctuality, read_summary, write_summary

PERIOD = 0.002


@given(st.lists(st.floats(0.0, 8e3), min_size=1, max_size=300))
@settings(max_examples=50, deadline=None)
def test_quantiles_are_as_exact_as_the_buckets(values):
    statistics = LoopStatistics(1.0)
    for value in values:
        statistics.count(value, 2.0 * value, 0)
    found = statistics.summary().since_start
    for spread, numbers in ((found.lateness, values), (found.duration, [2.0 * value for value in values])):
        assert spread.worst == max(numbers)
        for got, share in ((spread.p50, 50), (spread.p99, 99)):
            true = float(np.percentile(numbers, share, method="inverted_cdf"))
            assert true * (1 - 1e-9) - 1e-9 <= max(got, 1e-3) and got <= true * 2 ** (1 / 16) * (1 + 1e-9) + 1.1e-3


def test_a_bad_moment_leaves_the_last_minute_but_not_the_whole():
    statistics = LoopStatistics(PERIOD)
    statistics.count(50.0, 30.0, 25)
    for _ in range(round(66.0 / PERIOD)):
        statistics.count(0.05, 0.4, 0)
    summary = statistics.summary()
    assert summary.since_start.misses == 25 and summary.since_start.lateness.worst == 50.0
    assert summary.last_minute.misses == 0 and summary.last_minute.lateness.worst == 0.05
    assert 55 / PERIOD <= summary.last_minute.ticks <= 65 / PERIOD
    assert summary.last_minute.duration.p50 == pytest.approx(0.4, rel=0.05)


def test_a_summary_comes_once_a_second():
    statistics = LoopStatistics(PERIOD)
    told = [number for number in range(1600) if statistics.count(0.1, 0.2, 0) is not None]
    assert told == [499, 999, 1499]


def test_nothing_counted_gives_zeros():
    nothing = Punctuality(0, 0, LoopSpread(), LoopSpread())
    assert LoopStatistics(PERIOD).summary().since_start == nothing


def test_a_summary_goes_through_shared_memory(robot, tmp_path):
    channels = RobotChannels.open(tmp_path / "block", robot)
    record = channels.block.records["loop"]
    assert read_summary(record) is None
    statistics = LoopStatistics(PERIOD)
    for number in range(100):
        statistics.count(0.01 * number, 0.1, number % 50 == 49)
    write_summary(record, statistics.summary())
    assert read_summary(record) == statistics.summary()
