"""``skill-stack eval coarse``: the ratio of holding times, and a short run with the example."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

pytest.importorskip("torch", reason="needs the extra 'train'")
pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.cli import main
from skill_stack.commands.measure.evaluate_coarse import compared_row
from skill_stack.training.coarse.judge import FollowingScore
from skill_stack.training.coarse.suite import load_coarse_suite

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "config" / "scenarios" / "coarse.yaml"
SUITE = load_coarse_suite(FILE)


def score(seconds: float, fingers: float) -> FollowingScore:
    spread = np.linspace(0.9, 1.1, 101)  # its median is 1
    return FollowingScore(seconds * spread, fingers, 0.1, 0.5)


@pytest.mark.parametrize(
    ("held", "fingers", "passed"), [(110.0, 0.8, True), (90.0, 0.8, False), (110.0, 0.6, False)]
)  # fmt: skip
def test_ten_times_as_long_and_what_was_meant_are_both_asked(held: float, fingers: float, passed: bool) -> None:
    row = compared_row(SUITE, 1, score(10.0, 0.5), score(held, fingers))
    low, high = row["interval"]
    assert row["times"] == pytest.approx(held / 10.0) and low < held / 10.0 < high
    assert row["passed"] is passed
    assert row == compared_row(SUITE, 1, score(10.0, 0.5), score(held, fingers))


def test_the_skill_is_measured_against_raw_retargeting(tmp_path, capsys) -> None:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    file = tmp_path / "short.yaml"
    file.write_text(yaml.safe_dump({**data, "hands": 2, "cap": 1.0}), encoding="utf-8")
    assert main(["eval", str(file), "--seeds", "3", "--json"]) == 1, "nobody holds ten times as long within a second"
    told = json.loads(capsys.readouterr().out)
    (row,) = told["rows"]
    assert (told["seeds"], row["seed"], row["passed"]) == ("3", 3, False)
    assert row["raw"]["held_median"] <= 1.0 and row["skill"]["held_median"] <= 1.0
