"""The verbs that read, export and delete what people corrected and told."""

import json

import pytest

from skill_stack.cli import main
from skill_stack.planner.dialogue.records.correction_log import CorrectionLog, CorrectionRecord
from skill_stack.planner.dialogue.records.places import CORRECTIONS, FOLDER, TAUGHT
from skill_stack.planner.dialogue.records.taught_facts import TaughtFact, TaughtFacts


@pytest.fixture
def log(overlay):
    made = CorrectionLog(overlay / FOLDER / CORRECTIONS)
    for taken in (True, True, True, False):
        effect = {"pace": (1.0, 0.7)} if taken else {}
        made.add(
            CorrectionRecord("slower", "slower", "go2", "go_to", {"target": "red_ball", "gap": 0.04}, effect, taken,
                             "slower", "go to the red ball", 1.8e9, 2.0)
        )  # fmt: skip
    return made


def said(capsys):
    return capsys.readouterr().out


def test_corrections_and_preferences_are_listed(log, capsys):
    assert main(["corrections", "list"]) == 0
    text = said(capsys)
    assert text.count("slower”") == 4 and "preference go_to.pace of go2" in text
    assert main(["corrections", "list", "--json"]) == 0
    data = json.loads(said(capsys))
    assert len(data["corrections"]) == 4
    assert data["preferences"] == [
        {"name": "go_to.pace", "robot": "go2", "value": 0.7, "usual": 1.0, "because": [1, 2, 3]}
    ]


def test_what_took_effect_is_exported_as_pairs(log, capsys, tmp_path):
    assert main(["corrections", "export", "--into", str(tmp_path / "pairs.jsonl")]) == 0
    pairs = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text().splitlines()]
    assert len(pairs) == 3 and pairs[0]["input"]["correction"] == "slower" and pairs[0]["output"]["pace"] == 0.7
    assert main(["corrections", "export"]) == 0
    assert len(said(capsys).splitlines()) == 3


@pytest.mark.parametrize(("what", "left"), [(["1"], 3), (["go_to.pace"], 1), (["all"], 0), (["1", "2"], 2)])
def test_corrections_are_deleted(log, what, left):
    assert main(["corrections", "delete", *what]) == 0
    assert len(log.records()) == left


@pytest.mark.parametrize("what", [[], ["77"], ["sit.pace"], ["nonsense"]])
def test_unknown_corrections_are_named(log, what, capsys):
    assert main(["corrections", "delete", *what]) == 1
    assert len(log.records()) == 4
    assert "go_to.pace" in capsys.readouterr().err


def test_nothing_is_no_error(overlay, capsys):
    assert main(["corrections", "list"]) == main(["taught", "list"]) == 0
    assert "nothing was corrected" in said(capsys)
    assert main(["corrections", "export"]) == 0


def test_told_facts_are_listed_and_forgotten(overlay, capsys):
    store = TaughtFacts(overlay / FOLDER / TAUGHT)
    store.learn([TaughtFact("open(door)", "the door is open", "playground"),
                 TaughtFact("belongs_to(cup, speaker)", "the cup is mine", "bench")])  # fmt: skip
    assert main(["taught", "list", "--json"]) == 0
    assert [one["fact"] for one in json.loads(said(capsys))] == ["open(door)", "belongs_to(cup, speaker)"]
    assert main(["taught", "forget", "9"]) == 1
    assert main(["taught", "forget", "1"]) == 0
    assert main(["taught", "forget", "all", "--scene", "playground"]) == 0
    assert [fact.scene for fact in store.facts()] == ["bench"]
    assert main(["taught", "list"]) == 0 and "the cup is mine" in said(capsys)
