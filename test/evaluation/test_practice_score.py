"""Figures of practice: what is counted over which runs, and which limits are missed."""

from dataclasses import replace
from pathlib import Path

from skill_stack.evaluation.practice_suite import load_practice_suite
from skill_stack.evaluation.scores.practice_score import PracticeScore, practice_figures, practice_misses

SUITE = load_practice_suite(Path(__file__).resolve().parents[2] / "config/scenarios/practice.yaml")
GOOD = PracticeScore(2, "go2", "nod", "[nod]", "", "goal", True, True, True, True, "", 2, 2, 1.5)


def test_what_is_counted_over_which_runs():
    scores = [
        GOOD,
        replace(GOOD, seed=4),  # the same goal again is no other proposal
        replace(GOOD, seed=6, key="[b]", ran=False, seen=False, true=False, ended=False, labels=0, labels_true=0),
        replace(GOOD, seed=8, key="[c]", ended=False, scene="it explodes"),
        replace(GOOD, seed=1, key="[d]", asked="other", seen=True, true=False, labels=2, labels_true=1),
    ]
    figures = practice_figures(scores)
    counts = {name: (value["count"], value["of"]) for name, value in figures.items() if isinstance(value, dict)}
    assert counts["scenes"] == (4, 5) and counts["feasible"] == (1, 3) and counts["judged"] == (3, 4)
    assert counts["successes_seen"] == (3, 3) and counts["failures_seen"] == (0, 1)
    assert counts["labels"] == (7, 8) and counts["runs_all_labels_true"] == (3, 4)
    missed = [line.split()[0] for line in practice_misses(figures, SUITE.limits)]
    assert missed == ["scenes", "feasible", "judged", "failures_seen", "labels"]


def test_all_good_misses_nothing():
    assert practice_misses(practice_figures([GOOD]), SUITE.limits) == []
