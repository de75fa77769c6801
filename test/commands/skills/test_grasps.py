"""``skill-stack grasps`` on recorded looks."""

import json
import math
import sys
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="the extra perception is not installed")
sys.path.insert(0, str(Path(__file__).parents[2] / "perception"))  # computed_looks.py

from computed_looks import seen, thing

from skill_stack.cli import main
from skill_stack.evaluation.scenes.perception_scenes import Eye
from skill_stack.perception.cameras.recording import save_recording

EYE = Eye((-0.40, 0.0, 0.42), (0.0, 0.0, 0.02))


@pytest.fixture
def looks(tmp_path):
    box = thing("box", "red", 0.0, 0.0, (0.04, 0.08, 0.06))
    things = [box, thing("cylinder", "blue", 0.0, 0.15, (0.04, 0.04, 0.1))]
    save_recording(tmp_path / "looks", [seen(things, EYE)])
    return tmp_path / "looks"


def test_everything_that_is_seen_has_its_grasps(looks, capsys):
    assert main(["grasps", "--looks", str(looks), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["grasps"]) == {"red_box", "blue_cylinder"} and told["push"] is None
    best = told["grasps"]["red_box"][0]
    assert best["score"] > 0.5 and len(best["orientation"]) == 4


def test_words_say_which(looks, tmp_path, capsys):
    picture = tmp_path / "grasps.png"
    assert main(["grasps", "the", "blue", "cylinder", "--looks", str(looks), "--picture", str(picture)]) == 0
    out = capsys.readouterr().out
    assert "blue_cylinder" in out and "red" not in out and picture.is_file()


def test_a_part_says_where(looks, capsys):
    near = []
    for words in ("the red box", "the edge of the red box"):
        assert main(["grasps", *words.split(), "--looks", str(looks), "--json"]) == 0
        near.append(json.loads(capsys.readouterr().out)["grasps"]["red_box"][0]["position"])
    whole, edge = (math.dist(place, (-0.02, 0.0, 0.06)) for place in near)  # the edge towards smaller x
    assert edge <= whole + 1e-6
    assert main(["grasps", "the handle of the red box", "--looks", str(looks)]) == 1
    assert "cannot see a handle" in capsys.readouterr().err


def test_what_is_not_seen_is_said_with_what_is(looks, capsys):
    assert main(["grasps", "green mug", "--looks", str(looks)]) == 1
    assert "I know: blue cylinder, red box" in capsys.readouterr().err


def test_reach_of_a_robot_counts(looks, capsys):
    assert main(["grasps", "red box", "--looks", str(looks), "--robot", "gantry_allegro_right", "--json"]) == 1
    told = capsys.readouterr()
    assert not any(json.loads(told.out)["grasps"].values()) and "out of reach" in told.err  # it lies on the floor


def test_wrong_options_are_refused(looks, tmp_path, capsys):
    assert main(["grasps", "--looks", str(looks), "--look", "3"]) == 1
    assert "there is no look 3; there are 1" in capsys.readouterr().err
    assert main(["grasps", "--looks", str(tmp_path / "none")]) == 1
    assert main(["grasps", "--looks", str(looks), "--most", "0"]) == 1
    assert main(["grasps", "--namespace", "nobody"]) == 1
    assert "no stack is up" in capsys.readouterr().err
