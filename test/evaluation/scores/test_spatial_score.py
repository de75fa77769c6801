"""Figures of spatial answers: levels, composites beside their parts, and one figure."""

from skill_stack.evaluation.scores.spatial_score import SpatialScore, capability, spatial_figures, spatial_misses


def rows(level, kind, right, wrong):
    return [(level, kind, "?", "", n < right) for n in range(right + wrong)]


def test_a_level_that_falls_short_and_composites_worse_than_their_parts_are_missed():
    answers = rows("single view", "side", 19, 1) + rows("over time", "moved", 17, 3)
    answers += rows("single view", "two: x", 8, 2)
    score = SpatialScore.from_json(SpatialScore(1, tuple(answers), (0.1,)).to_json())
    figures = spatial_figures([score])
    assert figures["over time"]["share"] == 0.85 and figures["single view"]["count"] == 27
    assert figures["composites of two"]["share"] == 0.8 and figures["product of two parts"] == 0.9**2
    short = spatial_misses(figures)
    assert [text.split(" is")[0].split(" are")[0] for text in short] == [
        "single view 0.900", "over time 0.850", "composites of two 0.800",
    ]  # fmt: skip


def test_the_capability_weighs_levels_and_leaves_out_single_lines():
    answers = rows("single view", "side", 1, 0) + rows("disagreement", "dispute", 0, 1)
    answers += rows("line finger", "line", 0, 9)
    assert capability(answers) == 100 * 2.0 / 3.0
    assert spatial_figures([SpatialScore(1, tuple(answers))])["line finger"]["share"] == 0.0
