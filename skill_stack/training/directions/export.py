"""Export: a policy of directions as a chunk network whose directions are told by their number."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from skill_stack.training.chunks.export import INPUT, export
from skill_stack.training.chunks.learn import ChunkNetwork
from skill_stack.training.directions.latent import circle

POSE = 4
"""Values of the pose before the number."""
INNER = "told"
"""Name of what the policy itself sees."""


def export_directions(policy: nn.Sequential, count: int, steps: int, path: Path) -> str:
    """Writes the policy; every step of its answer is the velocity for now.

    Args:
        policy: From pose and direction, six values, to three velocities and progress.
        count: Directions; the file is told 1 to ``count``.
        steps: Actions of an answer.
        path: Where the file goes.

    Returns:
        SHA-256 of the file, hexadecimal.
    """
    layers = [layer for layer in policy if isinstance(layer, nn.Linear)]
    last, hidden = layers[-1], tuple(layer.out_features for layer in layers[:-1])
    network = ChunkNetwork(np.array([-np.ones(POSE + 2), np.ones(POSE + 2)]), steps * last.out_features, hidden)
    rows = torch.cat([torch.arange(3).repeat(steps), torch.full((steps,), 3)])
    with torch.no_grad():
        network.mean.zero_(), network.spread.fill_(1.0)
        for mine, its in zip([one for one in network.layers if isinstance(one, nn.Linear)], layers):
            mine.weight.copy_(its.weight[rows] if its is last else its.weight)
            mine.bias.copy_(its.bias[rows] if its is last else its.bias)
    export(network, steps, 3, path)
    model = onnx.load(path)
    _tell_by_number(model.graph, circle(count).numpy())
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _tell_by_number(graph: onnx.GraphProto, table: np.ndarray) -> None:
    """Puts a table before a network: [1, pose and number] to [1, pose and direction]."""
    helper, array = onnx.helper, onnx.numpy_helper.from_array
    for node in graph.node:
        node.input[:] = [INNER if name == INPUT else name for name in node.input]
    before = [
        helper.make_node("Split", [INPUT, "parts"], ["pose", "number"], axis=1),
        helper.make_node("Sub", ["number", "one"], ["place"]),
        helper.make_node("Clip", ["place", "zero", "most"], ["inside"]),
        helper.make_node("Cast", ["inside"], ["whole"], to=onnx.TensorProto.INT64),
        helper.make_node("GatherND", ["table", "whole"], ["direction"]),
        helper.make_node("Concat", ["pose", "direction"], [INNER], axis=1),
    ]
    after = list(graph.node)
    del graph.node[:]
    graph.node.extend([*before, *after])
    graph.initializer.extend(
        array(np.asarray(value), name)
        for name, value in (
            ("parts", np.array([POSE, 1])),
            ("one", np.float32(0.5)),  # 0.5 below the number's place, so that the cast rounds
            ("zero", np.float32(0.0)),
            ("most", np.float32(len(table) - 0.5)),
            ("table", table.astype(np.float32)),
        )
    )
    graph.input[0].type.tensor_type.shape.dim[1].dim_value = POSE + 1
