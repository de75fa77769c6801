from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from skill_stack.core.errors import DataError
from skill_stack.core.skill import load_skill
from skill_stack.training.install import install_policy

GO2 = Path(__file__).resolve().parents[2] / "models" / "go2"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for skill in ("walk", "stand", "sit"):
        (tmp_path / skill).mkdir()
        shutil.copy(GO2 / skill / "skill.yaml", tmp_path / skill)
    return tmp_path


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


def test_skill_without_policy_is_refused(models: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'sit' is a posture skill"):
        install_policy(tmp_path / "new.onnx", models / "sit", "0" * 64)
