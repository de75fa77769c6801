"""A TorchScript archive becomes ONNX beside it, in a process of its own; what lies there is kept."""

import hashlib
import os

import pytest

torch = pytest.importorskip("torch", reason="TorchScript needs the extra 'train'")

from skill_stack.controllers.importers.onnx_facts import OnnxFacts  # noqa: E402
from skill_stack.core.errors import DataError  # noqa: E402
from skill_stack.training.exporting.torchscript import beside  # noqa: E402

from . import torchscript_modules as modules  # noqa: E402


def scripted(module, path):
    torch.manual_seed(3)
    torch.jit.script(module()).save(str(path))
    return path


@pytest.fixture
def source(tmp_path):
    return scripted(modules.Remembering, tmp_path / "policy.pt")


def test_it_is_written_once_and_another_file_is_never_written_over(source, tmp_path) -> None:
    target, said = beside(source)
    assert target == tmp_path / "policy.onnx" and sorted(os.listdir(tmp_path)) == ["policy.onnx", "policy.pt"]
    assert "15 observations, 12 actions, memory hidden_state, cell_state" in said
    assert OnnxFacts.read(target).memory == {"hidden_state": "hidden_state_out", "cell_state": "cell_state_out"}
    made = hashlib.sha256(target.read_bytes()).hexdigest()
    assert beside(source) == (target, "policy.onnx was made of this policy.pt before")
    scripted(modules.Gated, source)
    with pytest.raises(DataError, match="exists and was not made of policy.pt"):
        beside(source)
    assert hashlib.sha256(target.read_bytes()).hexdigest() == made


def test_what_the_process_refuses_is_told_and_leaves_nothing(tmp_path) -> None:
    with pytest.raises(DataError, match="policy.pt: it does not take 29 observations"):
        beside(scripted(modules.Plain, tmp_path / "policy.pt"), 29)
    assert os.listdir(tmp_path) == ["policy.pt"]


def test_a_process_that_dies_is_told(source, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("skill_stack.training.exporting.torchscript.WORKER", "skill_stack.no_such_module")
    with pytest.raises(DataError, match="could not be exported: .*no_such_module"):
        beside(source)
    assert os.listdir(tmp_path) == ["policy.pt"]
