"""``skill-stack retarget``: what it prints, and what it says of what cannot be."""

import json

import pytest

from skill_stack.cli import main
from skill_stack.connector.retargeting.synergy_space import load_space


def test_a_posture_of_one_hand_on_another(capsys) -> None:
    assert main(["retarget", "allegro_left", "allegro_right", "--pose", "point", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["synergies"]) == 8 and len(told["joints"]) == 16 and told["largest_error_m"] < 0.03
    assert told["joints"]["joint_1.0"] < 0.5 < 1.0 < told["joints"]["joint_5.0"], "the index finger alone is straight"


def test_joints_and_parts_may_be_named(capsys) -> None:
    words = [
        "retarget",
        "g1_hands:left_hand",
        "leap",
        "--pose",
        "default",
        "--joints",
        "joint_1.0=1.5",
        "--synergies",
        "6",
    ]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "if_mcp" in told and len(told.splitlines()[0].split()) == 7


def test_errors_between_all_hands(capsys) -> None:
    assert main(["retarget", "--measure", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["pairs"]) == 20 and all(0.0 < pair["mean"] < 0.05 for pair in told["pairs"])
    assert main(["retarget", "--measure", "1"]) == 0
    assert "out of reach" in capsys.readouterr().out


def test_errors_between_two_hands_alone(capsys) -> None:
    assert main(["retarget", "allegro_right", "g1_hands:left_hand", "--measure", "3", "--json"]) == 0
    pairs = json.loads(capsys.readouterr().out)["pairs"]
    assert len(pairs) == 2 and all(0.0 < pair["mean"] < 0.03 for pair in pairs)


def test_synergies_are_computed_and_can_be_read_again(capsys, tmp_path) -> None:
    assert main(["retarget", "--fit", str(tmp_path / "synergies.yaml")]) == 0
    assert load_space(tmp_path / "synergies.yaml").explained > 0.95


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["leap"], "the one that takes"),
        (["go2", "leap", "--pose", "stand"], "fingertips.index"),
        (["leap", "allegro_right", "--joints", "thumb=1"], "no joint 'thumb'"),
        (["leap", "allegro_right", "--joints", "if_mcp=much"], "NAME=RAD"),
        (["leap", "allegro_right", "--pose", "fit"], "fist"),
        (["leap", "allegro_right", "--synergies", "99"], "there are 8"),
        (["--measure", "0"], "at least 1"),
        (["leap", "--live", "--namespace", "nobody_here"], "nobody_here"),
    ],
)
def test_what_cannot_be_is_said(words, said, capsys) -> None:
    assert main(["retarget", *words]) != 0
    assert said in capsys.readouterr().err
