"""`skill-stack robot new`: a robot in the overlay, with what is unknown told; `import --robot-from` makes the same."""

import json

import numpy as np
import onnx
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from skill_stack.cli import main

MJCF = """<mujoco><worldbody><body name="base"><geom type="box" size=".1 .1 .1" mass="1"/>
  <body name="arm" pos="0 0 .1"><joint name="lift" axis="0 1 0" range="-1 1"/>
    <geom type="sphere" size=".05" pos="0 0 .2" mass=".2"/></body></body></worldbody></mujoco>"""


def test_a_robot_is_made_and_told(overlay, tmp_path, capsys) -> None:
    file = tmp_path / "arm.xml"
    file.write_text(MJCF)
    assert main(["robot", "new", "my_arm", "--from", str(file)]) == 0
    out = capsys.readouterr().out
    assert str(overlay / "urdf" / "my_arm") in out and "  joints.effort\n" in out
    assert "skill-stack import POLICY --robot my_arm" in out
    assert main(["skills", "my_arm"]) == 0
    assert main(["robot", "new", "my_arm", "--from", str(file)]) == 1
    assert "not overwritten" in capsys.readouterr().err
    assert main(["robot", "new", "arm_2", "--from", str(file), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["joints"] == ["lift"] and "joints.velocity" in said["unknown"] and said["notes"] == []


def test_no_robot_of_the_project_is_hidden_by_a_new_one(overlay, tmp_path, capsys) -> None:
    file = tmp_path / "arm.xml"
    file.write_text(MJCF)
    assert main(["robot", "new", "go2", "--from", str(file)]) == 1
    assert "there is a robot 'go2'" in capsys.readouterr().err and not (overlay / "urdf").exists()


def test_import_makes_the_robot_first(overlay, tmp_path, capsys) -> None:
    (tmp_path / "arm.xml").write_text(MJCF)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["obs", "w"], ["actions"])], "policy",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [1, 1])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, 1])],
        [numpy_helper.from_array(np.zeros((1, 1), np.float32), "w")],
    )  # fmt: skip
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), tmp_path / "lift.onnx"
    )
    said = {
        "rate": 50.0, "joint_names": ["lift"],
        "inputs": [{"name": "obs", "terms": [{"term": "joint_pos_rel"}]}], "commands": [],
        "action": {"kind": "default_plus_scaled", "scale": 0.25},
    }  # fmt: skip
    (tmp_path / "said.yaml").write_text(yaml.safe_dump(said))
    line = ["import", str(tmp_path / "lift.onnx"), "--robot", "my_arm", "--robot-from", str(tmp_path / "arm.xml")]
    rest = ["--conventions", str(tmp_path / "said.yaml"), "--gains", "robot", "--default-pose", "robot"]
    assert main([*line, *rest]) == 0
    out = capsys.readouterr().out
    assert "robot 'my_arm', 1 joints" in out and "try it: skill-stack try lift --robot my_arm" in out
    assert (overlay / "models" / "my_arm" / "lift" / "skill.yaml").is_file()
    assert main([*line, *rest]) == 1
    assert "not overwritten" in capsys.readouterr().err


def test_a_robot_is_shown_in_its_poses(overlay, tmp_path, capsys) -> None:
    picture = tmp_path / "hand.webp"
    assert main(["robot", "picture", "allegro_left", "--poses", "default", "fist", "--out", str(picture)]) == 0
    with Image.open(picture) as image:
        assert image.width > 2 * image.height and len(image.convert("RGB").getcolors(1 << 20)) > 50
    assert str(picture) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["allegro_left", "--poses", "wave", "--out", "a.png"], "fist"),
        (["allegro_left", "--out", "a.bmp"], "write a .png or a .webp"),
        (["nobody", "--out", "a.png"], "nobody"),
    ],
)
def test_what_cannot_be_shown_says_why(overlay, tmp_path, monkeypatch, capsys, words, said) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["robot", "picture", *words]) != 0
    assert said in capsys.readouterr().err and not list(tmp_path.glob("a.*"))
