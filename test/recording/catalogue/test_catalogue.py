"""The catalogue keeps up with its folder, and finds by words."""

import fcntl
import os
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from skill_stack import cli
from skill_stack.benchmarks.recording.made_episodes import MadeStep, MadeTask, joints, write_tasks
from skill_stack.core.errors import DataError
from skill_stack.language import bases
from skill_stack.recording.catalogue.catalogue import Catalogue
from skill_stack.recording.catalogue.question import QuestionReader, question_words
from skill_stack.recording.datasets.dataset import described
from skill_stack.recording.made_run import START, MadeRun, tick, write_ticks

NOW = datetime(2025, 10, 12, 12, tzinfo=timezone.utc)


def make(folder, name, *tasks, robot="go2", begin=START):
    run = MadeRun(folder, name, robot)
    list(write_tasks(run, tasks, begin))
    return run.end()


def push(task="t1", thing="box", outcome="succeeded", reason="", words="shove the {}"):
    step = MadeStep("push", {"target": thing}, 2.0, outcome, reason)
    return MadeTask(task, words.format(thing.replace("_", " ")), (step,), outcome, reason)


@pytest.fixture
def catalogue(tmp_path):
    make(tmp_path, "20251009-085320_go2", push(), push("t2", "red_ball", "failed", "the foot slipped"))
    make(tmp_path, "20251010-085320_g1", push("t1", "box"), robot="g1", begin=START + 86400)
    found = Catalogue(tmp_path, question_words().clause_breaks)
    assert found.refresh(lambda _: {"push": ("push", "shove")}) == 2
    yield found
    found.close()


def ask(catalogue, text):
    return QuestionReader(question_words(), bases).answer(catalogue, text, NOW)


def test_nothing_is_read_twice_and_what_is_gone_is_forgotten(catalogue):
    assert catalogue.refresh() == 0
    make(catalogue.folder, "20251011-085320_go2", push("t1", "chair"), begin=START + 2 * 86400)
    assert catalogue.refresh() == 1
    for path in (catalogue.folder / "20251009-085320_go2").iterdir():
        path.unlink()
    (catalogue.folder / "20251009-085320_go2").rmdir()
    catalogue.refresh()
    assert [one.name for one in catalogue.runs()] == ["20251010-085320_g1", "20251011-085320_go2"]
    assert {one.run for one in catalogue.episodes()} == {"20251010-085320_g1", "20251011-085320_go2"}
    assert not ask(catalogue, "when did it last push the red ball?").exact


def test_a_file_that_is_being_written_waits(tmp_path):
    run = MadeRun(tmp_path, "20251009-085320_go2")
    fcntl.flock(run._stream, fcntl.LOCK_EX)
    list(write_tasks(run, [push()]))
    run._stream.flush()
    catalogue = Catalogue(tmp_path)
    assert catalogue.refresh() == 0
    run.end()
    assert catalogue.refresh() == 1 and catalogue.runs()[0].whole
    catalogue.close()


def test_a_broken_file_is_listed_with_its_problem(catalogue):
    (catalogue.folder / "20251011-000000_go2.mcap").write_bytes(b"nothing of the kind")
    os.utime(catalogue.folder / "20251011-000000_go2.mcap", (START, START))
    catalogue.refresh()
    assert ["is no recording" in one.problem for one in catalogue.runs()].count(True) == 1
    assert len(catalogue.episodes()) == 3


def test_a_name_with_spaces_is_found_shown_and_exported(tmp_path, capsys):
    folder = tmp_path / "my recordings"
    run = MadeRun(folder, "the run of Zoë (old)")
    list(write_tasks(run, [MadeTask("t1", "push the box", (MadeStep("push", {"target": "box"}),))]))
    q = joints(50.0, 3.0, 12, np.random.default_rng(1))
    write_ticks(run, START, (tick(START + n / 50.0, n, row, row) for n, row in enumerate(q)), map(str, range(12)), 50.0)
    run.end()
    for line in (
        ["episodes", "show", "the run of Zoë (old)/t1"],
        ["dataset", "export", str(tmp_path / "a set"), "--all"],
    ):
        assert cli.main([*line, "--folder", str(folder)]) == 0
    assert "push target=box" in capsys.readouterr().out
    assert described(tmp_path / "a set")["episodes"] == 1


@pytest.mark.parametrize(
    ("choice", "count"),
    [({"robot": "g1"}, 1), ({"skill": "push"}, 3), ({"skill": "pus"}, 0), ({"outcome": "failed"}, 1),
     ({"window": (START + 86400, START + 1e6)}, 1), ({"run": "20251009-085320_go2"}, 2)],
)  # fmt: skip
def test_episodes_are_chosen(catalogue, choice, count):
    assert len(catalogue.episodes(**choice)) == count


def test_an_episode_is_named_by_its_end_if_that_is_enough(catalogue):
    assert catalogue.episode("go2/t2").reason == "the foot slipped"
    with pytest.raises(DataError, match="there are 2 episodes 't1'"):
        catalogue.episode("t1")


@pytest.mark.parametrize(
    ("text", "said", "number"),
    [
        ("when did it last push the box?", "20251010-085320_g1/t1", None),
        ("when did go2 last push the box?", "20251009-085320_go2/t1", None),
        ("how often did it shove the box?", "2 times", 2.0),
        ("how often did it shove the box on 9 October?", "1 time,", 1.0),
        ("how often did it push the ball?", "nothing", 0.0),
        ("how often did it try to push the ball?", "1 time,", 1.0),
        ("why did it fail to push the ball?", "the foot slipped", None),
        ("how long did it take to push the bxo?", "2.0 s", 2.0),
        ("what failed 3 days ago?", "20251009-085320_go2/t2", None),
    ],
)
def test_questions(catalogue, text, said, number):
    answer = ask(catalogue, text)
    assert said in answer.text
    assert answer.number == (pytest.approx(number) if number is not None else None)


@pytest.mark.parametrize(
    ("words", "first", "days"),
    [("yesterday", 11, 1), ("today", 12, 1), ("last week", -1, 7), ("on friday", 10, 1), ("on 2025-10-09", 9, 1),
     ("2 days ago", 10, 1), ("on october 3rd", 3, 1), ("this month", 1, 12)],
)  # fmt: skip
def test_spans_of_time(words, first, days):
    asked = QuestionReader(question_words(), bases).read(
        f"did it push the box {words.replace('october 3rd', 'october 3')}?", NOW
    )
    begin, end = (datetime.fromtimestamp(one, timezone.utc) for one in asked.window)
    assert begin == datetime(2025, 10, 1, tzinfo=timezone.utc) + timedelta(days=first - 1)
    assert end - begin == timedelta(days=days)
    assert asked.words == ("push", "box")
