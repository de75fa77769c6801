"""Blind votes on two answers: what people see has no names, what they chose is counted for what they saw."""

import hashlib
import json
import re

import pytest

from skill_stack.core.errors import DataError
from skill_stack.evaluation.pointing_votes import PointingVote, read_votes, vote_page
from skill_stack.evaluation.scores.pointing_score import PointingScore, correlation, pointing_figures

JPEG = b"a picture"
DIGEST = hashlib.sha256(JPEG).hexdigest()


def table(seed, errors=(0.004, 0.05), picked=(True, False), conventions=("unit", "percent")):
    pixels = ((100.0 + seed, 50.0), (200.0 + seed, 60.0))
    return PointingScore(seed, "take the <red> box", DIGEST, (640, 480), conventions, pixels, errors, picked)


TABLES = [table(seed) for seed in range(12)]


def vote(score, number):
    """A vote for an answer, wherever it is shown."""
    ballot = score.ballot()
    return PointingVote(answers=ballot.key, chosen="first" if ballot.shown[0] == number else "second")


def test_people_see_no_names_and_both_orders():
    page = vote_page([one.ballot() for one in TABLES], {DIGEST: JPEG})
    assert not re.search("unit|percent", page) and "take the &lt;red&gt; box" in page
    assert {one.ballot().shown for one in TABLES} == {(0, 1), (1, 0)}
    for one in TABLES:
        first, second = (one.pixels[n][0] for n in one.ballot().shown)
        assert page.index(f'cx="{first:g}"') < page.index(f'cx="{second:g}"')
        assert page.count(f'name="{one.ballot().key}"') == 3


def test_votes_count_for_the_answer_that_was_chosen_and_for_nothing_else():
    votes = [vote(one, 0) for one in TABLES[:3]] + [vote(TABLES[3], 1), vote(table(99), 0)]
    votes.append(PointingVote(answers=TABLES[4].ballot().key, chosen="neither"))
    figures = pointing_figures(TABLES, votes)
    assert (figures["votes"], figures["votes_without_preference"]) == (5, 1)
    assert figures["preferred"] == "percent 1, unit 3" and figures["picked_alone"] == "unit 12"
    assert figures["preferred_is_nearer"]["count"] == figures["preferred_is_picked"]["count"] == 3
    assert pointing_figures(TABLES)["votes"] == 0


def test_distance_and_success_go_against_each_other():
    value, interval = correlation([(0.01, True), (0.01, True), (0.05, False), (0.06, False), (0.02, True)])
    assert value == pytest.approx(-0.972, abs=0.005)
    assert interval[0] < value < interval[1] < 0.0
    assert correlation([(0.01, True)] * 9) == (None, None)
    figures = pointing_figures([table(1), table(2, errors=(0.015, 0.3), picked=(True, True))])
    assert figures["picked_0_to_1_cm"]["of"] == figures["picked_1_to_2_cm"]["of"] == 1
    assert (figures["picked_4_to_8_cm"]["count"], figures["picked_from_8_cm"]["count"]) == (0, 1)


def test_a_file_of_votes_is_read_and_nonsense_is_refused_with_its_line(tmp_path):
    path = tmp_path / "votes.jsonl"
    assert read_votes(path) == []
    path.write_text(json.dumps({"answers": "ab", "chosen": "first"}) + "\n\n", encoding="utf-8")
    assert read_votes(path) == [PointingVote(answers="ab", chosen="first")]
    path.write_text('{"answers": "ab", "chosen": "unit"}\n', encoding="utf-8")
    with pytest.raises(DataError, match="line 1"):
        read_votes(path)
    path.write_text("first\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 1: is no JSON"):
        read_votes(path)


def test_scores_are_read_as_they_were_written():
    again = PointingScore.from_json(json.loads(json.dumps(TABLES[0].to_json())))
    assert again.ballot() == TABLES[0].ballot() and again.ballot().key == TABLES[0].ballot().key
