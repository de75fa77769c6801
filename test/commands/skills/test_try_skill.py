"""``skill-stack try``: several goals one after the other, and sensors as good as one likes."""

import json
import shutil
from pathlib import Path

import pytest

from skill_stack.cli import main
from skill_stack.commands.skills import try_skill

WALK = ["try", "walk", "vx=0.3", "--seconds", "0.4", "--scene", "open", "--json"]


def test_goals_follow_one_another_in_one_run(overlay, capsys) -> None:
    assert main([*WALK, "--then", "vx=0.2", "wz=0.1", "--then", "vx=0.1", "--noise", "0"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["outcome"] for one in told["runs"]] == ["succeeded"] * 3
    assert told["outcome"] == "succeeded" and told["figures"]["seconds"] > 1.2


def test_after_a_failure_nothing_follows(overlay, capsys) -> None:
    words = ["try", "go_to", "target=red_ball", "--seconds", "0.4", "--json", "--no-suspects"]
    assert main([*words, "--then", "target=red_ball"]) == 1
    assert len(json.loads(capsys.readouterr().out)["runs"]) == 1


@pytest.mark.parametrize(
    ("words", "scene"), [(["walk", "vx=0.3"], "open"), (["go_to", "target=red_ball"], "playground")]
)
def test_what_needs_no_thing_runs_where_nothing_is_in_the_way(overlay, capsys, monkeypatch, words, scene) -> None:
    seen = []
    known = try_skill.load_scene
    monkeypatch.setattr(try_skill, "load_scene", lambda path: seen.append(path.stem) or known(path))
    main(["try", *words, "--seconds", "0.2", "--json", "--no-suspects"])
    assert seen == [scene]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--noise", "-1"], "a factor of 0 or above"),
        (["--then", "speed=3"], "speed"),
        (["--then", "fast"], "is not an argument; write NAME=VALUE"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_runs(overlay, capsys, words, text) -> None:
    assert main([*WALK, *words]) == 1
    assert text in "".join(capsys.readouterr())


def test_an_action_of_others_cannot_be_tried_here(overlay, capsys) -> None:
    examples = Path(__file__).resolve().parents[3] / "examples" / "actions" / "go2"
    shutil.copytree(examples / "move_arm", overlay / "models" / "go2" / "move_arm")
    assert main(["try", "move_arm"]) != 0
    assert "there is no ROS here, so no action server" in capsys.readouterr().err
