"""``skill-stack prepare`` measures every provider, keeps what it found, and says it."""

import json

import pytest

from skill_stack.benchmarks.control.synthetic_robot import write_robot
from skill_stack.cli import main


@pytest.fixture
def overlay(tmp_path, monkeypatch):
    write_robot(tmp_path / "data", "made_up", 3, 50.0, (8,), policies=2)
    monkeypatch.setenv("SKILL_STACK_PATH", str(tmp_path / "data"))
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    return tmp_path / "overlay"


def test_each_network_once_with_every_provider(overlay, capsys):
    assert main(["prepare", "made_up", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [sorted(network["skills"]) for network in said["networks"]] == [["stand", "walk"], ["walk_02"]]
    for network in said["networks"]:
        trials = {trial["provider"]: trial for trial in network["trials"]}
        assert set(trials) == {"cpu", "cuda", "tensorrt"}
        assert trials["cpu"]["agrees"] and trials["cpu"]["milliseconds"] > 0
        assert all(trial["agrees"] or trial["reason"] for trial in trials.values())
        assert trials[network["provider"]]["agrees"]
    kept = [json.loads(path.read_text()) for path in overlay.glob("engines/*/prepared.json")]
    assert len(kept) == 2 and {item["conditions"] for item in kept} == {said["conditions"]}


def test_people_see_a_table(overlay, capsys):
    assert main(["prepare", "made_up"]) == 0
    out = capsys.readouterr().out
    assert "stand, walk" in out and "chosen: " in out and "tensorrt" in out


def test_a_robot_that_does_not_exist_and_a_spoilt_file(overlay, capsys, tmp_path):
    assert main(["prepare", "nobody"]) == 1
    assert "made_up" in capsys.readouterr().err
    (tmp_path / "data" / "models" / "made_up" / "walk_02" / "policy.onnx").write_bytes(b"spoilt")
    assert main(["prepare", "made_up"]) == 1
    shown = capsys.readouterr()
    assert "stand, walk" in shown.out and "walk_02: " in shown.err
