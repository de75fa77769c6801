"""``skill-stack clip``: a file for trackers, a skill, and what it says of what cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from skill_stack.cli import main
from skill_stack.core.data_file import load_model
from skill_stack.core.skills.skill import SkillSpec

GREETING = Path(__file__).resolve().parents[3] / "examples" / "clips" / "greeting.bvh"


def test_a_file_and_a_skill_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mink", reason="needs the extra 'motion'")
    out = tmp_path / "clip.npz"
    words = ["clip", str(GREETING), "g1", "--out", str(out), "--skill", "greet", "--folder", str(tmp_path)]
    assert main([*words, "--rate", "10", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["frames"] == 80 and told["mean_error_m"] < 0.03 and told["written"][0] == str(out)
    with np.load(out, allow_pickle=False) as clip:
        assert clip["joint_pos"].shape == (80, 29) and clip["body_quat_w"].shape == (80, 2, 4)
    assert load_model(SkillSpec, tmp_path / "greet" / "skill.yaml").name == "greet"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([str(GREETING), "g1"], "--out"),
        (["none.bvh", "g1", "--out", "clip.npz"], "cannot be read"),
        ([str(GREETING), "robin", "--out", "clip.npz"], "robin"),
    ],
)
def test_what_cannot_be_is_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clip", *words]) != 0
    assert said in capsys.readouterr().err
