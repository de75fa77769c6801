from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.skills.skill import load_skill
from skill_stack.training.exporting.install import BetterPolicyInstalled, install_policy, main, read_measured

GO2 = Path(__file__).resolve().parents[3] / "models" / "go2"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    robot = tmp_path / "models" / "go2"
    for skill in ("walk", "stand", "sit"):
        (robot / skill).mkdir(parents=True)
        shutil.copy(GO2 / skill / "skill.yaml", robot / skill)
    return robot


def test_every_skill_that_runs_the_file_gets_its_hash(models: Path, tmp_path: Path) -> None:
    source = tmp_path / "new.onnx"
    source.write_bytes(b"a policy")
    digest = hashlib.sha256(b"a policy").hexdigest()
    before = (models / "sit" / "skill.yaml").read_text()
    assert install_policy(source, models / "walk", digest) == ["stand", "walk"]
    assert (models / "walk" / "policy.onnx").read_bytes() == b"a policy"
    assert load_skill(models / "walk").policy.sha256 == digest
    assert load_skill(models / "stand").policy.sha256 == digest
    assert (models / "sit" / "skill.yaml").read_text() == before


def test_the_clip_of_a_policy_comes_along(tmp_path: Path) -> None:
    trained, skill = tmp_path / "out", tmp_path / "models" / "g1" / "deep_bow"
    trained.mkdir()
    skill.mkdir(parents=True)
    shutil.copy(GO2.parent / "g1" / "deep_bow" / "skill.yaml", skill)
    (trained / "policy.onnx").write_bytes(b"a policy")
    np.savez(trained / "motion.npz", joint_pos=np.zeros((123, 29)))
    install_policy(trained / "policy.onnx", skill, "0" * 64)
    assert (skill / "motion.npz").read_bytes() == (trained / "motion.npz").read_bytes()
    assert load_skill(skill).policy.manifest.reference.frames == 123


def test_skill_without_policy_is_refused(models: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'sit' is a posture skill"):
        install_policy(tmp_path / "new.onnx", models / "sit", "0" * 64)


def installed(models: Path, tmp_path: Path, successes: int, episodes: int, body: str = "go2", **given: bool) -> None:
    said = {"body": "go2", "commit": "abc", "seeds": "1-100"}
    (models / "walk" / "results.json").write_text(json.dumps({"episodes": 20, "successes": 19, **said}))
    source = tmp_path / "new.onnx"
    source.write_bytes(b"a policy")
    results = {"episodes": episodes, "successes": successes, **said, "body": body} if episodes else None
    install_policy(source, models / "walk", hashlib.sha256(b"a policy").hexdigest(), results, **given)


def test_a_better_policy_stays_unless_it_is_forced_out(models: Path, tmp_path: Path) -> None:
    for successes, episodes in ((0, 0), (2, 2), (17, 20)):
        with pytest.raises(BetterPolicyInstalled, match="19 of 20"):
            installed(models, tmp_path, successes, episodes)
        assert not (models / "walk" / "policy.onnx").exists(), "nothing was touched"
    with pytest.raises(DataError, match="measured on 'g1', not on 'go2'"):
        installed(models, tmp_path, 100, 100, body="g1")
    installed(models, tmp_path, 98, 100)
    assert json.loads((models / "walk" / "results.json").read_text())["successes"] == 98
    installed(models, tmp_path, 1, 100, force=True)
    assert (models / "walk" / "policy.onnx").read_bytes() == b"a policy"


def test_files_that_were_really_measured_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    walk = tmp_path / "models" / "go2" / "walk"
    walk.mkdir(parents=True)
    for name in ("skill.yaml", "results.json"):
        shutil.copy(GO2 / "walk" / name, walk)
    monkeypatch.setenv("SKILL_STACK_PATH", str(tmp_path))
    source, short = tmp_path / "new.onnx", tmp_path / "short.json"
    source.write_bytes(b"a policy")
    of_suite = json.loads((GO2 / "walk" / "results.json").read_text())
    short.write_text(json.dumps({**of_suite, **of_suite["summary"]}))
    before = {file.name: file.read_bytes() for file in walk.iterdir()}
    for worse in (GO2 / "gait_walk" / "results.json", GO2 / "trot" / "results.json", short):
        assert main(["go2", "walk", str(source), "--results", str(worse)]) == 1
        assert "succeeded in 100 of 100" in capsys.readouterr().err
        assert {file.name: file.read_bytes() for file in walk.iterdir()} == before, "nothing was touched"
    assert main(["go2", "walk", str(source), "--results", str(GO2 / "crawl" / "results.json")]) == 0
    assert (walk / "policy.onnx").read_bytes() == b"a policy"
    assert json.loads((walk / "results.json").read_text())["task"] == "crawl"


def test_results_must_count(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"episodes": "many"}')
    with pytest.raises(DataError, match="does not count"):
        read_measured(tmp_path / "results.json")
    with pytest.raises(DataError, match="cannot be read"):
        read_measured(tmp_path / "nothing.json")


def test_command_line_refuses_with_a_message(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["go2", "walk", str(tmp_path / "no.onnx")]) == 1
    assert "no.onnx" in capsys.readouterr().err
