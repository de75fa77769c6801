"""Rows of a suite: what is there already is not measured again, and what is measured is kept at once."""

from pathlib import Path

import pytest

from skill_stack.commands.workers import measured_rows
from skill_stack.evaluation.episode_log import RowLog

JOBS = [("reach", 1), ("reach", 2), ("press", 1)]
VERSIONS = {"reach": "a", "press": "b"}


class Episodes:
    """Counts what it is asked for; ends as by Ctrl-C at a given one."""

    def __init__(self, interrupted=None):
        self.asked, self._interrupted = [], interrupted

    def __call__(self, _file, task, seed):
        self.asked.append((task, seed))
        if (task, seed) == self._interrupted:
            raise KeyboardInterrupt
        return {"task": task, "seed": seed, "passed": seed == 1, "reason": "" if seed == 1 else "it fell"}


@pytest.fixture
def log(tmp_path):
    return RowLog(tmp_path / "rows.jsonl")


def test_what_is_interrupted_goes_on_from_there(log, capsys):
    first, then = Episodes(interrupted=("press", 1)), Episodes()
    with pytest.raises(KeyboardInterrupt):
        measured_rows(first, Path("suite"), JOBS, VERSIONS, log, 1)
    assert "goes on from there" in (err := capsys.readouterr().err) and "reach seed 2: FAILED: it fell" in err
    rows = measured_rows(then, Path("suite"), JOBS, VERSIONS, log, 1)
    assert then.asked == [("press", 1)] and set(rows) == set(JOBS)
    assert "2 of 3 episodes are there already" in capsys.readouterr().err


def test_a_task_of_another_version_is_measured_again(log):
    measured_rows(Episodes(), Path("suite"), JOBS, VERSIONS, log, 1)
    again = Episodes()
    measured_rows(again, Path("suite"), JOBS, VERSIONS | {"press": "c"}, log, 1)
    assert again.asked == [("press", 1)]


@pytest.mark.parametrize("line", ['{"version": "a", "epis', "[]", '{"version": "a", "episode": {"seed": 1}}', "\x00"])
def test_a_line_that_was_cut_off_is_left_out_and_spoils_no_other(tmp_path, line):
    path = tmp_path / "rows.jsonl"
    path.write_text(line)
    log = RowLog(path)
    log.keep("a", {"task": "reach", "seed": 1})
    assert log.rows() == {("a", "reach", 1): {"task": "reach", "seed": 1}}
