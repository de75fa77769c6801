"""Latency of corrections, read from a journal by the ids of what was handed on."""

import pytest

from skill_stack.benchmarks.stack.corrections import delays, rows
from skill_stack.benchmarks.stack.running_stack import ProbeFailed
from skill_stack.core.processes.journal import Entry


def entry(stage, identity, mono, of="", **details):
    return Entry(stage, identity, "planner", mono, 1e9 + mono, of, details)


def test_a_change_counts_to_the_next_setpoint_of_its_request():
    journal = [
        entry("setpoint", "p/1", 0.5), entry("words", "w1", 1.0, text="slower"), entry("setpoint", "p/2", 1.001),
        entry("change", "p/1", 1.004, "w1"), entry("changed", "p/1", 1.006), entry("setpoint", "p/1", 1.02),
        entry("setpoint", "p/1", 1.5),
    ]  # fmt: skip
    assert delays(journal) == {"slower": [pytest.approx(0.02)]}


def test_a_step_begun_for_a_correction_and_a_step_that_it_ends_count_too():
    journal = [
        entry("words", "w1", 1.0, text="more to the left"), entry("request", "p/1.1", 1.01, "p", words="w1"),
        entry("setpoint", "p/1.1", 1.03), entry("words", "w2", 2.0, text="skip this"),
        entry("cancel", "p/1.1", 2.001, "w2"), entry("setpoint", "p/1.1", 2.002), entry("ended", "p/1.1", 2.04),
    ]  # fmt: skip
    found = delays(journal)
    assert found["more to the left"] == [pytest.approx(0.03)] and found["skip this"] == [pytest.approx(0.04)]


def test_words_that_nobody_obeyed_are_left_out_and_none_at_all_is_told():
    journal = [entry("words", "w1", 1.0, text="slower"), entry("change", "p/1", 1.1, "w1")]
    assert delays(journal) == {}
    with pytest.raises(ProbeFailed, match="no correction"):
        rows({"go to the red ball": [0.1]}, 0.05)


def test_the_figure_is_in_cycles_and_counts_corrections_alone():
    found = rows({"slower": [0.02, 0.03, 0.2], "go to the red ball": [9.0]}, 0.05)
    assert found[0].value == pytest.approx(0.6) and found[0].unit == "cycles" and found[0].holds
    assert not rows({"slower": [0.2]}, 0.05)[0].holds
