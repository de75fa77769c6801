"""``skill-stack plan`` with a rehearsal, and for several robots."""

import json
from pathlib import Path

import pytest

from skill_stack.cli import main

TEAM = str(Path(__file__).resolve().parents[2] / "data" / "fleet" / "team.yaml")


def test_the_table_of_a_rehearsal(capsys):
    assert main(["plan", "--rehearse", "--rehearse-seconds", "0.01", "go to a ball"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("plan: I will go to the red ball.")
    assert lines[2].startswith("> the usual way") and " of 1" in lines[2]
    assert any("take the blue ball" in line for line in lines)
    assert lines[-1].strip().startswith("1 rehearsals in") and lines[-1].endswith("time ran out")


def test_a_rehearsal_as_json(capsys):
    assert main(["plan", "--rehearse", "--json", "--rehearse-seconds", "0.01", "go to the red ball"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "plan" and answer["steps"]
    table = answer["rehearsal"]["candidates"]
    assert table[answer["rehearsal"]["chosen"]]["steps"] == answer["steps"]
    assert sum(row["trials"] for row in table) == 1


def test_what_is_no_plan_has_no_table(capsys):
    assert main(["plan", "--rehearse", "--json", "fly"]) == 1
    assert json.loads(capsys.readouterr().out)["rehearsal"] is None


def test_several_robots(capsys):
    assert main(["plan", "--robots", TEAM, "put the cup in the basket and hand the cup to Anna"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].strip().startswith("0 handy: grasp cup, load cup basket")
    assert lines[2].strip().startswith("1 rolly (after 0): drive anna")
    assert main(["plan", "--robots", TEAM, "--json", "fly"]) == 1
    assert json.loads(capsys.readouterr().out)["status"] == "refusal"


@pytest.mark.parametrize(
    "wrong",
    [
        ["--rehearse"],
        ["--rehearse", "--batch", "x.jsonl"],
        ["--robots", TEAM],
        ["--robots", TEAM, "--rehearse", "sit"],
        ["--robots", "nowhere.yaml", "sit"],
    ],
)
def test_what_does_not_go_together_is_told(wrong, capsys):
    assert main(["plan", *wrong]) != 0
    assert capsys.readouterr().err.strip()
