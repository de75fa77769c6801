"""The record of runs survives kills, tells what was running then, and takes in the record of another robot."""

import os
import signal
import subprocess
import sys

import pytest

from skill_stack.connector.statistics.keeper import RunKeeper
from skill_stack.connector.statistics.run import Run
from skill_stack.connector.statistics.store import KILLED, RunStore, own_runs, store_path
from skill_stack.core.database import StoreError
from skill_stack.core.resources import Resources

WRITER = """
import sys
from pathlib import Path
from skill_stack.connector.statistics.run import Run
from skill_stack.connector.statistics.store import RunStore
store = RunStore(Path(sys.argv[1]))
for n in range(100000):
    run = Run("", 0, float(n), "go2", "go_to", "go_to", "near", "", "succeeded", request=f"plan/{n}", seconds=2.0)
    number = store.begin(run)
    store.end(number, run)
    print(number, flush=True)
"""


def run(number=0, time=0.0, outcome="succeeded", origin=""):
    measured = {"energy": 3.0}
    return Run(origin, number, time, "go2", "go_to", "go_to", "near", "", outcome, "", f"p/{number}", 2.0, measured)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs.sqlite"


def test_a_run_comes_back_as_it_was(path):
    with RunStore(path) as store:
        number = store.begin(run())
        store.end(number, run(outcome="failed"))
    with RunStore(path, existing=True) as store:
        (found,) = store.ended("go2")
    assert (found.outcome, found.measured, found.origin) == ("failed", {"energy": 3.0}, store.origin)


def test_own_runs_are_those_that_no_other_robot_shared(tmp_path, path):
    resources = Resources.from_environment({"SKILL_STACK_OVERLAY": str(tmp_path)})
    assert own_runs(resources, "go2") == () and not store_path(resources).exists()
    with RunStore(store_path(resources)) as store:
        store.end(store.begin(run(1)), run(1))
        store.merge([run(7, time=5.0, origin="another robot")])
        assert len(store.ended("go2")) == 2
    assert [one.request for one in own_runs(resources, "go2")] == ["p/1"] and own_runs(resources, "g1") == ()


def test_what_was_running_when_it_was_killed_is_interrupted(path):
    with RunStore(path) as store:
        store.begin(run())
        assert store.ended() == ()
    with RunStore(path) as looked_at:
        assert looked_at.ended() == ()
    with RunStore(path, end_running=True) as store:
        (found,) = store.ended()
    assert (found.outcome, found.violated, found.counts) == ("interrupted", KILLED, False)


def test_a_kill_at_any_moment_leaves_every_run_that_was_told(path):
    told = 0
    for after in (1, 4, 9):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(after):
            told = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read().split("\n")[:-1]
        told = int(rest[-1]) if rest else told
        writer.wait()
        with RunStore(path, end_running=True) as store:
            assert store.sound()
            found = {one.number: one for one in store.ended()}
        assert all(found[number].succeeded for number in range(after, told + 1) if number in found)
        assert set(range(1, told + 1)) <= set(found)


def test_merging_is_the_same_in_any_order_and_as_often_as_one_likes(tmp_path):
    files = [tmp_path / f"{name}.sqlite" for name in "abc"]
    for number, file in enumerate(files):
        with RunStore(file) as store:
            for time in range(number + 1):
                store.end(store.begin(run(time=time + 10.0 * number)), run())
    contents = []
    for order in ((0, 1, 2), (2, 1, 0, 1)):
        with RunStore(tmp_path / f"merged{order[0]}.sqlite") as merged:
            for index in order:
                with RunStore(files[index], existing=True) as source:
                    merged.merge(source.ended())
            contents.append([(one.origin, one.number, one.time) for one in merged.ended()])
    assert contents[0] == contents[1]
    assert len(contents[0]) == 6


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreError, match=r"no file .*nowhere.*runs\.sqlite"):
        RunStore(tmp_path / "nowhere.sqlite", existing=True)


def test_the_keeper_writes_in_the_background(path):
    told = []
    keeper = RunKeeper(path, "go2", told.append)
    for number in range(20):
        keeper.begun(run(number))
        keeper.ended(run(number))
    keeper.begun(run(99))
    keeper.close()
    again = RunKeeper(path, "go2", told.append)
    again.close()
    assert [one.outcome for one in again.known] == ["succeeded"] * 20 + ["interrupted"]
    assert told == []


def test_a_record_that_cannot_be_written_is_told_and_stops_nothing(tmp_path):
    told = []
    keeper = RunKeeper(tmp_path / "no" / "such" / "runs.sqlite", "go2", told.append)
    keeper.begun(run())
    keeper.close()
    assert keeper.known == ()
    assert len(told) == 1
    assert "cannot be used" in told[0]


def test_only_runs_of_this_robot_are_its_own(path):
    with RunStore(path) as store:
        store.end(store.begin(run(time=1.0)), run(time=1.0))
        store.merge([run(7, 2.0, origin="another robot")])
    keeper = RunKeeper(path, "go2", pytest.fail)
    keeper.close()
    assert len(keeper.known) == 2 and [one.time for one in keeper.own] == [1.0]
