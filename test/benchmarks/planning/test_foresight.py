"""Requests at the edge of balance, and how what a rehearsal foresees of them is counted."""

import json
import os
from itertools import islice

import pytest

from skill_stack.benchmarks.planning import foresight
from skill_stack.benchmarks.planning.foresight import TO, main, requests, rows_of
from skill_stack.core.resources import Resources
from skill_stack.motion.statics import unsupported
from skill_stack.runtime.rehearsal.rehearsal import load_rehearsal, stage_of

RESULTS = [
    {"lost": [True, True, False], "foreseen": [False, True]},
    {"lost": [True, False, False], "foreseen": [False, False]},
    {"lost": [False, False, False], "foreseen": [True, False]},
]


@pytest.fixture(scope="module")
def stage():
    resources = Resources.from_environment(os.environ)
    return stage_of(resources, "go2", load_rehearsal(resources).doubt)


def test_losses_and_what_is_let_pass_are_counted_by_worlds_and_by_requests():
    figures = {row.name: (row.value, row.note.split(";")[0]) for row in rows_of(RESULTS)}
    assert figures == {
        "losses foreseen": (pytest.approx(2 / 3), "2 of 3"), "others let pass": (pytest.approx(2 / 6), "2 of 6"),
        "requests with a loss that are stopped": (0.5, "1 of 2"),
        "requests without a loss that are stopped": (1.0, "1 of 1"),
    }  # fmt: skip


def test_requests_are_at_the_edge_can_stand_and_are_the_same_each_time(stage):
    drawn = list(islice(requests(3, stage), 40))
    assert drawn == list(islice(requests(3, stage), 40)) != list(islice(requests(4, stage), 40))
    assert {len(one.terms) for one in drawn} >= {1, 2, 3}
    assert not any(unsupported(one, stage.library["move_as_told"].sampled.stance) for one in drawn)
    speeds = [abs(term.target) for one in drawn for term in one.terms if term.term == "velocity_x"]
    assert speeds and 0.6 * 0.7 <= min(speeds) and max(speeds) <= 0.9 * TO


def test_a_campaign_goes_on_where_it_was_cut_off(tmp_path, monkeypatch, capsys):
    made = []
    monkeypatch.setattr(foresight.Foresight, "__init__", lambda self, resources: None)
    monkeypatch.setattr(foresight.Foresight, "requests", lambda self, seed: iter("abc"))
    run = lambda self, asked, first, worlds, trials: made.append((asked, first)) or RESULTS["abc".index(asked)]  # noqa: E731
    monkeypatch.setattr(foresight.Foresight, "run", run)
    out = tmp_path / "f.jsonl"
    assert main(["--out", str(out), "--requests", "2", "--seed", "1"]) == 0
    out.write_text(out.read_text() + '{"key": [1, 2')
    capsys.readouterr()
    assert main(["--out", str(out), "--requests", "2", "--seed", "1", "--json"]) == 0
    assert made == [("a", 2000), ("b", 2003)], "nothing is run again"
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows[0]["name"] == "losses foreseen" and rows[0]["value"] == pytest.approx(2 / 3)
