"""What was measured of two skills at the same time is found by their names and the signs of their numbers."""

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.skills.pair_results import PairResult, PairResults, load_pairs, signs_of

BACK = {"forward": -1.0, "left": 0.0}


def test_a_pair_is_that_of_its_direction():
    pairs = PairResults(pairs=(
        PairResult(skills=("move", "raise_arms"), signs={"move.forward": -1}, episodes=10, successes=0),
        PairResult(skills=("clap", "move"), signs={"move.forward": 1}, episodes=10, successes=10),
    ))  # fmt: skip
    found = pairs.of_pair("raise_arms", {}, "move", BACK)
    assert found is not None and found.fails
    assert pairs.of_pair("move", {**BACK, "forward": 0.5}, "raise_arms", {}) is None
    ahead = pairs.of_pair("move", {**BACK, "forward": 0.5}, "clap", {})
    assert ahead is not None and not ahead.fails
    assert signs_of("move", {**BACK, "side": "left"}) == {"move.forward": -1}


def test_the_file_may_be_missing_but_not_wrong(tmp_path):
    assert load_pairs(tmp_path) == PairResults()
    (tmp_path / "pairs.json").write_text('{"pairs": [{"skills": ["a"]}]}')
    with pytest.raises(DataError, match="pairs"):
        load_pairs(tmp_path)
