"""Networks that answer in chunks: what they saw plus a ramp, at once or after a long computation."""

import time

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, numbers_of
from skill_stack.controllers.runners.runner import Targets
from skill_stack.core.shared_memory.slow_channel import SlowAnswer
from skill_stack.core.skills.policy_manifest import PolicyManifest

STEPS = 10
SLOPE = 0.01  # rad from one action to the next
LARGE = 192  # of the matrix that a slow network multiplies


def values_of(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def tensor(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def _laboured(rounds):
    """Nodes that multiply a matrix with itself so many times, and give nothing but a zero."""
    weights = np.eye(LARGE, dtype=np.float32)
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["on"], ["on_out"]),
            helper.make_node("MatMul", ["state", "work_w"], ["state_out"]),
        ],
        "body",
        [tensor("round", [], TensorProto.INT64), tensor("on", [], TensorProto.BOOL), tensor("state", [LARGE, LARGE])],
        [tensor("on_out", [], TensorProto.BOOL), tensor("state_out", [LARGE, LARGE])],
    )
    nodes = [
        # What depends on the input cannot be worked out beforehand.
        helper.make_node("ReduceSum", ["obs"], ["seed"], keepdims=0),
        helper.make_node("Add", ["work_w", "seed"], ["begin"]),
        helper.make_node("Loop", ["rounds", "yes", "begin"], ["worked"], body=body),
        helper.make_node("ReduceSum", ["worked"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "nothing"], ["zero"]),
        helper.make_node("Add", ["plain", "zero"], ["actions"]),
    ]
    constants = [
        values_of("work_w", weights), values_of("rounds", np.int64(rounds)), values_of("yes", np.bool_(True)),
        values_of("nothing", np.float32(0.0)),
    ]  # fmt: skip
    return nodes, constants


def chunks(path, *, size=4, steps=STEPS, width=4, extra=(), rounds=0):
    """Writes `actions[k] = first values of obs + sum of the other inputs + SLOPE·k`, and `progress[k] = k / steps`."""
    ramp = np.repeat(SLOPE * np.arange(steps, dtype=np.float32)[:, None], width, axis=1)[None]
    constants = [
        values_of("pick", np.eye(size, width, dtype=np.float32)), values_of("shape", np.array([1, 1, width])),
        values_of("ramp", ramp), values_of("done", np.arange(steps, dtype=np.float32)[None] / steps),
    ]  # fmt: skip
    nodes = [
        helper.make_node("MatMul", ["obs", "pick"], ["picked"]),
        helper.make_node("Reshape", ["picked", "shape"], ["row"]),
        helper.make_node("Add", ["row", "ramp"], ["sum0"]),
        helper.make_node("Identity", ["done"], ["progress"]),
    ]
    inputs = [tensor("obs", [1, size])]
    for number, (name, shape, kind) in enumerate(extra):
        inputs.append(tensor(name, shape, kind))
        nodes += [
            helper.make_node("Cast", [name], [f"{name}_float"], to=TensorProto.FLOAT),
            helper.make_node("ReduceSum", [f"{name}_float"], [f"{name}_sum"], keepdims=0),
            helper.make_node("Add", [f"sum{number}", f"{name}_sum"], [f"sum{number + 1}"]),
        ]
    last = f"sum{len(extra)}"
    if rounds:
        nodes.append(helper.make_node("Identity", [last], ["plain"]))
        more, others = _laboured(rounds)
        nodes, constants = nodes + more, constants + others
    else:
        nodes.append(helper.make_node("Identity", [last], ["actions"]))
    outputs = [tensor("actions", [1, steps, width]), tensor("progress", [1, steps])]
    graph = helper.make_graph(nodes, "chunks", inputs, outputs, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return path


def rounds_for(folder, seconds):
    """Rounds after which a slow network has computed for at least so long on this machine, s."""
    path = chunks(folder / "probe.onnx", rounds=50)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    took = []
    for _ in range(4):
        began = time.perf_counter()
        session.run(None, {"obs": np.ones((1, 4), np.float32)})
        took.append(time.perf_counter() - began)
    return int(50 * seconds / min(took)) + 1


def chunk_manifest(robot, chunk=None, **changes):
    """Conventions of a policy that answers ten joint targets, 0.1 s apart, five times a second."""
    data = {
        "rate": 5.0,
        "joint_names": list(robot.joint_names),
        "default_joint_pos": [0.0] * 4,
        "stiffness": [20.0] * 4,
        "damping": [1.0] * 4,
        "inputs": [{"name": "obs", "terms": [{"term": "joint_pos"}]}],
        "action": {"output": "actions", "kind": "default_plus_scaled", "scale": 1.0},
        "chunk": {"steps": STEPS, "step": 0.1, "latency": 0.1, "max_age": 0.5, "progress": "progress"} | (chunk or {}),
    }
    return PolicyManifest.model_validate(data | changes)


def reading_at(position, task_time=0.0):
    return FastEstimate(task_time, numbers_of(position, [0.0] * 4), None, 0.0, True, "")


class Still:
    """A fallback that holds everything at one angle, and says when it was begun and run."""

    def __init__(self, spec, angle=-1.0):
        self.spec, self.network, self.drives, self.progress = spec, "", None, 0.0
        self.angle, self.started, self.runs = angle, 0, 0

    def start(self, reading, before):
        self.started += 1

    def rehearse(self, reading):
        pass

    def run(self, reading, goals, dt):
        self.runs += 1
        return Targets([self.angle] * 4, (5.0,) * 4, (0.5,) * 4)


class ScriptedLink:
    """A link whose answers the test hands over when it likes."""

    def __init__(self):
        self.questions, self.ready, self.broken, self.told = [], [], 0, []

    def ask(self, question, now):
        self.questions.append(question)

    def answers(self, now):
        ready, self.ready, broken, self.broken = self.ready, [], self.broken, 0
        return ready, broken

    def tell(self, use):
        self.told.append(use)

    def answer(self, question, value, steps=STEPS, width=4):
        actions = np.full((steps, width), float(value))
        self.ready.append(SlowAnswer(question.sequence, question.tick, 0.1, actions, np.linspace(0.0, 1.0, steps)))


@pytest.fixture
def link():
    return ScriptedLink()
