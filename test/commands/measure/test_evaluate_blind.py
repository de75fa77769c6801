"""``skill-stack eval --blind``: nothing tells a letter's meaning before the end, and it goes on where it was ended."""

import argparse
import json

import pytest

from skill_stack.commands.measure import evaluate_blind
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.evaluation.suite import Suite

SUITE = Suite(
    name="made", description="Made up.", robot="go2", seeds="7",
    tasks=[{"name": name, "skill": "stand", "success": ["tilt <= 1 rad"]} for name in ("steady", "shaky")],
)  # fmt: skip


@pytest.fixture
def options():
    return argparse.Namespace(
        task=[], against=None, seeds=None, order=3, difference=0.5, discordant=0.6, power=0.8, fresh=False, json=False
    )


@pytest.fixture
def found(tmp_path):
    return Resources((tmp_path,), tmp_path)


@pytest.fixture
def runs(monkeypatch):
    """Runs of both variants; the shaky one falls in every second world, and the eighth run of all is Ctrl-C once."""
    done, ended = [], []

    def variant(name, *_):
        def play(seed):
            if len(done) == 7 and not ended:
                ended.append(True)
                raise KeyboardInterrupt
            done.append((name, seed))
            return name == "steady" or seed % 2 == 0

        return play

    monkeypatch.setattr(evaluate_blind, "_variant", variant)
    return done


def test_it_goes_on_and_tells_at_the_end_alone(options, found, runs, capsys, tmp_path):
    assert evaluate_blind.run(SUITE, options, found) == 130
    said, (file,) = capsys.readouterr(), (tmp_path / "eval").glob("*.jsonl")
    for text in (said.out, said.err, file.read_text(), file.name):
        assert "steady" not in text and "shaky" not in text
    assert {json.loads(line)["letter"] for line in file.read_text().splitlines()} == {"A", "B"}
    assert evaluate_blind.run(SUITE, options, found) == 0
    assert len(runs) == len(set(runs)) and {seed for _, seed in runs} == set(range(7, 7 + len(runs) // 2))
    told = capsys.readouterr().out
    assert "was steady" in told and "was shaky" in told and "points" in told


def test_figures_belong_to_their_variant(options, found, runs, capsys):
    options.json = True
    evaluate_blind.run(SUITE, options, found)
    evaluate_blind.run(SUITE, options, found)
    told = json.loads(capsys.readouterr().out)
    passed = {row["variant"]: row["successes"] / row["episodes"] for row in told["variants"]}
    assert passed["steady"] == 1.0 and passed["shaky"] == pytest.approx(0.5, abs=0.1)
    assert told["comparisons"][0]["pairs"] == len(runs) // 2


def test_two_versions_need_one_task(options, found):
    options.against = "HEAD~1"
    with pytest.raises(DataError, match="one task"):
        evaluate_blind.run(SUITE, options, found)
