"""Rows, reports and their three forms."""

import json
import math
import os

import numpy as np
import pytest

from skill_stack.benchmarks.machine import Machine, fifo_permitted
from skill_stack.benchmarks.report import BenchmarkReport, Row, merge, page
from skill_stack.benchmarks.scheduling import urgent
from skill_stack.benchmarks.timing import Work, alternating, median_row, paced, percentile

KEYS = {"name", "value", "unit", "limit", "holds", "spread", "note"}


def report(*rows: Row) -> BenchmarkReport:
    return BenchmarkReport("tick", "what it is", Machine.here(), rows, 1.0)


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (Row("a", 1.0, "x"), None),
        (Row("a", 1.5, "x", 1.5), True),
        (Row("a", 1.6, "x", 1.5), False),
        (Row("a", 0.7, "x", 0.7, "higher"), True),
        (Row("a", 0.6, "x", 0.7, "higher"), False),
        (Row("a", math.nan, "x", 0.7), False),
        (Row("a", math.nan, "x"), None),
    ],
)
def test_a_limit_holds_on_its_good_side_alone_and_never_for_what_was_not_measured(row, holds):
    assert row.holds is holds


def test_json_is_strict_and_has_the_agreed_keys():
    data = report(Row("a", math.nan, "ms", 3.0, spread=(1.0, math.inf)), Row("b", np.float64(2), "x")).to_json()
    again = json.loads(json.dumps(data, allow_nan=False))
    assert set(again) == {"bench", "machine", "rows"}
    assert all(set(row) == KEYS for row in again["rows"])
    assert again["rows"][0] | {"value": None, "holds": False, "spread": [1.0, None]} == again["rows"][0]
    assert again["machine"]["versions"]["python"]


def test_table_and_page_show_value_limit_and_verdict():
    shown = report(Row("figure one", 2.0, "x", 1.5, note="how"), Row("figure two", math.nan, "ms"))
    for text in (shown.table(), page([shown])):
        assert "figure one" in text and "≤ 1.5" in text and "missed" in text and "how" in text
        assert "not measured" in text and Machine.here().versions["numpy"] in text


def test_merged_rows_name_their_benchmark():
    one, two = report(Row("a", 1.0, "x", 2.0, "higher")), report(Row("b", 1.0, "x"))
    merged = merge([one, two])
    assert [row.name for row in merged.rows] == ["tick: a", "tick: b"]
    assert merged.rows[0].better == "higher" and merged.seconds == 2.0


def test_asking_for_real_time_priority_changes_nothing():
    before = os.sched_getscheduler(0)
    permitted = fifo_permitted()
    assert os.sched_getscheduler(0) == before
    with urgent(10) as given:
        assert given == permitted
        assert (os.sched_getscheduler(0) == os.SCHED_FIFO) == permitted
    assert os.sched_getscheduler(0) == before


def test_paced_work_is_done_in_every_cycle():
    calls, prepared = [], []
    duration, lateness = paced(500.0, 20, Work(lambda: calls.append(1), lambda: prepared.append(1)))
    assert len(calls) == len(prepared) == len(duration) == len(lateness) == 20
    assert (lateness >= 0).all() and (duration > 0).all()


def test_alternating_windows_take_turns():
    order = []
    one, two = alternating(1000.0, 0.1, [Work(lambda: order.append("a")), Work(lambda: order.append("b"))], window=0.01)
    assert one.shape == two.shape == (5, 8)
    assert "".join(order) == ("a" * 10 + "b" * 10) * 5


def test_rows_without_samples_say_so():
    assert math.isnan(percentile(np.array([]), 99))
    row = median_row("a", np.array([]), "ms", limit=1.0)
    assert row.holds is False and row.note
    assert median_row("a", np.array([1.0, 2.0, 3.0]), "ms", 1e3).value == 2000.0
