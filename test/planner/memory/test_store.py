"""The store keeps every record that it said it kept, through kills; what is deleted is gone from the file."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from skill_stack.core.database import StoreError
from skill_stack.core.errors import DataError
from skill_stack.planner.memory.experience import LONGEST_TEXT, Experience
from skill_stack.planner.memory.store import ExperienceStore

WRITER = """
import sys
from pathlib import Path
from skill_stack.planner.memory.experience import Experience
from skill_stack.planner.memory.store import ExperienceStore
store = ExperienceStore(Path(sys.argv[1]))
for n in range(100000):
    number = store.record(Experience("words " * 200, "toy", float(n), 1.0, "succeeded", "x" * 500))
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "experience.sqlite"


def test_what_was_recorded_comes_back(path, task):
    made = task(False, "open(door)", "near(robot, cup)")
    with ExperienceStore(path) as store:
        number = store.record(made)
        store.record(task(True, words="and another"))
    with ExperienceStore(path) as store:
        assert store.get(number) == replace(made, id=number)
        assert Experience.from_json(json.loads(json.dumps(made.to_json()))) == made
        assert [one.words for one in store.all("toy")] == ["grasp the cup", "and another"]
        assert [one.words for one in store.all("toy", newest=1)] == ["and another"]
        assert store.all("another robot") == ()
        assert tuple(store.each("toy", 2)) == store.all("toy")
        assert [one.words for one in store.each("toy", 1)] == ["and another"]


def test_a_kill_at_any_moment_loses_nothing_that_was_told_and_leaves_the_file_whole(path):
    told = 0
    for round_ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, env={**os.environ}
        )
        assert process.stdout is not None
        for _ in range(3 + 7 * round_):  # another moment each time
            told = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split("\n")
        told = max([told, *(int(line) for line in rest[:-1])])
        process.wait()
        with ExperienceStore(path) as store:
            kept = store.all()
            assert [one.id for one in kept] == list(range(1, kept[-1].id + 1))
            assert kept[-1].id in (told, told + 1)  # the last may have been kept but not told
            assert {one.explanation for one in kept} == {"x" * 500}
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_is_deleted_is_in_no_file_any_more(path, task):
    with ExperienceStore(path) as store:
        first = store.record(task(True, words="the secret of the pharaoh"))
        store.record(task(True, words="nothing special"))
        assert store.delete([first, 77]) == 1
        files = [one for one in path.parent.iterdir() if one.name.startswith(path.name)]
        assert all(b"pharaoh" not in one.read_bytes() for one in files)
        assert [one.words for one in store.all()] == ["nothing special"]
        assert store.clear("toy") == 1
        assert store.all() == ()
        with pytest.raises(DataError, match="the memory is empty"):
            store.get(first)


def test_numbers_are_not_used_again(path, task):
    with ExperienceStore(path) as store:
        first = store.record(task(True))
        store.delete([first])
        assert store.record(task(True)) > first


@pytest.mark.parametrize(
    "words",
    ["'; DROP TABLE experience; --", "\x00\x1b[31mred", "\udc80 broken", "𝕦𝕟𝕚𝕔𝕠𝕕𝕖 \n\t", "x" * 100_000, ""],
)
def test_text_is_data(path, task, words):
    with ExperienceStore(path) as store:
        number = store.record(task(True, words=words))
        kept = store.get(number).words
        assert len(kept) <= LONGEST_TEXT
        assert kept == words[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")
        assert len(store.all()) == 1


def test_two_writers_wait_for_each_other(path, task):
    def write():
        with ExperienceStore(path) as store:
            for _ in range(20):
                store.record(task(True))

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with ExperienceStore(path) as store:
        assert len(store.all()) == 60


def test_a_file_that_is_no_database_is_kept_beside_the_new_one(path, task):
    path.write_bytes(b"this is no database, but perhaps somebody needs it" * 100)
    with ExperienceStore(path) as store:
        store.record(task(True))
        assert len(store.all()) == 1
    assert path.with_name(path.name + ".damaged").read_bytes().startswith(b"this is no database")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(StoreError, match="nowhere"):
        ExperienceStore(tmp_path / "nowhere" / "experience.sqlite")


@pytest.mark.parametrize("data", [None, [], {"words": "a"}, {"words": 1, "robot": "x", "things": [], "steps": [{}]}])
def test_what_is_no_experience_is_refused(data):
    with pytest.raises(DataError, match="no experience"):
        Experience.from_json(data)


def test_edits_are_kept_by_robot_and_key(path):
    with ExperienceStore(path) as store:
        store.edit("toy", "a", {"state": "deleted"})
        store.edit("toy", "a", {"state": "pinned"})
        store.edit("other", "a", {"state": "deleted"})
        assert store.edits("toy") == {"a": {"state": "pinned"}}
        store.edit("toy", "a", None)
        assert store.edits("toy") == {}
