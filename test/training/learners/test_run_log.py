"""What a run leaves behind, and whether it is stuck."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra 'train'")

from skill_stack.training.learners.learner import TrainingProgress
from skill_stack.training.learners.run_log import RunLog, StuckWatch, TrainingStuck


def test_a_run_that_no_longer_gets_better_is_stuck_and_says_where() -> None:
    watch = StuckWatch(patience=50, enough=0.75)
    with pytest.raises(TrainingStuck, match=r"no trend upwards in 50 iterations at level 0.50.*friction 0.40"):
        for _ in range(50):
            watch.update(0.5, 0.4, 0.3, "friction 0.40…0.58: 12 %")


@pytest.mark.parametrize(
    ("level", "tracking", "success", "patience"),
    [
        (lambda i: 0.5 + i * 2e-3, lambda i: 0.5, lambda i: 0.5, 50),
        (lambda i: 1.0, lambda i: 0.6, lambda i: i * 2e-3, 50),  # the velocity is as it was, the feet get right
        (lambda i: 1.0, lambda i: 0.8, lambda i: 0.5, 50),
        (lambda i: 0.5, lambda i: 0.1, lambda i: 0.1, 0),
    ],
)
def test_one_that_learns_or_is_done_or_may_take_its_time_is_not(level, tracking, success, patience) -> None:  # type: ignore[no-untyped-def]
    watch = StuckWatch(patience, enough=0.75)
    for iteration in range(250):
        watch.update(level(iteration), tracking(iteration), success(iteration), "")


def test_an_entry_is_a_line_for_people_a_row_and_an_event(tmp_path: Path) -> None:
    lines: list[str] = []
    log = RunLog(tmp_path / "run", lines.append)
    summary = {"reward": 1.0, "linear_error_mps": 0.1, "angular_error_radps": 0.2, "falls_per_minute": 0.0}
    log.write(TrainingProgress(10, 1000, 10.0, 20.0, 0.5, 3), summary, 0.4, 60.0, "vx 1.00…1.20: 40 %")
    log.close()
    assert "1.0 min left, 0.0 M ticks by then" in lines[0] and "vx 1.00" in lines[0]
    assert json.loads((tmp_path / "run" / "curve.jsonl").read_text())["steps"] == 1000
    assert list((tmp_path / "run").glob("events.*")), "TensorBoard reads the folder"
