"""The search for key-frames: judged as the evaluation judges, changes the numbers, goes on, and says what fails."""

import os

import numpy as np
import pytest
import yaml

pytest.importorskip("rsl_rl", reason="needs the extra 'train'")

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.keyframe_numbers import PostureSearchSettings, load_settings
from skill_stack.training.posture_search import PostureTrial, go_on, main

FOUND = Resources.from_environment(os.environ)
GO2 = load_robot(FOUND.robot("go2"), FOUND)
SETTINGS = load_settings(FOUND.find("models/go2/get_up", "skill"))
QUICK = ["--candidates", "2", "--each", "1", "--ticks", "20", "--generations", "1"]


def trial(skill="get_up", settings=SETTINGS, plain=False, each=2):
    return PostureTrial(GO2, FOUND, skill, settings, 1, each, plain)


def test_numbers_that_get_up_score_above_those_that_know_nothing():
    tried = trial(each=1)
    score, passed = tried.tried(np.stack([tried.mean, tried.numbers.plain()]), 500)
    assert passed.tolist() == [True, False] and score[0] > score[1]


def test_every_generation_has_worlds_of_its_own_and_its_candidates_the_same():
    tried = trial(each=1)
    first, _ = tried.tried(np.stack([tried.mean] * 2), 20)
    second, _ = tried.tried(np.stack([tried.mean] * 2), 20)
    assert first[0] == first[1] and second[0] == second[1] and first[0] != second[0]


def test_it_prints_and_keeps_what_it_found_and_goes_on_from_it(tmp_path, capsys):
    kept = tmp_path / "new" / "get_up.yaml"
    assert main(["go2", "get_up", "--plain", "--out", str(kept), *QUICK]) == 0
    told = capsys.readouterr()
    found = yaml.safe_load(told.out)
    assert found == yaml.safe_load(kept.read_text("utf-8")) and "did it" in told.err
    assert {name.rpartition("_")[0] for name in found["poses"]} == {"gather", "push", "roll"}
    assert found["posture"]["turns"][0]["keyframes"][3] == {"pose": "lie", "duration": 0.7, "kp": 60.0, "kd": 3.0}
    other = trial()
    go_on(other, kept)
    assert other.told(other.mean) == found
    assert main(["go2", "get_up", "--out", str(kept), *QUICK]) == 0
    assert "goes on" in capsys.readouterr().err


def test_it_may_begin_with_the_best_of_random_numbers():
    tried = trial(plain=True, each=1)
    before, spread = tried.mean, tried.spread
    assert "best of 3" in tried.begin_with_best(3, 20, 1)
    assert not np.array_equal(tried.mean, before) and (tried.spread < spread).all()
    assert (tried.mean >= tried.numbers.lower).all() and (tried.mean <= tried.numbers.upper).all()


def test_a_task_that_is_done_without_knowing_anything_is_a_message(monkeypatch):
    tried = trial()
    monkeypatch.setattr(tried, "_played", lambda numbers, seed, seconds: (0.0, True))
    with pytest.raises(DataError, match="nothing to find"):
        tried.tried(tried.mean[None], 500)


@pytest.mark.parametrize("text", ["", "posture: 3", "posture: {keyframes: []}", "[1, 2]"])
def test_a_file_of_something_else_is_a_message(tmp_path, text):
    path = tmp_path / "out.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="not what a search"):
        go_on(trial(), path)


def test_a_skill_without_keyframes_is_a_message(capsys):
    assert main(["go2", "walk", *QUICK]) == 1
    assert "no key-frames" in capsys.readouterr().err


def test_a_skill_without_a_task_is_a_message(tmp_path):
    shown = FOUND.find("config/scenarios/go2.yaml", "suite")
    suite = yaml.safe_load(shown.read_text("utf-8"))
    suite["tasks"] = [task for task in suite["tasks"] if task.get("skill") == "sit"]
    (tmp_path / "config" / "scenarios").mkdir(parents=True)
    (tmp_path / "config" / "scenarios" / "go2.yaml").write_text(yaml.safe_dump(suite), encoding="utf-8")
    overlaid = Resources.from_environment({"SKILL_STACK_PATH": str(tmp_path)})
    with pytest.raises(DataError, match="no task for 'get_up'"):
        PostureTrial(GO2, overlaid, "get_up", PostureSearchSettings(), 1, 1, False)


@pytest.mark.parametrize("option", ["--each", "--candidates", "--ticks"])
def test_nothing_to_try_is_a_message(option, capsys):
    assert main(["go2", "get_up", option, "0"]) == 1
    assert "at least 1" in capsys.readouterr().err
