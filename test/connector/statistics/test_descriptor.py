"""What runs say: counts that fade, regions that help one another, intervals that hold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill_stack.connector.statistics.beta import Beta
from skill_stack.connector.statistics.descriptor import HALF_LIFE, Descriptor, prior_from
from skill_stack.connector.statistics.run import Run


def run(outcome="succeeded", region="near", seconds=5.0, violated="", context="", **measured):
    return Run("here", 1, 0.0, "go2", "go_to", "go_to", region, context, outcome, violated, "", seconds, measured)


def learnt(*runs):
    known = Descriptor()
    for number, one in enumerate(runs):
        known.add(one, number)
    return known


def test_success_is_counted_where_it_happened():
    known = learnt(*[run()] * 20, *[run("failed", "far")] * 20)
    assert known.success(40, "near").mean > 0.8
    assert known.success(40, "far").mean < 0.2
    assert 0.35 < known.overall(40).mean < 0.65


def test_a_region_that_was_never_seen_is_less_certain_than_one_that_was():
    known = learnt(*[run()] * 30)
    low, high = known.success(30, "near").interval()
    unseen_low, unseen_high = known.success(30, "far").interval()
    assert unseen_high - unseen_low > high - low


def test_old_runs_count_less():
    known = learnt(*[run("failed")] * 10)
    fresh, old = known.overall(10), known.overall(10 + int(5 * HALF_LIFE))
    assert fresh.mean < 0.2
    assert old.weight == pytest.approx(2.0 + 10 / 32, rel=0.1)


@pytest.mark.parametrize("violated", ["no emergency stop", "target is known"])
def test_what_was_not_its_fault_says_nothing_about_success(violated):
    known = learnt(run("failed", violated=violated), run("interrupted"))
    assert known.runs == 2
    assert known.overall(2).weight == 2.0
    assert math.isnan(known.duration())


def test_costs_have_mean_and_deviation():
    known = learnt(run(energy=100.0), run(energy=200.0))
    data = known.to_json(2)["measured"]["energy"]
    assert data["mean"] == pytest.approx(150.0, rel=0.01)
    assert data["deviation"] == pytest.approx(50.0, rel=0.01)
    assert data["unit"] == "J"


def test_after_a_change_little_is_left_and_new_runs_count():
    known = learnt(*[run(seconds=5.0)] * 50)
    known.forget(50, 1.0)
    for number in range(4):
        known.add(run("failed", seconds=20.0), 50 + number)
    assert known.success(54, "near").mean < 0.45
    assert known.wasted.mean == pytest.approx(20.0)
    for number in range(4):
        known.add(run(seconds=9.0), 54 + number)
    assert known.duration("near") > 8.0


def test_results_that_a_skill_came_with_count_as_a_few_runs():
    assert prior_from({"episodes": 1000, "successes": 1000}).weight == pytest.approx(12.0)
    assert prior_from({"episodes": 4, "successes": 2}) == Beta(3.0, 3.0)
    assert prior_from(None) == Beta()


@settings(max_examples=50, deadline=None)
@given(st.floats(0.5, 50), st.floats(0.5, 50), st.floats(0.1, 0.99))
def test_an_interval_holds_its_share_of_the_posterior(won, lost, credible):
    posterior = Beta(won, lost)
    low, high = posterior.interval(credible)
    draws = np.random.default_rng(1).beta(won, lost, 4000)
    assert 0.0 <= low <= high <= 1.0
    assert np.mean((draws >= low) & (draws <= high)) == pytest.approx(credible, abs=0.05)
