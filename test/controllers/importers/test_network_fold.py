"""Conventions folded into a network: it answers the same, number for number, or is left alone for a reason."""

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, no_place, numbers_of
from skill_stack.controllers.foreign.folded import folded_manifest, load_network
from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.foreign.foreign_observation import ForeignObservation
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.controllers.importers.network_fold import NAME, TOLERANCE, fold
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError
from skill_stack.core.skills.policy_manifest import PolicyManifest

from .conftest import MOTORS, POSE, spec_of

LAYER = {"gemm": {}, "transposed": {"transB": 1}, "scaled": {"alpha": 0.5, "beta": 2.0, "transB": 1}}


def network(path, seen, normaliser=(), layer="gemm", answered=12):
    """Two layers with random weights, perhaps with steps of a normaliser before them."""
    rng = np.random.default_rng(5)
    nodes, values, constants = [], "obs", {}
    for number, kind in enumerate(normaliser):
        constants[f"n{number}"] = rng.uniform(0.5, 2.0, seen if number else (1, seen))
        nodes.append(helper.make_node(kind, [values, f"n{number}"], [f"m{number}"]))
        values = f"m{number}"
    constants["w0"], constants["b0"] = rng.normal(0, 0.1, (seen, 16)), rng.normal(0, 0.1, 16)
    constants["w1"] = rng.normal(0, 0.3, (16, answered))
    if layer == "matmul":
        nodes.append(helper.make_node("MatMul", [values, "w0"], ["z"]))
    else:
        constants["w0"] = constants["w0"].T if "transB" in LAYER[layer] else constants["w0"]
        nodes.append(helper.make_node("Gemm", [values, "w0", "b0"], ["z"], **LAYER[layer]))
    nodes += [helper.make_node("Tanh", ["z"], ["h"]), helper.make_node("MatMul", ["h", "w1"], ["actions"])]
    used = {name for node in nodes for name in node.input}
    tensors = [
        numpy_helper.from_array(np.asarray(value, np.float32), name)
        for name, value in constants.items()
        if name in used
    ]
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size]) for name, size in
             (("obs", seen), ("actions", answered))]  # fmt: skip
    graph = helper.make_graph(nodes, "policy", ports[:1], ports[1:], tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return path


def conventions(terms, joints=MOTORS, **entry) -> PolicyManifest:
    pose = dict(zip(MOTORS, POSE))
    return PolicyManifest.model_validate({
        "rate": 50.0, "joint_names": joints, "default_joint_pos": [pose[name] for name in joints],
        "stiffness": [25.0] * len(joints), "damping": [0.5] * len(joints),
        "inputs": [{"name": "obs", "terms": terms, **entry}],
        "action": {"output": "actions", "kind": "default_plus_scaled", "scale": 0.25},
        "commands": [{"name": "vx", "unit": "m/s", "lower": -1.0, "upper": 1.0}],
    })  # fmt: skip


def made(folder, robot, manifest, **kwargs):
    """A network that fits the conventions, and what folding it gives."""
    size = ForeignObservation(manifest.inputs[0], manifest, robot).array.size
    model = network(folder / "policy.onnx", size, answered=len(manifest.driven), **kwargs)
    return model, fold(model, manifest, robot, folder)


def same(folder, robot, model, manifest, steps=12) -> None:
    """Both answer the same to states of our own, histories, blends and beginnings included."""
    spec, rng = spec_of(manifest), np.random.default_rng(9)
    plain = ForeignRunner(spec, robot, ForeignNetwork(model, "a", manifest))
    folded = ForeignRunner(spec, robot, ForeignNetwork(folder / NAME, "b", folded_manifest(manifest, robot)))
    largest = 0.0
    for step in range(steps):
        numbers = numbers_of(rng.normal(0, 1, 12), rng.normal(0, 3, 12), rng.normal(0, 1, 3))
        reading = FastEstimate(0.0, numbers, None, 0.0, True, "", lambda: (0.3, -0.2, 0.1), no_place)
        for runner in (plain, folded):
            if step in (0, steps // 2):
                runner.start(reading, None)
            runner.rehearse(reading)
            runner.run(reading, {"vx": 0.1 * step}, 0.02)
        largest = max(largest, np.abs(plain.action).max())
        assert folded.action == pytest.approx(plain.action, rel=TOLERANCE, abs=TOLERANCE)
    assert largest > 0.01, "else nothing is shown"


NAMES = ("base_ang_vel", "projected_gravity", "velocity_commands", "joint_pos_rel", "joint_vel_rel", "joint_pos",
         "last_action", "base_lin_vel", "joint_target_error")  # fmt: skip


@st.composite
def manifests(draw):
    """Any conventions that limit nothing."""
    joints = draw(st.permutations(MOTORS))[: draw(st.sampled_from([12, 12, 8]))]
    length = draw(st.integers(1, 4))
    by_age = draw(st.booleans())
    terms = []
    for name in (*draw(st.lists(st.sampled_from(NAMES), max_size=5)), "base_ang_vel"):
        term = {"term": name, "scale": draw(st.sampled_from([1.0, 0.25, 2.0]))}
        if name.startswith("joint") and draw(st.booleans()):
            term["joints"] = list(draw(st.permutations(joints)))[:5]
            term["zeroed"] = term["joints"][:1]
        terms.append(term | ({"ages": draw(st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True))} if by_age
                             else {"history": length}))  # fmt: skip
    layout = "by_term" if by_age else draw(st.sampled_from(["by_term", "by_frame"]))
    order, padding = draw(st.sampled_from(["oldest_first", "newest_first"])), draw(st.sampled_from(["repeat", "zeros"]))
    return conventions(terms, joints, layout=layout, order=order, padding=padding)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(manifests(), st.sampled_from(["gemm", "transposed", "scaled", "matmul"]),
       st.lists(st.sampled_from(["Sub", "Add", "Mul", "Div"]), max_size=2))  # fmt: skip
def test_whatever_the_conventions_both_networks_answer_the_same(go2, tmp_path, manifest, layer, normaliser) -> None:
    model, folding = made(tmp_path, go2, manifest, layer=layer, normaliser=normaliser)
    if folding.manifest.folded is None:
        assert "is seen as it is" in folding.note
        return
    assert "largest difference over 64 runs" in folding.note
    same(tmp_path, go2, model, manifest)


SCALED = [{"term": "base_ang_vel", "scale": 0.25}, {"term": "joint_pos_rel"}, {"term": "last_action"}]


def test_what_runs_has_fewer_steps_and_the_exported_file_stays(go2, tmp_path) -> None:
    manifest = conventions(SCALED)
    model, folding = made(tmp_path, go2, manifest, normaliser=("Sub", "Div"))
    before, after = (onnx.load(str(path)) for path in (model, tmp_path / NAME))
    assert len(after.graph.node) == len(before.graph.node) - 2 and "2 steps of its normaliser" in folding.note
    entry = folding.manifest.folded
    assert entry.sha256 == OnnxFacts.read(tmp_path / NAME).sha256
    observation = ForeignObservation(folded_manifest(manifest, go2).inputs[0], manifest, go2)
    assert observation._scale is None and observation._pick is None, "nothing is left to do but to look"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"terms": [{"term": "base_ang_vel", "scale": 0.25, "clip": [-1.0, 1.0]}, {"term": "joint_pos_rel"}]},
         "'base_ang_vel' is limited between the sensors and the network"),
        ({"terms": SCALED, "clip": [-100.0, 100.0]}, "'obs' is limited as a whole"),
        ({"terms": [{"term": "base_ang_vel"}, {"term": "velocity_commands"}]}, "'obs' is seen as it is"),
    ],
)  # fmt: skip
def test_what_cannot_be_folded_stays_outside_and_says_why(go2, tmp_path, change, why) -> None:
    manifest = conventions(**change)
    _, folding = made(tmp_path, go2, manifest)
    assert folding.manifest == manifest and folding.note == f"not folded into the network: {why}"
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize(
    ("nodes", "why"),
    [
        ([("Tanh", ["obs"], ["t"]), ("MatMul", ["t", "w"], ["actions"])], "is a Tanh, no layer of constant weights"),
        ([("MatMul", ["obs", "w"], ["a"]), ("MatMul", ["obs", "w"], ["b"]), ("Add", ["a", "b"], ["actions"])],
         "'obs' is used in 2 places of the network"),
        ([("Add", ["obs", "obs"], ["t"]), ("MatMul", ["t", "w"], ["actions"])], "stands a Add of two inputs"),
        ([("Sub", ["one", "obs"], ["t"]), ("MatMul", ["t", "w"], ["actions"])], "stands a Sub of two inputs"),
    ],
)  # fmt: skip
def test_networks_of_another_build_are_left_alone(go2, tmp_path, nodes, why) -> None:
    values = {"w": np.ones((27, 12), np.float32), "one": np.ones(1, np.float32)}
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, outputs) for kind, inputs, outputs in nodes], "policy",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [1, 27])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, 12])],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )  # fmt: skip
    path = tmp_path / "policy.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    assert why in fold(path, conventions(SCALED), go2, tmp_path).note


def test_conventions_that_were_corrected_later_run_by_the_exported_network(go2, tmp_path) -> None:
    manifest = conventions(SCALED)
    model, folding = made(tmp_path, go2, manifest)
    digest = OnnxFacts.read(model).sha256
    assert load_network(model, digest, folding.manifest, go2).sha256 == folding.manifest.folded.sha256
    other = conventions([{**SCALED[0], "scale": 1.0}, *SCALED[1:]]).model_copy(
        update={"folded": folding.manifest.folded}
    )
    assert load_network(model, digest, other, go2).sha256 == digest


def test_a_folded_network_that_was_changed_does_not_run(go2, tmp_path) -> None:
    model, folding = made(tmp_path, go2, conventions(SCALED))
    digest = OnnxFacts.read(model).sha256
    (tmp_path / NAME).write_bytes(model.read_bytes())
    with pytest.raises(DataError, match="folded.onnx is not the file that was made at the import"):
        load_network(model, digest, folding.manifest, go2)
    (tmp_path / NAME).unlink()
    with pytest.raises(DataError, match="folded in, is missing beside it"):
        load_network(model, digest, folding.manifest, go2)
