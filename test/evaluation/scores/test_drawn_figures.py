from pathlib import Path

import numpy as np
import pytest
import yaml

from skill_stack.commands.measure.evaluate_drawn import THROUGH, figure_said
from skill_stack.evaluation.scenes.search_rooms import random_flat
from skill_stack.evaluation.scores.drawn_figures import (
    mean,
    ratio,
    search_figures,
    search_misses,
    share,
    success_figures,
    success_misses,
)
from skill_stack.evaluation.scores.search_score import FlatScore, SearchScore
from skill_stack.evaluation.scores.success_score import SuccessScore
from skill_stack.evaluation.suite import seeds_of

ROOT = Path(__file__).resolve().parents[3]


def _flat(seed, there, right, path, other=10.0):
    one = SearchScore(seed, "views", there, "found", right, path, 3, 20, 0.9, "", path)
    return FlatScore(seed, one, SearchScore(seed, "frontiers", there, "found", True, other, 3, 20, 0.9, "", other))


def test_searches_are_counted_apart_by_what_was_there() -> None:
    scores = [_flat(1, True, True, 5.0), _flat(2, True, False, 6.0), _flat(3, False, True, 7.0)]
    figures = search_figures(scores)
    assert (figures["found"]["count"], figures["found"]["of"]) == (1, 2)
    assert figures["absences_right"]["share"] == 1.0
    assert figures["path_ratio"] == 18 / 30
    assert search_misses(figures) == ["found 0.500 is below 0.9"]
    assert "path_ratio 0.90 is above 0.7" in search_misses(search_figures([_flat(1, True, True, 9.0)]))


def test_means_and_ratios_have_intervals_over_episodes() -> None:
    rng = np.random.default_rng(2)
    known = rng.uniform(5.0, 10.0, 60)
    walked = known * rng.normal(1.2, 0.1, 60)
    longer, seconds = ratio(walked.tolist(), known.tolist()), mean(walked.tolist())
    for found, value in ((longer, walked.sum() / known.sum()), (seconds, walked.mean())):
        low, high = found["interval"]
        assert found["value"] == pytest.approx(value) and low < value < high and found["of"] == 60
    low, high = longer["interval"]
    assert high - low < 0.08, "paired: lengths of ways vary more than their ratio"


@pytest.mark.parametrize(("values", "value"), [([], None), ([3.0], 3.0), ([3.0, 4.0], 3.5)])
def test_of_few_episodes_there_is_no_interval(values, value) -> None:
    assert mean(values) == {"value": value, "of": len(values), "interval": None}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"value": 1.25, "of": 40, "interval": [1.125, 1.5]}, "1.250  of 40  95 % interval 1.125 to 1.500"),
        ({"value": 1.25, "of": 2, "interval": None}, "1.250  of 2"),
        ({"value": None, "of": 0, "interval": None}, "none"),
        ([{"task": "box", "successes": 3, "episodes": 3, "interval": [0.292, 1.0]}], "box 3 of 3 (0.29 to 1.00)"),
        (share(3, 3), "1.000  3 of 3  95 % interval 0.292 to 1.000"), (share(0, 0), "none"), (None, "none"),
    ],
)  # fmt: skip
def test_a_figure_is_printed_with_its_interval(value, said) -> None:
    assert figure_said(value) == said


def test_a_flat_is_the_same_after_it_was_written() -> None:
    flat = _flat(1, True, True, 5.0)
    assert FlatScore.from_json(flat.to_json()) == flat


def _run(seed, failure, answer):
    right = answer == ("failed" if failure else "succeeded")
    return SuccessScore(seed, "bring", failure, answer, right, 1, "")


def test_only_a_failure_taken_for_success_is_a_false_success() -> None:
    scores = [
        _run(1, "", "succeeded"),
        _run(2, "lost", "succeeded"),
        _run(3, "lost", "cannot tell"),
        _run(4, "", "failed"),
    ]
    figures = success_figures(scores)
    assert figures["false_success"]["count"] == 1 and figures["right"]["count"] == 1
    assert figures["cannot_tell"]["count"] == 1 and figures["with_failures"] == 2
    assert len(success_misses(figures)) == 2
    assert success_misses(success_figures(scores[:1])) == []
    assert SuccessScore.from_json(scores[0].to_json()) == scores[0]


@pytest.mark.parametrize("name", ["search", "seen_success"])
def test_suites_of_drawn_scenes_name_what_they_measure_and_their_seeds(name) -> None:
    content = yaml.safe_load((ROOT / f"config/scenarios/{name}.yaml").read_text())
    assert content["through"] == name in THROUGH
    assert len(seeds_of(str(content["seeds"]))) >= 50


@pytest.mark.parametrize("seed", range(8))
def test_flats_are_sound_and_repeat(seed) -> None:
    flat = random_flat(seed)
    assert flat == random_flat(seed)
    things = [one for one in flat.objects if one.kind != "wall"]
    assert not [one for one in things if one.kind == flat.kind and one.colour == flat.colour and one.id != flat.target]
    for one in things:
        assert any(a <= one.position[0] <= c and b <= one.position[1] <= d for (a, b), (c, d) in flat.rooms.values())
