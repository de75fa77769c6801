"""``skill-stack eval bodies``: what it counts, compares, prints and keeps."""

import json
from pathlib import Path

import pytest
import yaml

from skill_stack.cli import main

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def suite(tmp_path, monkeypatch):
    """A suite of one task by two methods."""
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    data = yaml.safe_load((ROOT / "config" / "scenarios" / "bodies.yaml").read_text(encoding="utf-8"))
    data |= {"seeds": "1-2", "tasks": ["far_reach"], "methods": ["blended", "scratch"], "least": 1}
    path = tmp_path / "few.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def test_it_compares_methods_on_the_same_worlds_and_goes_on_from_what_is_measured(suite, capsys):
    code = main(["eval", str(suite), "--json"])
    out, _ = capsys.readouterr()
    rows = json.loads(out)["results"]
    blended, scratch = rows["far_reach/blended"], rows["far_reach/scratch"]
    assert code == (0 if blended["share"] >= 0.8 else 1)
    assert blended["episodes"] == scratch["episodes"] == 2 and scratch["done"] == 0
    assert 0.0 < blended["clip_distance_rad"] < 1.0 and blended["energy_j"] > 1.0 and blended["peak_torque_nm"] > 1.0
    assert blended["slip_m"] > 0.0 and blended["interval"][0] <= blended["share"] <= blended["interval"][1]
    main(["eval", str(suite), "--task", "far_reach/blended"])
    out, err = capsys.readouterr()
    assert "far_reach/blended" in out and "scratch" not in out and "2 of 2 episodes are there already" in err


def test_it_writes_what_the_judged_method_did_beside_the_skill(suite, tmp_path, capsys):
    folder = tmp_path / "g1"
    (folder / "use_whole_body").mkdir(parents=True)
    main(["eval", str(suite), "--task", "far_reach/scratch", "--into", str(folder)])
    assert "'use_whole_body' is not written: not all of far_reach" in capsys.readouterr().err
    main(["eval", str(suite), "--task", "far_reach", "--into", str(folder)])
    data = json.loads((folder / "use_whole_body" / "results.json").read_text(encoding="utf-8"))
    row = data["tasks"]["far_reach"]
    assert (data["body"], data["seeds"], data["episodes"], row["tried"]) == ("g1", "1-2", 2, 2)
    assert data["successes"] == row["done"] == 2 - len(data["failures"])
    assert row["work"] > 1.0 and row["largest torque"] > 1.0 and row["from"] <= row["done"] / 2 <= row["to"]


def test_a_task_that_there_is_not_is_named(suite, capsys):
    assert main(["eval", str(suite), "--task", "far_throw"]) != 0
    assert "far_throw" in capsys.readouterr().err
