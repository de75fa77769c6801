"""A finger gait as a network: sine and cosine of a clock in, changes of joint positions out."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = np.ndarray
OPSET, IR = 17, 8
"""Versions that every supported ONNX Runtime reads."""


def write_gait(gait: Array, harmonics: int, pose: Array, path: Path) -> str:
    """Writes the network.

    Args:
        gait: For each joint what is added to its pose, then sine and cosine of each harmonic, rad, shape
            (joints, 1 + 2 · harmonics).
        harmonics: 1 or 2.
        pose: Joint positions that the gait is about, rad, shape (joints,); for people, in the metadata.
        path: The file.

    Returns:
        Its SHA-256.
    """
    waves = ["sine", "cosine", "sine_twice", "cosine_twice"]
    nodes = [
        helper.make_node("Slice", ["obs", "zero", "one", "axis"], ["sine"]),
        helper.make_node("Slice", ["obs", "one", "two", "axis"], ["cosine"]),
        helper.make_node("Mul", ["sine", "cosine"], ["product"]),
        helper.make_node("Add", ["product", "product"], ["sine_twice"]),
        helper.make_node("Mul", ["sine", "sine"], ["sine_squared"]),
        helper.make_node("Mul", ["cosine", "cosine"], ["cosine_squared"]),
        helper.make_node("Sub", ["cosine_squared", "sine_squared"], ["cosine_twice"]),
        helper.make_node("Concat", waves[: 2 * harmonics], ["waves"], axis=1),
        helper.make_node("Gemm", ["waves", "weights", "bias"], ["actions"]),
    ]
    constants = {
        "zero": np.array([0]), "one": np.array([1]), "two": np.array([2]), "axis": np.array([1]),
        "weights": gait[:, 1:].T.astype(np.float32), "bias": gait[:, 0].astype(np.float32),
    }  # fmt: skip
    graph = helper.make_graph(
        nodes,
        "finger_gait",
        [helper.make_tensor_value_info("obs", TensorProto.FLOAT, [1, 2])],
        [helper.make_tensor_value_info("actions", TensorProto.FLOAT, [1, len(gait)])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR
    helper.set_model_props(model, {"about": " ".join(f"{angle:.4f}" for angle in pose)})
    onnx.checker.check_model(model)
    data = model.SerializeToString()
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()
