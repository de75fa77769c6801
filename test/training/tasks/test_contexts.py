from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_stack.training.tasks.contexts import NeedMap


def test_what_fails_is_drawn_more_often() -> None:
    needs, rng = NeedMap(["friction"], [(0.4, 1.4)], bins=5), np.random.default_rng(0)
    values = rng.uniform(0.4, 1.4, (4000, 1))
    needs.report(values, values[:, 0] > 0.6)
    candidates = rng.uniform(0.4, 1.4, (4, 4000, 1))
    chosen = candidates[needs.choose(candidates, rng), np.arange(4000), 0]
    assert (chosen < 0.6).mean() > 1.8 * 0.2
    assert (chosen > 0.6).mean() > 0.2, "what succeeds is not forgotten"
    assert needs.weakest().startswith("friction 0.40…0.60: ")
    assert needs.success[0, 0] < 0.05 and needs.success[0, 1:].min() > 0.95


def test_a_failure_along_one_axis_is_a_need_whatever_the_others_are() -> None:
    needs = NeedMap(["vx", "mass"], [(0.0, 1.0), (-1.0, 1.0)], bins=2)
    cases = np.array([[0.1, -0.5], [0.9, 0.5]] * 500)
    needs.report(cases, cases[:, 0] < 0.5)
    needs.report(np.array([[0.1, 0.5], [0.1, -0.5]] * 2000), np.ones(4000, dtype=bool))
    assert needs.need(np.array([0.9, -0.5])) > 2 * needs.need(np.array([0.1, -0.5]))


@given(values=st.lists(st.floats(-10, 10), min_size=1, max_size=20), outcome=st.booleans(), bins=st.integers(1, 7))
def test_success_stays_a_share_and_need_stays_positive(values: list[float], outcome: bool, bins: int) -> None:
    needs, cases = NeedMap(["a"], [(-1.0, 1.0)], bins), np.array(values)[:, None]
    needs.report(cases, np.full(len(cases), outcome))
    assert ((needs.success >= 0) & (needs.success <= 1)).all()
    need = needs.need(cases)
    assert ((need > 0) & (need <= 1)).all()


def test_without_axes_every_candidate_is_as_good() -> None:
    needs, rng = NeedMap([], []), np.random.default_rng(0)
    chosen = needs.choose(np.zeros((4, 8000, 0)), rng)
    assert np.bincount(chosen) / 8000 == pytest.approx(np.full(4, 0.25), abs=0.03)
    assert needs.weakest() == ""


def test_another_run_begins_with_what_was_measured() -> None:
    here = NeedMap(["mass", "vx"], [(-2.0, 2.0), (0.0, 1.0)], 4)
    there = NeedMap(["vx", "mass"], [(0.0, 1.0), (0.0, 8.0)])
    here.success[0] = [1.0, 0.8, 0.4, 0.0]
    here.success[1] = [0.9, 0.7, 0.5, 0.3]
    assert there.begin_with(here.measured()) == 2
    assert there.success[1] == pytest.approx([0.28, 0.0, 0.0, 0.0, 0.0])
    assert there.success[0, 0] == pytest.approx(0.9) and there.success[0, 2] == pytest.approx(0.6)
    assert (np.diff(there.success[0]) < 0).all()


def test_what_another_run_did_not_measure_stays() -> None:
    needs = NeedMap(["slope"], [(0.0, 1.0)])
    assert needs.begin_with(NeedMap(["mass"], [(0.0, 1.0)]).measured()) == 0 and (needs.success == 0.5).all()
    assert needs.begin_with({}) == 0
