"""Practice: the cheapest learner that holds, what is given up and why, and interruptions at any moment."""

import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from skill_stack.core.database import StoreError
from skill_stack.core.errors import DataError
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.evaluation.interval import success_interval
from skill_stack.practice.goal import Goal
from skill_stack.practice.practice import NoScene, NotKept, NotLearnt, Practice
from skill_stack.practice.practice_store import PracticeStore, PractisedRun
from skill_stack.practice.relabel import Label
from skill_stack.practice.settings import practice_settings


class Scripted:
    """A learner that reaches a goal in given worlds."""

    def __init__(self, name, worlds=(), problem="", keeps=None, raises=None, learns=None):
        self.name, self.worlds, self.problem, self.keeps, self.raises = name, set(worlds), problem, keeps, raises or {}
        self.learns, self.runs, self.kept, self.left = learns, [], [], []

    def suits(self, goal):
        return self.problem

    def learn(self, goal, seconds):
        self.left.append(seconds)
        if self.learns is not None:
            self.learns()

    def run(self, goal, seed):
        self.runs.append(seed)
        if seed in self.raises:
            raise self.raises.pop(seed)
        return PractisedRun(self.name, seed, seed in self.worlds, "" if seed in self.worlds else "too low", cpu=1.0)

    def keep(self, goal, passed, runs):
        if self.keeps is not None:
            raise self.keeps
        self.kept.append((goal.words, passed, runs))
        return "a_skill"


def nod(target=0.3):
    rewards = RewardSet.parse({"terms": [{"term": "base_pitch", "target": target}]}, "test")
    return Goal(robot="go2", words=f"nod by {target}", rewards=rewards)


@pytest.fixture
def store(tmp_path):
    with_file = PracticeStore(tmp_path / "practice.sqlite")
    yield with_file
    with_file.close()


def practice(store, *learners, told=None, **changes):
    settings = practice_settings().model_copy(update=changes)
    lower = lambda passed, runs: success_interval(passed, runs)[0]  # noqa: E731
    return Practice("go2", store, learners, settings, lower, (told if told is not None else []).append)


ALL = range(1, 30)


def test_the_first_learner_that_holds_is_taken_and_the_dearer_ones_are_not_tried(store):
    no, cheap, dear = Scripted("composition", problem="no skill"), Scripted("terms", ALL), Scripted("ppo", ALL)
    (kept,) = practice(store, no, cheap, dear).each([nod()])
    assert (kept.state, kept.learner) == ("kept", "terms") and cheap.kept == [("nod by 0.3", 10, 10)]
    assert no.runs == dear.runs == []


def test_what_does_not_hold_goes_to_the_next_learner_and_says_why(store):
    weak, next_one = Scripted("terms", range(3, 9)), Scripted("ppo", ALL)
    (kept,) = practice(store, weak, next_one).each([nod()])
    assert kept.learner == "ppo" and weak.runs == [1, 2]  # two failures of ten cannot have 0.5 as lower end any more
    (kept,) = practice(store, Scripted("a"), Scripted("b", [1, 2])).each([nod(-0.3)])
    assert kept.state == "given up" and "a: reached in 0" in kept.reason and "b: reached in 2 of 4" in kept.reason


def test_a_goal_that_nothing_comes_near_is_unsuited(store):
    (kept,) = practice(store, Scripted("a"), Scripted("b", problem="no such term")).each([nod()])
    assert kept.state == "unsuited" and "no such term" in kept.reason


def test_no_goal_twice_and_an_end_where_nothing_is_new(store):
    told = []
    learner = Scripted("terms", ALL)
    done = list(practice(store, learner, told=told, proposals=5).each(itertools.repeat(nod())))
    assert len(done) == 1 and learner.runs == list(range(1, 11)) and "nothing new in 5 proposals" in told[-1]


@pytest.mark.parametrize("moment", [1, 4, 10])
def test_interrupted_in_any_world_it_goes_on_there_and_nothing_is_lost(tmp_path, moment):
    first = PracticeStore(tmp_path / "p.sqlite")
    with pytest.raises(KeyboardInterrupt):
        list(practice(first, Scripted("terms", ALL, raises={moment: KeyboardInterrupt()})).each([nod()]))
    first.close()
    again, learner = PracticeStore(tmp_path / "p.sqlite"), Scripted("terms", ALL)
    (kept,) = practice(again, learner).each([])
    assert kept.state == "kept" and learner.runs == list(range(moment, 11))
    again.close()


def killed(path, left):
    """Practises until a statement that writes the record, before which this process gets SIGKILL."""
    moments, store = itertools.count(1), PracticeStore(Path(path))

    def before(text):
        if not text.startswith("SELECT") and next(moments) == left:
            os.kill(os.getpid(), signal.SIGKILL)

    store._database._connection.set_trace_callback(before)
    list(practice(store, Exemplary("terms", ALL)).each([nod()]))


class Exemplary(Scripted):
    """One whose runs are examples of two goals each."""

    def run(self, goal, seed):
        run = super().run(goal, seed)
        labels = (Label(nod(0.2).rewards, 0.0, 0.6), Label(nod(0.4).rewards, 0.6, 1.2))
        return PractisedRun(run.learner, run.seed, run.passed, run.reason, run.cpu, None, labels)


def test_killed_at_any_statement_of_a_write_no_row_is_lost_or_there_twice(tmp_path):
    """Each time SIGKILL comes in the row of one run more, two statements later: first before its beginning."""
    path, whole = tmp_path / "p.sqlite", 0
    command = "import sys; from test_practice import killed; killed(sys.argv[1], int(sys.argv[2]))"
    for statement in (1, 3, 5, 7):  # BEGIN, INSERT of the run (after a DELETE), of its second example, COMMIT
        first = 6 if statement == 1 else 3  # of the goal, and of the time of learning, which every process writes
        left = first + 7 * (statement > 1) + statement  # but for the first, after one whole row
        done = subprocess.run([sys.executable, "-c", command, str(path), str(left)], cwd=Path(__file__).parent)
        assert done.returncode == -signal.SIGKILL
        whole += statement > 1
        again = PracticeStore(path)
        (kept,) = again.goals("go2", "open")
        assert again.runs(kept.id, "terms") == dict.fromkeys(range(1, whole + 1), True)
        assert len(again.examples(kept.id)) == 2 * whole and again._database.sound()
        again.close()
    again, learner = PracticeStore(path), Exemplary("terms", ALL)
    (kept,) = practice(again, learner).each([])
    assert kept.state == "kept" and learner.runs == list(range(whole + 1, 11)) and kept.spent >= 10.0
    assert len(again.examples(kept.id)) == 20
    again.close()


def test_a_name_that_is_taken_is_told_and_the_goal_is_closed(store):
    (kept,) = practice(store, Scripted("terms", ALL, keeps=NotKept("there is a skill 'nod' already"))).each([nod()])
    assert kept.state == "given up" and "10 of 10 worlds, but not kept: there is a skill 'nod'" in kept.reason


def test_a_full_disk_while_it_is_kept_leaves_the_goal_open_without_new_runs(store):
    learner = Scripted("terms", ALL, keeps=DataError("no space left"))
    with pytest.raises(DataError, match="no space left"):
        list(practice(store, learner).each([nod()]))
    free = Scripted("terms", ALL)
    (kept,) = practice(store, free).each([])
    assert kept.state == "kept" and free.runs == []


def test_a_full_disk_under_the_record_is_told_and_what_was_there_stays(store):
    kept = store.propose(nod())
    store.add(kept.id, PractisedRun("terms", 1, True))
    (pages,) = store._database.query("PRAGMA page_count")[0]
    store._database.query(f"PRAGMA max_page_count = {pages}")  # as SQLite sees a disk without room
    with pytest.raises(StoreError, match="full; free space"):
        for seed in range(2, 2000):
            store.add(kept.id, PractisedRun("terms", seed, False, "x" * 500))
    assert store.runs(kept.id, "terms")[1] is True
    assert store._database.sound()


def test_a_refused_scene_is_told_and_left_out_and_too_many_end_the_goal(store):
    told = []
    few = Scripted("terms", ALL, raises={2: NoScene("scene 'p' is refused: it explodes")})
    (kept,) = practice(store, few, told=told).each([nod()])
    assert kept.state == "kept" and few.runs == list(range(1, 12)) and any("it explodes" in line for line in told)
    many = Scripted("terms", ALL, raises={seed: NoScene("it explodes") for seed in range(1, 10)})
    (kept,) = practice(store, many).each([nod(-0.3)])
    assert kept.state == "unsuited" and "it explodes" in kept.reason and many.runs == [1, 2, 3, 4]


def test_the_processor_time_of_a_goal_has_an_end(store):
    (kept,) = practice(store, Scripted("terms", ALL), minutes=0.05).each([nod()])
    assert kept.state == "given up" and "0.05 minutes of processor time are over" in kept.reason


def test_learning_counts_in_the_time_of_a_goal_and_the_next_learner_gets_what_is_left(store):
    clock = iter([0.0, 40.0, 100.0, 110.0, 200.0, 200.0]).__next__

    def nothing():
        raise NotLearnt("the best one stays 3.2 tolerances off")

    weak, good = Scripted("trajectory", learns=nothing), Scripted("policy", ALL)
    with_clock = practice(store, weak, good)
    with_clock._cpu, told = clock, []
    (kept,) = with_clock.each([nod()])
    assert (weak.left, good.left) == ([3600.0], [3560.0]) and weak.runs == []
    assert kept.learner == "policy" and kept.spent == 40.0 + 10.0 + 10 * 1.0
    late = practice(store, Scripted("policy", ALL), minutes=0.5)
    late._cpu, late._tell = iter([0.0, 60.0]).__next__, told.append
    (kept,) = late.each([nod(-0.3)])
    assert kept.state == "unsuited" and "0.5 minutes of processor time are over" in kept.reason, told
