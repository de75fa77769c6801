"""``skill-stack eval`` of a hand: counts, goes on where it was cut, and writes beside each skill what was measured."""

import json
import os

import pytest

from skill_stack.cli import main
from skill_stack.core.resources import Resources


@pytest.fixture
def folder(tmp_path):
    for name in ("allegro_right/open_hand", "gantry_allegro_right/put_down"):
        (tmp_path / "models" / name).mkdir(parents=True)
    return tmp_path / "models"


def test_a_gesture_is_measured_written_and_not_measured_twice(folder, capsys) -> None:
    command = ["eval", "allegro_right", "--task", "open_hand", "--seeds", "1-2", "--json"]
    assert main([*command, "--into", str(folder / "allegro_right")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["suite"], told["episodes"], told["successes"]) == ("allegro_right", 2, 2)
    written = json.loads((folder / "allegro_right" / "open_hand" / "results.gantry_allegro_right.json").read_text())
    assert written["body"] == "gantry_allegro_right" and written["commit"]
    assert written["success"][0] == "straight <= 0.6 rad" and not written["counts"]
    assert written["figures"]["straight"]["largest"] <= 0.6 and "bent" not in written["figures"]
    log = Resources.from_environment(os.environ).writable_folder("eval") / "allegro_right.jsonl"
    before = log.read_text()
    assert main(command) == 0
    assert log.read_text() == before, "nothing was run again"


def test_a_skill_of_the_carrier_is_written_beside_the_carrier(folder, capsys) -> None:
    command = ["eval", "allegro_right", "--task", "put_down", "--seeds", "1", "--into", str(folder / "allegro_right")]
    assert main(command) == 0
    assert "put_down" in capsys.readouterr().out
    written = json.loads((folder / "gantry_allegro_right" / "put_down" / "results.json").read_text())
    assert written["task"] == "put_down" and written["figures"]["placed_error"]["largest"] <= 0.03


def test_a_skill_that_the_suite_lacks_is_named(folder, capsys) -> None:
    assert main(["eval", "allegro_right", "--task", "opn_hand"]) != 0
    assert "open_hand" in capsys.readouterr().err
