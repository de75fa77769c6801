"""The mean of two networks, of which the second sees a part of what the first sees."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill import load_skill
from skill_stack.training.exporting.mean_policy import main, mean_of, seen_columns

FOUND = Resources.from_environment({})
FOLLOW = FOUND.find("models/allegro_right/follow_fingers", "skill")
POLICY = load_skill(FOLLOW).policy
assert POLICY is not None and POLICY.manifest is not None
WIDE = POLICY.manifest
JOINTS = len(WIDE.joint_names)


def seeing(**frames: dict[str, object]) -> PolicyManifest:
    """The shipped manifest with other frames of some terms."""
    terms = [
        term.model_copy(update={"ages": None, "history": 1, **frames[term.term]}) if term.term in frames else term
        for term in WIDE.inputs[0].terms
    ]
    return WIDE.model_copy(update={"inputs": (WIDE.inputs[0].model_copy(update={"terms": tuple(terms)}),)})


def network(weights: np.ndarray, output: str = "actions") -> onnx.ModelProto:
    """A network that multiplies what it sees."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["obs", "weights"], [output])], "times",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [1, weights.shape[0]])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, [1, weights.shape[1]])],
        [numpy_helper.from_array(weights.astype(np.float32), "weights")],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def test_the_mean_of_what_both_answer_each_from_what_it_sees() -> None:
    rng = np.random.default_rng(0)
    first, second, columns = rng.normal(size=(5, 2)), rng.normal(size=(3, 2)), np.array([4, 0, 1])
    made = mean_of(network(first), network(second), columns)
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    seen = rng.normal(size=(1, 5)).astype(np.float32)
    (answer,) = session.run(None, {"obs": seen})
    assert answer == pytest.approx(0.5 * (seen @ first + seen[:, columns] @ second), abs=1e-5)


def test_fewer_moments_are_found_among_more_by_their_age() -> None:
    columns = seen_columns(WIDE, seeing(joint_pos_rel={"history": 3}, planned_actions={"ages": (0, 40)}))
    ages = next(term.ages for term in WIDE.inputs[0].terms if term.term == "joint_pos_rel")
    assert ages is not None and ages[-3:] == (2, 1, 0)
    positions = np.arange((len(ages) - 3) * JOINTS, len(ages) * JOINTS)
    assert columns[: 3 * JOINTS].tolist() == positions.tolist()
    targets = (len(ages) + 1) * JOINTS
    newest = targets + (len(ages) - 1) * JOINTS
    assert columns[4 * JOINTS : 6 * JOINTS].tolist() == [
        *range(newest, newest + JOINTS), *range(targets, targets + JOINTS)
    ]  # fmt: skip
    told = 20 * len(WIDE.commands)
    assert columns[-told:].tolist() == list(range(targets + len(ages) * JOINTS, targets + len(ages) * JOINTS + told))


def test_what_the_first_does_not_see_and_other_outputs_are_told() -> None:
    with pytest.raises(DataError, match="does not see 'joint_pos_rel' of 5 runs ago"):
        seen_columns(WIDE, seeing(joint_pos_rel={"ages": (5, 0)}))
    with pytest.raises(DataError, match="other outputs"):
        mean_of(network(np.eye(2)), network(np.eye(2), "values"), np.arange(2))


def test_the_mean_of_a_network_with_itself_is_that_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "policy.onnx"
    assert main([str(FOLLOW), str(FOLLOW), "--out", str(out)]) == 0 and "sha256" in capsys.readouterr().out
    seen = np.random.default_rng(1).normal(size=(1, len(seen_columns(WIDE, WIDE)))).astype(np.float32)
    found, expected = (
        onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {"obs": seen})
        for path in (out, FOLLOW / "policy.onnx")
    )
    assert all(one == pytest.approx(other, abs=1e-5) for one, other in zip(found, expected))


def test_a_skill_that_answers_in_another_way_or_runs_no_network_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = shutil.copytree(FOLLOW, tmp_path / "other")
    file = other / "skill.yaml"
    file.write_text(file.read_text().replace("scale: 1.0", "scale: 0.5"))
    assert main([str(FOLLOW), str(other), "--out", str(tmp_path / "policy.onnx")]) == 1
    assert "in another way" in capsys.readouterr().err
    cradle = FOUND.find("models/allegro_right/cradle", "skill")
    assert main([str(cradle), str(FOLLOW), "--out", str(tmp_path / "policy.onnx")]) == 1
    assert "no network" in capsys.readouterr().err
