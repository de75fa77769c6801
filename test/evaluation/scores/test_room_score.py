"""Figures of walks through rooms that change."""

from dataclasses import replace

import pytest

from skill_stack.evaluation.scores.room_score import RoomScore, room_figures, room_misses

GOOD = RoomScore(1, "go", "closes", True, 0, 9.0, 8.0, "", 20.0)


def test_lengths_are_compared_where_both_arrived():
    lost, alone = replace(GOOD, reached=False), replace(GOOD, known=0.0)
    figures = room_figures([GOOD, replace(GOOD, length=14.0), lost, alone])
    assert figures["compared"] == 2 and figures["length_to_known"]["value"] == pytest.approx(23 / 16)
    assert figures["within_length"]["count"] == 1 and figures["longest_to_known"] == pytest.approx(1.75)
    assert RoomScore.from_json(GOOD.to_json()) == GOOD


def test_every_missed_limit_is_named():
    assert room_misses(room_figures([GOOD, GOOD])) == []
    missed = room_misses(room_figures([replace(GOOD, length=13.0, retried=2), replace(GOOD, reached=False)]))
    assert [one.split()[0] for one in missed] == ["reached", "paths", "2"]
