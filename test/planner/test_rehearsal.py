"""Rehearsal: trials spent where they decide, and the choice by the lower bound."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.core.errors import DataError
from skill_stack.core.plan import Plan, PlanNode
from skill_stack.core.world.scene import SceneGraph
from skill_stack.planner.candidate import USUAL, Candidate
from skill_stack.planner.rehearsal import Rehearsal
from skill_stack.planner.rehearsal_record import RehearsalSettings, lower_bound
from skill_stack.planner.trial import Trial, TrialJob, TrialSituation

HERE = TrialSituation(SceneGraph(), frozenset())


def candidates(count):
    tree = PlanNode("sequence", (PlanNode("skill", skill="wait"),))
    labels = [USUAL, *(f"try way {n}" for n in range(1, count))]
    return [Candidate(Plan(f"p{n}", "w", "plan", tree, reason="I will."), label) for n, label in enumerate(labels)]


class Played:
    """Trials by a table: candidate n succeeds in world w when ``works(n, w)``; each takes a second of the clock."""

    def __init__(self, works, seconds=lambda n: 1.0, outlook=lambda n: 0.5, cost=1.0):
        self.works, self.seconds, self.chance, self.cost = works, seconds, outlook, cost
        self.jobs, self.now, self.closed = [], 0.0, 0

    def outlook(self, situation, plans):
        return [self.chance(n) for n in range(len(plans))]

    def trials(self, situation, jobs):
        try:
            for job in jobs:
                self.jobs.append((job.candidate, job.world))
                self.now += self.cost
                passed = self.works(job.candidate, job.world)
                yield job, Trial(passed, "" if passed else f"way {job.candidate} is shut", self.seconds(job.candidate))
        finally:
            self.closed += 1

    def choose(self, count, **changes):
        given = RehearsalSettings(**{"seconds": 1e6, "candidates": 20, **changes})
        return Rehearsal(self, given, lambda: self.now).choose(candidates(count), HERE)


def test_a_first_candidate_that_always_works_runs_and_no_other_is_tried():
    played = Played(lambda n, w: True)
    result = played.choose(5, first=6)
    assert result.chosen == 0
    assert played.jobs == [(0, world) for world in range(6)]
    assert result.plan.reason == "I will. 6 of 6 rehearsals succeed."


def test_the_one_that_works_is_found_and_the_reason_tells_both_figures():
    played = Played(lambda n, w: n == 3)
    result = played.choose(6, most=8)
    assert result.chosen == 3
    assert result.plan.id == "p3"
    assert "I try way 3: 8 of 8 rehearsals succeed, the usual way 0 of" in result.plan.reason
    assert "(way 0 is shut)" in result.plan.reason


def test_every_candidate_is_tried_in_the_same_worlds():
    played = Played(lambda n, w: (n + w) % 2 == 0)
    played.choose(4)
    worlds = {n: sorted(w for m, w in played.jobs if m == n) for n in range(4)}
    assert all(tried == list(range(len(tried))) for tried in worlds.values())
    assert len(played.jobs) == len(set(played.jobs))


def test_the_worse_ones_get_fewer_trials():
    result = Played(lambda n, w: n in (2, 5) or w % 4 == 1).choose(8, most=12, tried=7)
    spent = [len(record.trials) for record in result.records]
    assert result.chosen in (2, 5)
    assert min(spent[2], spent[5]) > max(spent[n] for n in (1, 3, 4, 6, 7))


def test_equal_bounds_are_decided_by_the_time_the_task_takes():
    result = Played(lambda n, w: n > 0, seconds=lambda n: 20.0 - n).choose(4, most=4)
    assert result.chosen == 3


def test_when_time_is_over_the_best_so_far_runs_and_trials_are_closed():
    played = Played(lambda n, w: n == 1)
    result = played.choose(6, seconds=4.0)
    assert not result.complete
    assert played.now <= 5.0
    assert played.closed == len({0, 1}) or played.closed >= 1
    assert result.chosen == 1


def test_without_time_the_first_candidate_runs():
    result = Played(lambda n, w: True, cost=10.0).choose(3, seconds=1.0)
    assert result.chosen == 0
    assert sum(len(record.trials) for record in result.records) == 1


def test_without_any_trial_what_was_asked_runs_whatever_the_map_predicts():
    class Loading(Played):
        def trials(self, situation, jobs):
            return iter(())

    result = Loading(lambda n, w: True, outlook=lambda n: 0.2 if n == 0 else 0.9).choose(3)
    assert result.chosen == 0 and result.plan.reason == "I will. There was no time to rehearse it."


def test_what_was_not_tried_does_not_run_however_well_the_map_speaks_of_it():
    result = Played(lambda n, w: False, outlook=lambda n: 0.6 if n == 0 else 0.7, cost=10.0).choose(3, seconds=1.0)
    assert [len(record.trials) for record in result.records] == [1, 0, 0]
    assert result.chosen == 0 and "0 of 1 rehearsals succeed" in result.plan.reason


def test_a_poor_outlook_leaves_a_candidate_out():
    played = Played(lambda n, w: n > 0, outlook=lambda n: 0.0 if n in (1, 2, 3, 4) else 0.9)
    result = played.choose(9)
    assert result.chosen >= 5
    assert not {1, 2, 3, 4} & {n for n, _ in played.jobs}


def test_where_geometry_knows_better_the_first_one_is_not_tried_alone():
    played = Played(lambda n, w: n == 2 or w != 5, outlook=lambda n: 0.95 if n == 2 else 0.6)
    result = played.choose(4, first=4, most=8)
    assert played.jobs[1][0] != 0
    assert result.chosen == 2


def test_nothing_to_rehearse_is_an_error():
    with pytest.raises(DataError, match="at least one candidate"):
        Rehearsal(Played(lambda n, w: True), RehearsalSettings(), lambda: 0.0).choose([], HERE)


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.05, 0.1, 0.3]))
@settings(max_examples=60, deadline=None)
def test_the_bound_rises_with_successes_and_falls_with_failures(passed, failed, doubt):
    bound = lower_bound(passed, passed + failed, doubt)
    assert 0.0 < bound < 1.0
    assert lower_bound(passed + 1, passed + failed + 1, doubt) > bound
    assert lower_bound(passed, passed + failed + 1, doubt) < bound
    assert bound < (passed + 1) / (passed + failed + 2) + 1e-9 or doubt >= 0.5


def test_the_bound_is_that_of_the_beta_distribution():
    assert lower_bound(6, 6, 0.1) == pytest.approx(0.1 ** (1 / 7))
    assert lower_bound(0, 3, 0.1) == pytest.approx(1 - 0.9 ** (1 / 4))
    with pytest.raises(DataError, match="impossible"):
        lower_bound(3, 2, 0.1)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_whatever_happens_one_of_those_that_were_tried_runs_with_the_highest_bound(rates, seed):
    def works(n, w):
        return math.modf(math.sin(12.9898 * (n + 1) + 78.233 * w + seed) * 43758.5453)[0] % 1.0 < rates[n]

    result = Played(works).choose(len(rates))
    chosen, tried = result.records[result.chosen], [record for record in result.records if record.trials]
    bounds = [record.bound(result.settings) for record in tried]
    assert chosen in tried and chosen.bound(result.settings) == pytest.approx(max(bounds))
    assert all(len(record.trials) <= result.settings.most for record in result.records)
    assert result.to_json()["chosen"] == result.chosen


def test_jobs_carry_their_plan():
    assert TrialJob(1, candidates(2)[1].plan, 4).plan.id == "p1"
