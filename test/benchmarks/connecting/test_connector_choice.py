"""Choosing in drawn conditions: how they are drawn, what is lost, and what is made of it when skills are added."""

import numpy as np
import pytest

from skill_stack.benchmarks.connecting.connector_choice import added_rows, drawn_conditions, ordinary_rows
from skill_stack.benchmarks.connecting.connector_regret import run_series, worth
from skill_stack.core.errors import DataError
from skill_stack.evaluation.choice_suite import ChoiceSuite, SeriesOptions
from skill_stack.evaluation.scores.choice_score import ChoiceScore, MeasuredRun

WAYS = ("plain", "quick", "slow")
STATED = {
    "name": "made", "description": "Made up.", "through": "choice", "robot": "go2", "asked": "plain", "ways": WAYS,
    "seeds": "1-6", "walks": 2, "distance": "1 to 2 m", "bearing": "0 to 1 rad", "conditions": {"friction": "0.5 to 1"},
    "series": {"count": 6, "requests": 120, "stretch": 12, "returns": 0.5},
    "added": {"grouped_by": "friction", "requests": 200},
}  # fmt: skip


def walks(seconds, arrived=True):
    return tuple(MeasuredRun(seed, True, seconds, 0.0, arrived, "target=far") for seed in (1, 2))


def scores(slippery=()):
    """Conditions 1 to 6; in the slippery ones the quick way says that it arrived, and did not."""
    return [
        ChoiceScore(seed, {"friction": seed / 6}, {"plain": walks(6.0), "quick": walks(4.0, seed not in slippery),
                                                   "slow": walks(9.0)})
        for seed in range(1, 7)
    ]  # fmt: skip


def values(rows):
    return {row.name: row.value for row in rows}


def test_conditions_come_in_stretches_new_or_back():
    options = SeriesOptions(count=2, requests=2000, stretch=10, returns=0.5)
    conditions, kinds = drawn_conditions([str(n) for n in range(100)], options, 3)
    begins = [at for at in range(1, 2000) if conditions[at] != conditions[at - 1]]
    assert len(conditions) == len(kinds) == 2000 and 150 < len(begins) < 260
    for at in (0, *begins):
        assert (kinds[at] == "back") == (conditions[at] in conditions[:at])
    assert 0.35 < np.mean([kinds[at] == "back" for at in begins]) < 0.65
    assert drawn_conditions([str(n) for n in range(100)], options, 3) == (conditions, kinds)


def test_truth_and_not_the_robots_word_decides_what_a_choice_was_worth():
    assert worth(walks(4.0)) == 26.0 and worth(walks(4.0, arrived=False)) == -4.0
    assert worth([MeasuredRun(1, True, 4.0, 0.0)]) == 26.0  # measured without truth
    found = values(ordinary_rows(ChoiceSuite(**STATED), scores(slippery=(1, 2, 3, 4, 5, 6))))
    assert found["'plain' always, the best fixed choice: lost per request, likewise"] == 0.0
    assert found["choice that learns: lost per request against the best fixed choice"] > 10.0  # it is told lies


def test_what_is_lost_adds_up():
    measured = {str(one.seed): one.runs for one in scores(slippery=(2,))}
    one = run_series(measured, ["1"] * 10 + ["2"] * 5, 1, WAYS, "off")
    assert one.fixed.tolist() == pytest.approx([10 * 2.0, 5 * 28.0, 10 * 5.0 + 5 * 3.0])
    assert one.regret == pytest.approx(one.fixed[0]) == pytest.approx(one.lost.sum())
    assert one.delay(4) == 11 and not one.noticed


def test_skills_that_are_added_show_in_what_is_taken_afterwards():
    found = values(added_rows(ChoiceSuite(**STATED), scores()))
    assert found["skills added: benefit of a request after the last skill"] == pytest.approx(26.0)
    # 24 in its own stage and 26 from the second on; the other task has 26 all along
    assert found["skills added: backward transfer (Lopez-Paz and Ranzato)"] == pytest.approx(1.0)
    assert found["skills added: forward transfer (Lopez-Paz and Ranzato)"] == pytest.approx(1.0)


def test_one_condition_alone_is_no_suite():
    with pytest.raises(DataError, match="two or more"):
        ordinary_rows(ChoiceSuite(**STATED), scores()[:1])


@pytest.mark.parametrize("wrong", [{"ways": ("quick", "plain")}, {"ways": ("plain", "plain")}, {"walks": 0}])
def test_a_suite_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValueError):
        ChoiceSuite(**{**STATED, **wrong})
