"""Two reports are compared task by task, and what is no report is refused."""

from pathlib import Path

import pytest

from skill_stack.core.errors import DataError
from skill_stack.evaluation.comparison import compare_all, outcomes_of_report, summary


def outcomes(task, passed):
    return {(task, seed): seed in passed for seed in range(1, 21)}


def test_each_task_and_all_together():
    before = {**outcomes("turn", {1, 2}), **outcomes("sit", {1, 2, 3})}
    after = {**outcomes("turn", set(range(1, 21))), **outcomes("sit", {2, 3})}
    sit, turn, whole = compare_all(before, after, "go2")
    assert (sit.name, turn.name, whole.name) == ("sit", "turn", "all of go2")
    assert (sit.pairs.lost, sit.pairs.won, turn.pairs.won) == (1, 0, 18)
    assert (sit.sequential.verdict, turn.sequential.verdict) == ("undecided", "better")
    assert whole.pairs.episodes == 40
    data = summary([sit, turn, whole])
    assert data["all"]["won"] == 18
    assert [task["verdict"] for task in data["tasks"]] == ["undecided", "better"]
    assert "won   18" in turn.line()


def test_reports_are_read():
    data = {"tasks": [{"task": "turn", "runs": [{"seed": 1, "passed": True}, {"seed": 2, "passed": False}]}]}
    assert outcomes_of_report(data, Path("a.json")) == {("turn", 1): True, ("turn", 2): False}


@pytest.mark.parametrize("data", [[], {}, {"tasks": 3}, {"tasks": [{"task": "a"}]},
                                  {"tasks": [{"runs": [{"seed": 1}]}]},
                                  {"tasks": [{"task": "a", "runs": [{"seed": 1, "passed": "yes"}]}]}])  # fmt: skip
def test_what_is_no_report_is_named(data):
    with pytest.raises(DataError, match="a.json"):
        outcomes_of_report(data, Path("a.json"))
