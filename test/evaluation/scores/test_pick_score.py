"""What counts as picked up: the right thing, high enough and for long enough, and the others left where they were."""

import numpy as np
import pytest

from skill_stack.evaluation.scores.pick_score import LIFTED, PUSHED, PickScore, pick_figures, pick_misses, picked

BEFORE = {"a": np.array([0.2, 0.0, 0.45]), "b": np.array([0.4, 0.1, 0.45]), "c": np.array([0.3, -0.2, 0.45])}


def after(**moves):
    """Places some of which have moved by so much, m."""
    return {name: place + moves.get(name, np.zeros(3)) for name, place in BEFORE.items()}


def up(height):
    return np.array([0.01, 0.0, height])


def score(seed, passed, **changes):
    values = {
        "seed": seed, "words": "w", "relation": "left", "things": 4, "passed": passed, "outcome": "succeeded",
        "reason": "", "taken": "a", "right": passed, "lifted": 0.12, "pushed": 0.0, "plan": "", "seconds": 12.0,
    }  # fmt: skip
    return PickScore(**{**values, **changes})


def test_the_right_thing_lifted_and_held_counts() -> None:
    found = picked("a", BEFORE, [after(a=up(0.12))] * 3)
    assert (found.taken, found.wrong) == ("a", "")
    assert found.lifted == pytest.approx(0.12)


def test_what_is_dropped_while_it_is_watched_does_not_count() -> None:
    found = picked("a", BEFORE, [after(a=up(0.12)), after(a=up(0.01)), after(a=up(0.12))])
    assert "a had risen by 0.010 m" in found.wrong


def test_another_thing_that_is_taken_is_named() -> None:
    found = picked("a", BEFORE, [after(b=up(0.12))])
    assert found.taken == "b" and "b was taken" in found.wrong and "a had risen" in found.wrong


def test_what_is_taken_along_or_pushed_away_is_named() -> None:
    assert "c was taken" in picked("a", BEFORE, [after(a=up(0.12), c=up(0.1))]).wrong
    away = np.array([PUSHED + 0.01, 0.0, 0.0])
    assert "c was pushed by 0.060 m" in picked("a", BEFORE, [after(a=up(0.12), c=away)]).wrong
    assert picked("a", BEFORE, [after(a=up(LIFTED + 0.001), c=0.5 * away)]).wrong == ""


def test_figures_count_and_name_what_falls_short() -> None:
    scores = [score(number, number < 15) for number in range(20)]
    figures = pick_figures(scores)
    assert (figures["episodes"], figures["successes"]) == (20, 15)
    assert pick_misses(figures) == ["picked 0.750 is below 0.8"]
    assert pick_misses(pick_figures([score(number, number < 16) for number in range(20)])) == []
    assert figures["wrong_thing_taken"] == 5 and figures["robot_said_right"]["count"] == 15
    row = {"task": "left", "episodes": 20, "successes": 15, "interval": figures["interval"]}
    assert figures["tasks"] == [row]


def test_no_tables_have_no_figures_and_miss_nothing() -> None:
    assert pick_misses(pick_figures([])) == []


def test_scores_are_read_as_they_were_written() -> None:
    one = score(3, True)
    assert PickScore.from_json(one.to_json()) == one
    with pytest.raises(TypeError):
        PickScore.from_json({"seed": 1})
