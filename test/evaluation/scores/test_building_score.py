"""Figures of structures."""

import json
import math

import pytest

from skill_stack.commands.measure.evaluate_drawn import DrawnKind, score_all
from skill_stack.evaluation.scores.building_score import BuildingScore, building_figures, building_misses
from skill_stack.evaluation.scores.score_file import ScoreFile

STOOD = BuildingScore(1, "build a tower", "tower", 0, True, True, "succeeded", "", 0.01, 2, 60.0)
NOTHING = BuildingScore(2, "build a row", "row", 0, True, False, "failed", "nothing stands there", math.nan, 0, 9.0)
KIND = DrawnKind(BuildingScore.from_json, building_figures, building_misses)


def test_errors_are_those_of_structures_that_were_found():
    figures = building_figures([STOOD, NOTHING])
    assert figures["largest_error"] == figures["median_error"] == pytest.approx(0.01)
    assert figures["robot_said_right"]["count"] == 2


@pytest.mark.parametrize("as_json", [True, False])
def test_figures_are_printed_where_nothing_was_placed(tmp_path, capsys, as_json):
    kept = ScoreFile(tmp_path, "built", "v", KIND.parse)
    assert score_all("built", [2], kept, KIND, lambda seeds: iter([NOTHING.to_json()]), as_json) == 1
    out = capsys.readouterr().out
    if as_json:
        assert json.loads(out)["largest_error"] is None
    else:
        assert "largest_error      none" in out
