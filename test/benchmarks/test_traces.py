"""What is concluded from what a probe said and what was seen in shared memory."""

import math

import numpy as np
import pytest

from skill_stack.benchmarks.stack.block_watch import BlockWatch
from skill_stack.benchmarks.stack.line import rows as line_rows
from skill_stack.benchmarks.stack.line import stage_times
from skill_stack.benchmarks.stack.running_stack import ProbeFailed
from skill_stack.benchmarks.stack.stop import reaction_ticks
from skill_stack.benchmarks.stack.stop import rows as stop_rows


def said(words=1.0, plan=1.02, setpoint=1.04, sequence=7):
    return [
        {"event": "words", "t": words},
        {"event": "plan", "t": plan},
        {"event": "setpoint", "t": setpoint, "sequence": sequence, "request": "p/1"},
    ]


def test_only_a_command_with_the_requests_own_setpoint_counts():
    commands = [(0.99, 9), (1.05, 6), (1.07, 7), (1.09, 8)]
    (times,) = stage_times(said(), commands)
    assert times["command"] == pytest.approx(0.07)
    assert times["plan"] == pytest.approx(0.02) and times["setpoint"] == pytest.approx(0.04)


def test_words_that_never_reach_the_joints_do_not_count():
    assert stage_times(said(), [(1.05, 6)]) == []
    assert stage_times([{"event": "setpoint", "t": 1.0, "sequence": 1, "request": "stand"}], [(1.1, 1)]) == []
    with pytest.raises(ProbeFailed, match="no words"):
        line_rows([])


def test_a_second_setpoint_of_the_same_words_changes_nothing():
    events = [*said(), {"event": "setpoint", "t": 1.5, "sequence": 9, "request": "p/2"}]
    assert len(stage_times(events, [(1.07, 7), (1.6, 9)])) == 1


def test_ticks_count_from_the_flag_to_the_first_status_that_obeys():
    watch = BlockWatch(stops=[(1.0, 1, 50), (2.0, 2, 100)], stances=[(1.01, 1, 51), (2.03, 2, 102)])
    assert reaction_ticks(watch).tolist() == [1.0, 2.0]


def test_a_stop_that_is_never_obeyed_is_a_missed_limit():
    watch = BlockWatch(stops=[(1.0, 1, 50)], stances=[])
    rows = stop_rows([{"event": "stop", "t": 0.999, "moving": True}], watch, np.array([1e-5]))
    row = next(row for row in rows if row.unit == "ticks")
    assert math.isnan(row.value) and row.holds is False


def test_one_stop_of_many_that_is_never_obeyed_is_not_hidden_by_the_others():
    watch = BlockWatch(stops=[(1.0, 1, 50), (2.0, 2, 100)], stances=[(1.01, 1, 51)])
    rows = stop_rows([{"event": "stop", "t": 0.999, "moving": True}], watch, np.array([1e-5]))
    row = next(row for row in rows if row.unit == "ticks")
    assert row.holds is False and "1 of 2" in row.note


def test_calls_that_reach_nothing_are_an_error():
    with pytest.raises(ProbeFailed, match="none of 1"):
        stop_rows([{"event": "stop", "t": 5.0, "moving": False}], BlockWatch(stops=[(1.0, 1, 1)]), np.array([1e-5]))
