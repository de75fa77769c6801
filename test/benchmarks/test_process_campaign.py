"""The campaign of real processes: what is counted, and what goes on where it ended."""

import dataclasses
import math

import pytest

from skill_stack.benchmarks.campaign import process_campaign as module
from skill_stack.benchmarks.campaign import shutdown_campaign as shutdowns
from skill_stack.benchmarks.campaign.judge import OLDEST
from skill_stack.benchmarks.campaign.kept_stack import MOST, KeptStack
from skill_stack.benchmarks.campaign.process_campaign import KINDS, ProcessVerdict, process_campaign, process_rows
from skill_stack.benchmarks.campaign.shutdown_campaign import KINDS as SHUTDOWNS
from skill_stack.benchmarks.campaign.shutdown_campaign import ShutdownVerdict, shutdown_rows

GOOD = ProcessVerdict(0, next(iter(KINDS)), "walking", 0.3, "", 1.0)


def test_counts_what_was_missed_and_what_never_began():
    missed = dataclasses.replace(GOOD, seed=1, problem="not so: damped", seconds=-1.0)
    unready = dataclasses.replace(GOOD, seed=2, problem="no status", seconds=-1.0, done=False)
    rows = {row.name: row for row in process_rows([GOOD, missed, unready])}
    total = rows["processes: as declared"]
    assert total.value == 50.0 and total.holds is False and "seed 1" in total.note and "seed 2" not in total.note
    assert rows[f"processes: {GOOD.fault}"].value == 0.3
    assert "1 did not get as far" in process_rows([GOOD, unready])[0].note


def test_goes_on_where_it_ended(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(
        module, "run_process_trial", lambda seed, kept: done.append(seed) or dataclasses.replace(GOOD, seed=seed)
    )
    for number in (2, 3):
        found = process_campaign(number, 5, tmp_path / "trials")
    assert done == [5, 6, 7] and [verdict.seed for verdict in found] == [5, 6, 7]


def test_no_trial_begins_after_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "run_process_trial", lambda seed, kept: dataclasses.replace(GOOD, seed=seed))
    process_campaign(2, 5, tmp_path / "trials")
    found = process_campaign(4, 5, tmp_path / "trials", end=-math.inf)
    assert [verdict.seed for verdict in found] == [5, 6]


@pytest.mark.e2e
@pytest.mark.slow
def test_every_fault_of_real_processes_meets_its_declared_reaction():
    found = process_campaign(len(KINDS), 0, None)
    assert all(verdict.done and verdict.as_declared for verdict in found), found


class FakeStack:
    """Notes what becomes of it; walks unless it was told to be tired."""

    made: list["FakeStack"] = []

    def __init__(self, name):
        self.name, self.is_sound, self.tired, self.ended = name, True, False, False
        FakeStack.made.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended = True

    def wait_active(self, patience=60.0):
        assert not self.tired, "not so: walk"


@pytest.fixture
def kept():
    FakeStack.made.clear()
    with KeptStack(FakeStack) as made:
        yield made


def test_a_stack_serves_several_trials_and_ends_with_the_campaign(kept):
    first = kept.walking()
    kept.serve()
    assert kept.walking() is first and kept.served == 1
    kept.give_up()
    assert first.ended and kept.walking() is not first


@pytest.mark.parametrize("how", ["unsound", "tired", "old"])
def test_a_stack_that_is_not_as_good_as_new_is_replaced(kept, how):
    first = kept.walking()
    for _ in range(MOST if how == "old" else 1):
        kept.serve()
    first.is_sound, first.tired = how != "unsound", how == "tired"
    second = kept.walking()
    assert second is not first and first.ended and kept.served == 0
    assert second.name != first.name


def test_a_trial_that_went_wrong_costs_the_stack_and_is_told(kept, monkeypatch):
    def fails(stack, rng):
        raise AssertionError("not so: damped")

    for name in KINDS:
        monkeypatch.setitem(KINDS, name, fails)
    monkeypatch.setattr(FakeStack, "play", lambda self, seconds: None, raising=False)
    verdict = module.run_process_trial(3, kept)
    assert verdict.done and not verdict.as_declared and FakeStack.made[0].ended
    module.run_process_trial(4, kept)
    assert len(FakeStack.made) == 2


def test_a_fresh_stack_that_does_not_walk_is_no_trial(kept, monkeypatch):
    def never(self, patience=60.0):
        raise AssertionError("no")

    monkeypatch.setattr(FakeStack, "wait_active", never)
    verdict = module.run_process_trial(3, kept)
    assert not verdict.done and verdict.problem == "no"


ENDED = ShutdownVerdict(0, next(iter(SHUTDOWNS)), "walking", 0.083, 0.07, 0.9, False, "", 1.0)


def test_shutdowns_count_what_was_too_old_and_name_its_seed():
    missed = dataclasses.replace(ENDED, seed=1, oldest=0.3, problem="an active command of 300 ms was in force")
    unready = dataclasses.replace(ENDED, seed=2, problem="no status", done=False)
    rows = {row.name: row for row in shutdown_rows([ENDED, missed, unready])}
    total, oldest = rows["shutdowns: as declared"], rows["shutdowns: oldest active command in force"]
    assert total.value == 50.0 and total.holds is False and "seed 1" in total.note
    assert oldest.value == pytest.approx(300.0) and oldest.holds is False
    assert shutdown_rows([ENDED])[1].holds is True


def test_shutdowns_go_on_where_they_ended(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(
        shutdowns, "run_shutdown_trial", lambda seed, kept: done.append(seed) or dataclasses.replace(ENDED, seed=seed)
    )
    for number in (2, 3):
        found = shutdowns.shutdown_campaign(number, 5, tmp_path / "trials")
    assert done == [5, 6, 7] and [verdict.seed for verdict in found] == [5, 6, 7]


@pytest.mark.e2e
@pytest.mark.slow
def test_a_device_without_a_dead_man_is_found_out(tmp_path):
    """Control process and supervisor killed at once: with the limit nothing old is in force, without it much is."""
    seed = list(SHUTDOWNS).index("control and supervisor killed")
    good = shutdowns.shutdown_campaign(1, seed, None)[0]
    bad = shutdowns.shutdown_campaign(1, seed, None, command_age=60.0)[0]
    assert good.done and good.as_declared and good.oldest <= OLDEST
    assert bad.done and bad.oldest > OLDEST and "in force" in bad.problem
