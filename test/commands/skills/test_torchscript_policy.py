"""`skill-stack import policy.pt`: only what is trusted is loaded; the rest of the import is that of an ONNX file."""

import importlib.util
import json
import os
import pickle
import zipfile

import pytest
import yaml

from skill_stack.cli import main
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library

from .test_import_policy import CONVENTIONS, REST


@pytest.fixture
def line(tmp_path):
    """The command line for a policy with a memory of eight values, of 15 observations and 12 actions."""
    torch = pytest.importorskip("torch", reason="TorchScript needs the extra 'train'")

    class Remembering(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.memory = torch.nn.GRU(15, 8)
            self.actor = torch.nn.Linear(8, 12)
            self.register_buffer("hidden_state", torch.zeros(1, 1, 8))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out, h = self.memory(x.unsqueeze(0), self.hidden_state)
            self.hidden_state[:] = h
            return self.actor(out.squeeze(0))

    path = tmp_path / "trot.pt"
    torch.jit.script(Remembering()).save(str(path))
    mine = tmp_path / "mine.yaml"
    mine.write_text(yaml.safe_dump(CONVENTIONS))
    return ["import", str(path), "--robot", "go2", "--conventions", str(mine), *REST, "--json"]


def test_a_trusted_policy_becomes_a_skill_that_remembers(overlay, line, tmp_path, capsys) -> None:
    assert main([*line, "--trust-torchscript"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["usable"] and told["skill"] == "trot"
    assert any("trot.onnx was made of trot.pt: 15 observations, 12 actions" in note for note in told["notes"])
    resources = Resources.from_environment(os.environ)
    library = load_library(resources, load_robot(resources.robot("go2"), resources))
    assert library["trot"].policy.manifest.memory == {"hidden_state": "hidden_state_out"}
    assert library.entries["trot_stand"].usable
    assert {path.name for path in (overlay / "models" / "go2" / "trot").iterdir()} == {"policy.onnx", "skill.yaml"}
    made = (tmp_path / "trot.onnx").read_bytes()
    bare = [word for word in line if word not in REST]  # what the archive does not say is asked for
    assert main([*bare, "--trust-torchscript"]) == 1
    said = capsys.readouterr().err
    assert "--gains" in said and "--action-kind" in said and (tmp_path / "trot.onnx").read_bytes() == made


def test_nothing_is_loaded_that_is_not_trusted(overlay, line, tmp_path, capsys) -> None:
    assert main(line) == 1
    assert "say --trust-torchscript" in capsys.readouterr().err
    assert not (tmp_path / "trot.onnx").exists() and not list(overlay.glob("models/*/*"))


def test_without_torch_it_says_which_extra(overlay, line, monkeypatch, capsys) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "torch" else find(name, *rest))
    assert main([*line, "--trust-torchscript"]) != 0
    assert "needs the extra 'train'" in capsys.readouterr().err


def test_beside_a_yaml_only_what_has_no_onnx_yet_is_made(overlay, tmp_path, monkeypatch, capsys) -> None:
    pytest.importorskip("torch", reason="TorchScript needs the extra 'train'")
    made = []
    beside = "skill_stack.training.exporting.torchscript.beside"
    monkeypatch.setattr(beside, lambda path, seen: made.append(path.name) or (path, ""))
    for name in ("motion", "other"):
        with zipfile.ZipFile(tmp_path / f"{name}.pt", "w") as archive:
            archive.writestr("policy/constants.pkl", b"")
            archive.writestr("policy/code/policy.py", b"")
    (tmp_path / "other.onnx").write_bytes(b"")
    (tmp_path / "checkpoint.pt").write_bytes(pickle.dumps({}, protocol=2))
    (tmp_path / "go2.yaml").write_text("{}")
    assert main(["import", str(tmp_path / "go2.yaml"), "--robot", "go2", "--trust-torchscript"]) == 1
    assert made == ["motion.pt"] and "none of the files that are understood" in capsys.readouterr().err


def test_a_state_dict_says_what_would_have_worked(overlay, tmp_path, capsys) -> None:
    torch = pytest.importorskip("torch", reason="the archive is written by torch")
    path = tmp_path / "model_3000.pt"
    torch.save({"actor.0.weight": torch.zeros(2, 2)}, path)
    assert main(["import", str(path), "--robot", "go2", "--trust-torchscript"]) == 1
    assert "a state dict or checkpoint" in capsys.readouterr().err
