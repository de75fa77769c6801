"""``skill-stack eval coarse_line``: figures of hands, their ratio, what is written, and a short run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.cli import main
from skill_stack.commands.measure.evaluate_coarse_line import line_figures, line_results
from skill_stack.core.errors import DataError
from skill_stack.training.coarse.pooled import sums_of
from skill_stack.training.coarse.suite import load_coarse_line_suite

FILE = Path(__file__).resolve().parents[3] / "config" / "scenarios" / "coarse_line.yaml"
SUITE = load_coarse_line_suite(FILE)


def rows(held: float, share: float, **changed: object) -> list[dict[str, object]]:
    """21 hands around a holding time, whose fingers do a share of what is meant and something else."""
    rng = np.random.default_rng(1)
    pairs = [(asked, share * asked + rng.normal(size=2)) for asked in rng.normal(size=(200, 2))]
    own = {"task": "x", "passed": True, "fingers": sums_of(pairs), "slides": sums_of([]), "ended": []}
    return [{**own, "seed": n, "held": held * (0.8 + 0.02 * n), **changed} for n in range(21)]


def figures(held: float, share: float) -> dict[str, object]:
    raw = {"joints": rows(8.0, 1.0), "take_posture": rows(16.0, 0.3)}
    return line_figures(SUITE, {**raw, SUITE.skill: rows(held, share)})


@pytest.mark.parametrize(("held", "share", "passed"), [(88.0, 3.0, True), (72.0, 3.0, False), (88.0, 0.3, False)])
def test_ten_times_as_long_as_the_told_joints_and_what_was_meant_are_asked(held, share, passed) -> None:
    found = figures(held, share)
    assert found["passed"] is passed
    assert found["times"]["joints"]["times"] == pytest.approx(held / 8.0)
    low, high = found["times"]["joints"]["interval"]
    assert low <= held / 8.0 <= high and found["times"]["take_posture"]["times"] == pytest.approx(held / 16.0)


def test_hands_whose_cube_never_lay_there_do_not_count() -> None:
    lost = [{**row, "passed": row["seed"] > 5, "held": row["held"] * (row["seed"] > 5)} for row in rows(8.0, 1.0)]
    found = line_figures(SUITE, dict.fromkeys((*SUITE.raw, SUITE.skill), lost))
    assert found["followers"]["joints"]["hands"] == 15 and found["times"]["joints"]["times"] == 1.0
    with pytest.raises(DataError, match="no cube"):
        line_figures(SUITE, dict.fromkeys((*SUITE.raw, SUITE.skill), rows(8.0, 1.0, passed=False)))


def test_a_hand_counts_that_keeps_its_cube_as_long_as_is_asked() -> None:
    by_who = {"joints": rows(8.0, 1.0), "take_posture": rows(16.0, 0.3), SUITE.skill: rows(80.0, 3.0)}
    results = line_results(SUITE, by_who, line_figures(SUITE, by_who))
    assert (results["episodes"], results["successes"], results["counts"]) == (21, 11, False)
    assert results["body"] == "allegro_right" and results["seeds"] == "0-20"


def test_a_short_run(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file, skill = tmp_path / "short.yaml", tmp_path / "allegro_right" / SUITE.skill
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({**data, "cap": 1.0}), encoding="utf-8")
    skill.mkdir(parents=True)
    command = ["eval", str(file), "--seeds", "3", "--workers", "1", "--into", str(skill.parent), "--fresh", "--json"]
    assert main(command) == 1, "nobody holds ten times as long within a second"
    told = json.loads(capsys.readouterr().out)
    assert (told["seeds"], told["passed"], set(told["followers"])) == ("3", False, {*SUITE.raw, SUITE.skill})
    assert json.loads((skill / "results.json").read_text(encoding="utf-8"))["episodes"] == 1
