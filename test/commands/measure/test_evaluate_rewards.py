"""``skill-stack eval rewards``: what it counts, prints and keeps."""

import json
from pathlib import Path

import pytest
import yaml

from skill_stack.cli import main

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def suite(tmp_path, monkeypatch):
    """A suite of one motion that is reached at once and one that never is."""
    monkeypatch.setenv("SKILL_STACK_OVERLAY", str(tmp_path / "overlay"))
    data = yaml.safe_load((ROOT / "config" / "scenarios" / "rewards.yaml").read_text(encoding="utf-8"))
    stands = {
        "terms": [{"term": "base_height", "target": 0.28}],
        "success": {"hold": 0.1, "tolerance": {"base_height": 0.1}},
    }
    never = {"terms": [{"term": "base_height", "target": 0.6}], "success": {"within": 0.1}}
    data["tasks"] = [
        {"name": "stand", "robot": "go2", "words": "stand tall", "rewards": stands},
        {"name": "grow", "robot": "go2", "words": "stand tall", "rewards": never},
    ]
    data |= {"seeds": "1-2", "keep": 0.1}
    path = tmp_path / "few.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def test_it_counts_by_task_and_goes_on_from_what_is_measured(suite, capsys):
    assert main(["eval", str(suite), "--json"]) == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["done"] == 1
    stand, grow = told["tasks"]
    assert (stand["successes"], stand["episodes"], stand["done"]) == (2, 2, True)
    assert (grow["successes"], grow["done"]) == (0, False) and "at best base_height" in grow["failures"][0]["reason"]
    assert main(["eval", str(suite), "--task", "stand"]) == 0
    out, err = capsys.readouterr()
    assert "2 of   2" in out and "1 of 1 motions done" in out and "2 of 2 episodes are there already" in err
