"""``skill-stack practise``: a short practice of a listed goal, what is told of it, and that it is not done twice."""

import json
import shutil

import pytest

from skill_stack.cli import main


@pytest.fixture
def overlay(tmp_path, monkeypatch):
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    monkeypatch.setattr("os.nice", lambda _: 0)  # later tests would wait behind everybody else
    return tmp_path


def test_a_listed_goal_is_practised_once_and_told(overlay, capsys, monkeypatch):
    from skill_stack.practice import settings

    short = settings.practice_settings().model_copy(update={"worlds": 2, "holds": 0.1, "seconds": 2.0})
    monkeypatch.setattr(settings, "practice_settings", lambda: short)
    file = overlay / "goals.jsonl"
    goal = {"words": "nod slowly", "rewards": {"terms": [{"term": "base_pitch", "target": 0.3}]}}
    file.write_text(json.dumps(goal) + "\n")
    asked = ["practise", "go2", "--goals", str(file), "--most", "1", "--json"]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # as without torch
    assert main(asked) == 0
    told = capsys.readouterr()
    assert "no policies are tried where cheaper ways fail: learning needs the extra 'train'" in told.err
    (row,) = json.loads(told.out)["goals"]
    assert row["state"] == "kept" and row["words"] == "nod slowly" and "2 of 2 worlds" in row["reason"]
    assert (overlay / "overlay/models/go2/nod_slowly/origin.json").is_file()
    shutil.rmtree(overlay / "overlay/models")
    assert main(["practise", "go2", "--list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["goals"] == [row]


def test_a_robot_that_cannot_and_one_that_is_not_there_are_told(overlay, capsys):
    assert main(["practise", "leap", "--most", "1"]) == 1 or "reward terms" in capsys.readouterr().err
    assert main(["practise", "nobody", "--list"]) != 0
    assert "there is no robot 'nobody'" in capsys.readouterr().err
