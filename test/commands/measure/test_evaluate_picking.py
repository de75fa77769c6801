"""``skill-stack eval gantry_camera`` counts, keeps and goes on; what happens on a table, the nodes show elsewhere."""

import json

import pytest

from skill_stack.cli import main
from skill_stack.commands.measure.evaluate_picking import Tables
from skill_stack.evaluation.scores.pick_score import PickScore

pytest.importorskip("cv2", reason="the extra perception is not installed")


@pytest.fixture
def laid(tmp_path, monkeypatch):
    """Tables that nobody sets up: odd seeds fail, and seed 99 is interrupted. Gives the seeds that were laid."""
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    seeds = []

    def score(self, table):
        if table.seed == 99:
            raise KeyboardInterrupt
        seeds.append(table.seed)
        passed = table.seed % 2 == 0
        return PickScore(
            seed=table.seed, words=table.words, relation=table.relation, things=5, passed=passed, outcome="succeeded",
            reason="" if passed else "thing_1 was taken", taken="thing_0" if passed else "thing_1", right=passed,
            lifted=0.12 if passed else 0.0, pushed=0.0, plan="", seconds=12.0,
        )  # fmt: skip

    monkeypatch.setattr(Tables, "score", score)
    return seeds


def test_tables_are_counted_once_and_what_fails_is_said(laid, capsys) -> None:
    assert main(["eval", "gantry_camera", "--seeds", "2,4,5", "--json"]) == 1
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["suite"], found["episodes"], found["successes"]) == ("gantry_camera", 3, 2)
    assert found["wrong_thing_taken"] == 1 and found["misses"] == ["picked 0.667 is below 0.8"]
    assert "FAILED: thing_1 was taken" in said.err

    assert main(["eval", "gantry_camera", "--seeds", "2,4", "--json"]) == 0
    assert laid == [2, 4, 5], "what was measured is not measured again"
    assert main(["eval", "gantry_camera", "--seeds", "2", "--fresh"]) == 0
    assert laid == [2, 4, 5, 2]


def test_ctrl_c_keeps_what_was_measured(laid, capsys) -> None:
    assert main(["eval", "gantry_camera", "--seeds", "2,99"]) == 130
    assert "goes on from there" in capsys.readouterr().err
    assert main(["eval", "gantry_camera", "--seeds", "2"]) == 0
    assert laid == [2]
    assert "picked             1.000  1 of 1" in capsys.readouterr().out
