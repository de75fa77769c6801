"""`skill-stack import`: an export becomes a skill in the overlay, or is refused with what would have worked."""

import json
import os
from pathlib import Path

import numpy as np
import onnx
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper

from skill_stack.cli import main
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.skills.skill_library import load_library

LEGS = [f"{leg}_{part}_joint" for leg in ("FL", "FR", "RL", "RR") for part in ("hip", "thigh", "calf")]
CONVENTIONS = {
    "rate": 50.0, "joint_names": LEGS,
    "inputs": [{"name": "obs", "terms": [{"term": "velocity_commands"}, {"term": "joint_pos_rel"}]}],
    "commands": [{"name": "vx", "unit": "m/s", "lower": -0.5, "upper": 1.0},
                 {"name": "vy", "unit": "m/s", "lower": -0.4, "upper": 0.4},
                 {"name": "wz", "unit": "rad/s", "lower": -1.0, "upper": 1.0}],
}  # fmt: skip
REST = ("--default-pose", "robot", "--gains", "robot", "--action-kind", "default_plus_scaled", "--action-scale", "0.25")


@pytest.fixture
def export(tmp_path) -> Path:
    weights = numpy_helper.from_array(np.zeros((15, 12), np.float32), "w")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["obs", "w"], ["actions"])], "policy",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [1, 15])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, 12])], [weights],
    )  # fmt: skip
    path = tmp_path / "trot-2.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return path


@pytest.fixture
def conventions(tmp_path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(CONVENTIONS))
    return path


def library(robot="go2"):
    resources = Resources.from_environment(os.environ)
    return load_library(resources, load_robot(resources.robot(robot), resources))


def test_an_export_becomes_a_skill_and_its_stance(overlay, export, conventions, capsys) -> None:
    assert main(["import", str(export), "--robot", "go2", "--conventions", str(conventions), *REST, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["skill"] == "trot_2" and told["usable"] and told["format"] == "onnx"
    assert [Path(folder).name for folder in told["folders"]] == ["trot_2", "trot_2_stand"]
    assert Path(told["folders"][0]).is_relative_to(overlay)
    made = library()
    assert made.entries["trot_2"].usable and made.entries["trot_2_stand"].usable
    assert made["trot_2"].policy.manifest.stiffness == (25.0,) * 12
    assert made["trot_2_stand"].policy.fixed_goal == {"vx": 0.0, "vy": 0.0, "wz": 0.0}
    folder = Path(told["folders"][0])
    assert (folder / "policy.onnx").read_bytes() == export.read_bytes(), "what was exported stays as it is"
    assert any("folded into the network's first layer" in note for note in told["notes"])
    for name in ("trot_2", "trot_2_stand"):
        assert made[name].policy.manifest.folded.file == "folded.onnx"


def test_a_network_can_be_left_alone(overlay, export, conventions, capsys) -> None:
    words = ["import", str(export), "--robot", "go2", "--conventions", str(conventions), *REST, "--json", "--no-fold"]
    assert main(words) == 0
    folder = Path(json.loads(capsys.readouterr().out)["folders"][0])
    assert not (folder / "folded.onnx").exists() and library()["trot_2"].policy.manifest.folded is None


def test_what_is_unsaid_is_asked_for_and_nothing_is_written(overlay, export, conventions, capsys) -> None:
    assert main(["import", str(export), "--robot", "go2", "--conventions", str(conventions)]) == 1
    said = capsys.readouterr().err
    for option in ("--default-pose", "--gains", "--action-kind", "--action-scale"):
        assert option in said
    assert "--rate" not in said and not (overlay / "models").exists()


def test_a_name_that_is_taken_is_kept(overlay, export, conventions, capsys) -> None:
    words = ["import", str(export), "--robot", "go2", "--conventions", str(conventions), *REST]
    assert main(words) == 0
    before = library()["trot_2"]
    assert main([*words, "--rate", "25"]) == 1
    assert "exists; choose another --name, or say --force" in capsys.readouterr().err
    assert library()["trot_2"] == before
    assert main([*words, "--rate", "25", "--force"]) == 0
    assert library()["trot_2"].policy.manifest.rate == 25.0


def test_a_policy_for_another_body_is_kept_and_says_why_it_cannot_run(overlay, export, tmp_path, capsys) -> None:
    other = tmp_path / "other.yaml"
    names = [*LEGS[:-1], "tail_joint"]
    other.write_text(yaml.safe_dump({**CONVENTIONS, "joint_names": names, "default_joint_pos": [0.0] * 12}))
    words = ["import", str(export), "--robot", "go2", "--conventions", str(other), "--gains", "20/0.5"]
    assert main([*words, "--action-kind", "torque", "--action-scale", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert not told["usable"] and "tail_joint" in told["reason"]
    entry = library().entries["trot_2"]
    assert not entry.usable and "lacks its joints tail_joint" in entry.reason


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--gains", "soft"], "write 'robot', KP/KD"),
        (["--gains", "a/b"], "write numbers"),
        (["--action-kind", "jump"], "action.kind"),
        (["--action-scale", "0.5,0.5"], "action.scale has 2 values for 12 joints"),
        (["--preset", "nothing"], "Available: .*mujoco_playground_go1"),
        (["--format", "keras"], "unitree_rl_lab"),
        (["--name", "2trot"], "name"),
        (["--robot", "dragon"], "go2"),
    ],
)
def test_wrong_options_say_what_would_have_worked(overlay, export, conventions, capsys, words, text) -> None:
    import re

    line = ["import", str(export), "--robot", "go2", "--conventions", str(conventions), *REST, *words]
    assert main(line) != 0
    assert re.search(text, capsys.readouterr().err, re.DOTALL)
    assert not list(overlay.glob("models/*/*"))


def test_a_motion_is_not_taken_for_a_stance(overlay) -> None:
    from types import SimpleNamespace

    from skill_stack.commands.skills.import_policy import _stance

    resources = Resources.from_environment(os.environ)
    dances = SimpleNamespace(reference=object(), phase_seconds=None)
    walks = SimpleNamespace(reference=None, phase_seconds=None)
    g1, go1 = (load_robot(resources.robot(name), resources) for name in ("g1", "go1"))
    assert _stance("", walks, g1, resources) == ("", []), "its own network stands"
    assert _stance("mine", dances, g1, resources) == ("mine", [])
    assert _stance("", dances, g1, resources)[0] == "stand"
    name, (why,) = _stance("", dances, go1, resources)
    assert not name and "plays the motion again; say --stance" in why
