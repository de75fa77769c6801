"""Networks whose answer says what they saw, on the made-up robot with four joints."""

import math
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.core.skills.policy_manifest import PolicyManifest

REST = (0.1, -0.2, 0.3, 0.0)


def linear(path, inputs, weights, *, memory=(), step=None, outputs=()):
    """Writes `action = Σ input·weight`; memory `h` becomes `h_out = h + 1`; other outputs are constants plus `step`."""
    nodes, values, total = [], [], []
    for name, size in inputs.items():
        values.append(numpy_helper.from_array(np.asarray(weights[name], np.float32).reshape(size, -1), f"w_{name}"))
        nodes.append(helper.make_node("MatMul", [name, f"w_{name}"], [f"part_{name}"]))
        total.append(f"part_{name}")
    ins = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size]) for name, size in inputs.items()]
    outs = []
    for name, size in memory:
        ins.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size]))
        outs.append(helper.make_tensor_value_info(f"{name}_out", TensorProto.FLOAT, [1, size]))
        values.append(numpy_helper.from_array(np.ones((1, size), np.float32), f"one_{name}"))
        nodes.append(helper.make_node("Add", [name, f"one_{name}"], [f"{name}_out"]))
        values.append(numpy_helper.from_array(np.ones((size, 4), np.float32) / size, f"w_{name}"))
        nodes.append(helper.make_node("MatMul", [name, f"w_{name}"], [f"part_{name}"]))
        total.append(f"part_{name}")
    if step:
        ins.append(helper.make_tensor_value_info(step, TensorProto.FLOAT, [1, 1]))
    for name, constant in outputs:
        constant = np.asarray(constant, np.float32)
        values.append(numpy_helper.from_array(constant, f"c_{name}"))
        nodes.append(helper.make_node("Add", [f"c_{name}", step], [name]))
        outs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(constant.shape)))
    nodes.append(helper.make_node("Sum", total, ["actions"]))
    answers = np.shape(next(iter(weights.values())))[-1]
    outs.insert(0, helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, answers]))
    graph = helper.make_graph(nodes, "policy", ins, outs, values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(path))
    return path


def manifest_of(robot, **changes) -> PolicyManifest:
    """Conventions of a policy that sees its joints and answers for all of them."""
    data = {
        "rate": 50.0,
        "joint_names": list(robot.joint_names),
        "default_joint_pos": list(REST),
        "stiffness": [20.0] * 4,
        "damping": [1.0] * 4,
        "inputs": [{"name": "obs", "terms": [{"term": "joint_pos"}]}],
        "action": {"output": "actions", "kind": "default_plus_scaled", "scale": 0.5},
    }
    return PolicyManifest.model_validate({**data, **changes})


def reading_at(position, velocity=(0.0,) * 4, **others) -> FastEstimate:
    """A moment of the made-up robot."""
    fields = {
        "angular_velocity": [0.1, 0.2, 0.3], "gravity": (0.0, 0.6, -0.8), "orientation": (1.0, 0.0, 0.0, 0.0),
        "base_velocity": lambda: (1.0, 2.0, 3.0),
    } | others  # fmt: skip
    attitude = (fields.pop(name) for name in ("angular_velocity", "gravity", "orientation"))
    numbers = numbers_of(position, velocity, *attitude)
    return FastEstimate(task_time=0.0, numbers=numbers, sample=None, age=0.0, valid=True, reason="", **fields)


@pytest.fixture
def make(robot, tmp_path):
    """Makes a runner of a network that passes what it sees on: `size` values, of which the first four are answered."""

    def build(size=4, weights=None, fixed=None, file=None, robot=robot, **changes) -> ForeignRunner:
        manifest = manifest_of(robot, **changes)
        path = file or linear(tmp_path / "policy.onnx", {"obs": size}, {"obs": np.eye(size, 4)} | (weights or {}))
        spec = SimpleNamespace(name="foreign", policy=SimpleNamespace(fixed_goal=fixed or {}))
        return ForeignRunner(spec, robot, ForeignNetwork(path, "0" * 64, manifest))

    return build


def seen(runner: ForeignRunner) -> np.ndarray:
    """What the first input held at the last run."""
    return runner._observations[0].array.ravel().copy()


def nearly(values, expected) -> bool:
    """Whether numbers agree as far as the network's precision goes."""
    return len(values) == len(expected) and all(math.isclose(a, b, abs_tol=1e-5) for a, b in zip(values, expected))
