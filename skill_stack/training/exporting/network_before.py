"""A network put before an exported walking network: it makes the goal values of that, and both are one file."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx

from skill_stack.controllers.policies.policy_contract import GaitPhase, PolicyContract
from skill_stack.training.export import INPUT

Array = np.ndarray
Nodes = Sequence[onnx.NodeProto]
Constants = Sequence[onnx.TensorProto]

TERM = "velocity_commands"
INNER = "told"
"""Name of what the walking network itself sees."""


def outer_contract(
    contract: PolicyContract, ranges: Mapping[str, tuple[float, float]], gait: GaitPhase
) -> PolicyContract:
    """The contract of both together.

    Args:
        contract: That of the walking network.
        ranges: Goal values of the whole, in order, each with its range.
        gait: The clock, which refers to these.
    """
    place, sizes = contract.observation_names.index(TERM), list(contract.observation_sizes)
    sizes[place] = len(ranges)
    return dataclasses.replace(
        contract,
        observation_sizes=tuple(sizes),
        command_names=tuple(ranges),
        command_ranges=tuple(ranges.values()),
        gait=gait,
    )


def begin_of_goals(contract: PolicyContract) -> int:
    """Where the goal values begin in the observation."""
    return sum(contract.observation_sizes[: contract.observation_names.index(TERM)])


def passed_on(contract: PolicyContract, outer: PolicyContract) -> Array:
    """How what is seen beside the goal values goes on as it is, shape (seen by the whole, by the walking network)."""
    seen, inner, begin = outer.observation_size, contract.observation_size, begin_of_goals(contract)
    move = np.zeros((seen, inner))
    move[:begin, :begin] = np.eye(begin)
    after = inner - begin - len(contract.command_names)
    if after:
        move[-after:, -after:] = np.eye(after)
    return move


def write_before(
    source: Path, outer: PolicyContract, nodes: Nodes, constants: Constants, more: Mapping[str, str], path: Path
) -> str:
    """Puts nodes before an exported network.

    Args:
        source: The exported network; figures of its training stay in the metadata.
        outer: Contract of the whole.
        nodes: From ``obs`` to :data:`INNER`.
        constants: What they refer to.
        more: Further metadata.
        path: Where the file goes.

    Returns:
        SHA-256 of the file, hexadecimal.
    """
    model = onnx.load(source)
    after = list(model.graph.node)
    for one in after:
        one.input[:] = [INNER if name == INPUT else name for name in one.input]
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *after])
    model.graph.initializer.extend(constants)
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = outer.observation_size
    kept = {one.key: one.value for one in model.metadata_props if one.key in ("training", "run_path")}
    onnx.helper.set_model_props(model, {**outer.to_metadata(), **kept, **more})
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()
