"""Export: a chunk network as ONNX, checked against torch."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from skill_stack.core.errors import DataError
from skill_stack.training.chunks.learn import ChunkNetwork
from skill_stack.training.export import linear_nodes

OPSET, IR_VERSION = 17, 8  # the version of the format that belongs to this opset
TOLERANCE = 1e-4  # float32 rounding; a wrong layer is off by more than 1e-2
INPUT, ACTIONS, PROGRESS = "obs", "actions", "progress"


def export(network: ChunkNetwork, steps: int, width: int, path: Path) -> str:
    """Writes the network with the outputs ``actions`` [1, steps, width] and ``progress`` [1, steps].

    Args:
        network: The network.
        steps: Actions of an answer.
        width: Values of an action.
        path: Where the file goes.

    Returns:
        SHA-256 of the file, hexadecimal.

    Raises:
        DataError: The file disagrees with torch.
    """
    helper, array = onnx.helper, onnx.numpy_helper.from_array
    constants = [array(network.mean.numpy(), "mean"), array(network.spread.numpy(), "spread")]
    nodes = [helper.make_node("Sub", [INPUT, "mean"], ["moved"]), helper.make_node("Div", ["moved", "spread"], ["h0"])]
    layered = linear_nodes(network.layers, "h0")
    nodes, constants = [*nodes, *layered[0]], [*constants, *layered[1]]
    size = steps * width
    constants += [array(np.array([size, steps]), "cuts"), array(np.array([1, steps, width]), "shape")]
    nodes.append(helper.make_node("Split", [layered[2], "cuts"], ["flat", PROGRESS], axis=1))
    nodes.append(helper.make_node("Reshape", ["flat", "shape"], [ACTIONS]))
    ports = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in ((INPUT, [1, len(network.mean)]), (ACTIONS, [1, steps, width]), (PROGRESS, [1, steps]))
    ]
    graph = helper.make_graph(nodes, "chunks", ports[:1], ports[1:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    _check_agreement(network, steps, width, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _check_agreement(network: ChunkNetwork, steps: int, width: int, path: Path) -> None:
    seen = np.random.default_rng(0).standard_normal((1, len(network.mean))).astype(np.float32)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    actions, progress = session.run([ACTIONS, PROGRESS], {INPUT: seen})
    with torch.inference_mode():
        expected = network(torch.from_numpy(seen)).numpy()[0]
    found = np.concatenate([actions.reshape(-1), progress.reshape(-1)])
    difference = float(np.abs(found - expected).max())
    if difference > TOLERANCE or actions.shape != (1, steps, width):
        raise DataError(f"{path}: ONNX and torch differ by {difference:g}, allowed is {TOLERANCE:g}")
