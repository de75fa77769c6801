"""A robot from its own file walks through the five commands of docs/robots.md, with a policy of its own."""

import json

import numpy as np
import onnx
import pytest
import yaml
from onnx import TensorProto, helper, numpy_helper

from skill_stack.cli import main

LEGS = [f"{end}_{side}" for end in ("front", "hind") for side in ("left", "right")]
LEG = """<body name="{leg}" pos="{x} {y} 0"><joint name="{leg}_joint" type="hinge" axis="0 1 0" range="-0.8 0.8"
  armature="0.01" damping="0.1"/><geom type="capsule" fromto="0 0 0 0 0 -0.2" size="0.02" mass="0.2"/>
  <geom type="sphere" pos="0 0 -0.2" size="0.03" mass="0.05"/></body>"""


@pytest.fixture
def model(tmp_path):
    legs = "".join(
        LEG.format(leg=leg, x=0.2 if "front" in leg else -0.2, y=0.12 if "left" in leg else -0.12) for leg in LEGS
    )
    motors = "".join(f'<position name="{leg}" joint="{leg}_joint" kp="40" forcerange="-20 20"/>' for leg in LEGS)
    path = tmp_path / "table.xml"
    path.write_text(
        f'<mujoco model="table"><worldbody><body name="trunk" pos="0 0 0.25"><freejoint/>'
        f'<geom type="box" size="0.25 0.1 0.04" mass="3"/>{legs}</body></worldbody>'
        f"<actuator>{motors}</actuator></mujoco>"
    )
    return path


@pytest.fixture
def policy(tmp_path):
    """A network that answers zeros: it stands in its pose at rest."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["obs", "w"], ["actions"])], "policy",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [1, 7])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, 4])],
        [numpy_helper.from_array(np.zeros((7, 4), np.float32), "w")],
    )  # fmt: skip
    path = tmp_path / "policy.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    conventions = {
        "rate": 50.0, "joint_names": [f"{leg}_joint" for leg in LEGS],
        "inputs": [{"name": "obs", "terms": [{"term": "velocity_commands"}, {"term": "joint_pos_rel"}]}],
        "commands": [{"name": name, "unit": unit, "lower": -1.0, "upper": 1.0}
                     for name, unit in (("vx", "m/s"), ("vy", "m/s"), ("wz", "rad/s"))],
    }  # fmt: skip
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(conventions))
    return path


def test_a_robots_own_file_and_policy_go_through_five_commands(overlay, model, policy, capsys) -> None:
    said = ("--conventions", str(policy.with_name("mine.yaml")), "--default-pose", "robot", "--gains", "40/1",
            "--action-kind", "default_plus_scaled", "--action-scale", "0.25")  # fmt: skip
    assert main(["robot", "new", "table", "--from", str(model)]) == 0
    assert main(["import", str(policy), "--robot", "table", "--name", "walk", *said]) == 0
    assert main(["skills", "table"]) == 0
    assert "walk_stand" in capsys.readouterr().out
    for more in ((), ("--scene", "open")):
        words = ["try", "walk", "--robot", "table", "--seconds", "1", "--no-suspects", "--json", *more]
        assert main(words) == 0, capsys.readouterr()
        figures = json.loads(capsys.readouterr().out)["figures"]
        assert figures["fell_after"] is None and figures["tilt"] < 0.2
    assert (overlay / "urdf" / "table" / "robot.yaml").is_file()
