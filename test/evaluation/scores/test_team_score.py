"""Figures of tasks for several robots."""

import math
from dataclasses import replace

import pytest

from skill_stack.evaluation.scores.team_score import TeamScore, team_figures, team_misses

GOOD = TeamScore(1, "crossing", "go", True, "", 0, 1, 10.0, 25.0)


def test_a_score_is_what_was_written():
    assert TeamScore.from_json(GOOD.to_json()) == GOOD
    with pytest.raises(TypeError):
        TeamScore.from_json({"seed": 1})


def test_the_makespan_is_that_of_tasks_that_got_done_both_ways():
    failed, alone_failed = replace(GOOD, done=False, seconds=90.0), replace(GOOD, seconds_alone=math.nan)
    figures = team_figures([GOOD, replace(GOOD, seconds=20.0, seconds_alone=35.0), failed, alone_failed])
    assert figures["makespan_ratio"]["value"] == pytest.approx(0.5)
    assert figures["done"]["count"] == 3 and figures["contacts_unheard"] == 4


def test_every_missed_limit_is_named():
    assert team_misses(team_figures([GOOD] * 10)) == []
    slow = replace(GOOD, seconds=20.0)
    assert "makespan" in team_misses(team_figures([slow] * 10))[0]
    touched = replace(GOOD, done=False, reason="rex touched bolt", contacts=1)
    misses = team_misses(team_figures([GOOD] * 8 + [touched] * 2))
    assert len(misses) == 2 and "done 0.800" in misses[0] and "2 contacts" in misses[1]
    assert "None" in team_misses(team_figures([replace(GOOD, done=False)]))[1]
