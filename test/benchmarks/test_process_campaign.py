"""The campaign of real processes: what is counted, and what goes on where it ended."""

import dataclasses

import pytest

from skill_stack.benchmarks.campaign import process_campaign as module
from skill_stack.benchmarks.campaign.kept_stack import MOST, KeptStack
from skill_stack.benchmarks.campaign.process_campaign import KINDS, ProcessVerdict, process_campaign, process_rows

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
