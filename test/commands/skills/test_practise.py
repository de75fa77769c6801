"""``skill-stack practise``: a short practice of a listed goal, what is told of it, and that it is not done twice."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from skill_stack.cli import main

KILLED = """
import os, signal, sqlite3, sys
import mujoco
from skill_stack.cli import main
from skill_stack.core.database import Database
from skill_stack.practice import settings

short = settings.practice_settings().model_copy(update={"worlds": 2, "holds": 0.1, "seconds": 1.0})
settings.practice_settings = lambda: short
os.nice = lambda _: 0
what, left = sys.argv[1], int(sys.argv[2])


def count(_=None):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


step, opened = mujoco.mj_step, Database._open


def stepped(*arguments):
    count()
    step(*arguments)


def traced(self):
    connection = opened(self)
    if self.path.name == "practice.sqlite":
        connection.set_trace_callback(lambda text: None if text.startswith(("SELECT", "PRAGMA", "CREATE")) else count())
    return connection


if what == "step":
    mujoco.mj_step = stepped
elif what == "write":
    Database._open = traced
sys.exit(main(["practise", "go2", "--goals", sys.argv[3], "--most", "1", "--json"]))
"""
"""Practises a short goal, and is killed before a physics step, or before a statement that writes the record."""


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


def record(path):
    """Goals, runs and examples of the record of practice, without processor times; and that it is whole."""
    with closing(sqlite3.connect(path / "overlay/practice/practice.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        goals = database.execute("SELECT key, state, reason FROM goal ORDER BY id").fetchall()
        runs = database.execute("SELECT learner, seed, passed, positions FROM run ORDER BY id").fetchall()
        examples = database.execute(
            "SELECT run.seed, example.goal, began, ended FROM example JOIN run ON run.id = example.run ORDER BY 1, 2, 3"
        ).fetchall()
        (lone,) = database.execute("SELECT count(*) FROM example WHERE run NOT IN (SELECT id FROM run)").fetchone()
    assert lone == 0
    return goals, runs, examples


def practise(path, what, number):
    """Exit code of a practice in a process of its own, which is killed at a moment."""
    file = path / "goals.jsonl"
    file.write_text(json.dumps({"words": "nod slowly", "rewards": {"terms": [{"term": "base_pitch", "target": 0.3}]}}))
    here = {**os.environ, "SKILL_STACK_OVERLAY": str(path / "overlay"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", KILLED, what, str(number), str(file)]
    return subprocess.run(command, env=here, capture_output=True, timeout=300).returncode


@pytest.mark.slow
def test_killed_in_a_run_and_in_a_write_it_goes_on_and_no_row_is_lost_or_there_twice(tmp_path):
    assert practise(tmp_path, "step", 1200) == -signal.SIGKILL, "in the second run"
    first = record(tmp_path)
    assert [seed for _, seed, *_ in first[1]] == [1] and first[0][0][1] == "open"
    assert practise(tmp_path, "write", 5) == -signal.SIGKILL, "the run is written, its examples are not"
    assert record(tmp_path) == first, "what was not whole is not there"
    assert practise(tmp_path, "never", 1) == 0
    goals, runs, examples = record(tmp_path)
    assert runs[0] == first[1][0] and [seed for _, seed, *_ in runs] == [1, 2] and all(passed for *_, passed, _ in runs)
    assert examples[: len(first[2])] == first[2] and {seed for seed, *_ in examples} == {1, 2}
    assert [state for _, state, _ in goals] == ["kept"] and "2 of 2 worlds" in goals[0][2]
