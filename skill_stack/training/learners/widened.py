"""An exported network as the beginning of one that sees and drives more: what is new counts nothing at first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError
from skill_stack.training.adapters.adapted_layers import exported_contract, exported_layers

Array = np.ndarray


Layers = list[tuple[torch.Tensor, torch.Tensor]]
"""Weight and bias of each layer."""


def widened_layers(path: Path, contract: PolicyContract, scale: Array) -> Layers:
    """Layers that do what an exported policy does, for a contract with more goal values, joints or terms.

    Args:
        path: The exported policy, without prior.
        contract: Contract of the network to begin.
        scale: Factors of its observation, shape (observation,).

    Raises:
        DataError: There is no such policy, or it sees or drives something that the contract lacks.
    """
    layers = [(weight.clone(), bias.clone()) for weight, bias in exported_layers(path)]
    model = onnx.load(path)
    old = exported_contract(model, path)
    scaled = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}["scale"]
    columns, rows = list(_values(contract)), list(contract.joint_names)
    lacking = [name for name in (*_values(old), *old.joint_names) if name not in columns and name not in rows]
    if lacking:
        raise DataError(f"{path}: it sees or drives what the task lacks: {lacking}")
    places = [columns.index(name) for name in _values(old)]
    weight, bias = layers[0]
    wide = torch.zeros(len(weight), len(columns))
    factors = np.divide(scaled, scale[places], out=np.ones_like(scaled), where=scaled != scale[places])  # also of 0
    wide[:, places] = weight * torch.tensor(factors, dtype=torch.float32)
    layers[0] = wide, bias
    driven = [rows.index(name) for name in old.joint_names]
    weight, bias = layers[-1]
    more, shift = torch.zeros(len(rows), weight.shape[1]), torch.zeros(len(rows))
    more[driven], shift[driven] = weight, bias
    layers[-1] = more, shift
    return layers


def _values(contract: PolicyContract) -> Iterator[str]:
    """A name for every value of an observation of one moment."""
    for term, size in zip(contract.observation_names, contract.observation_sizes):
        names: tuple[object, ...] = tuple(range(size))
        if size == len(contract.joint_names) and term in ("joint_pos_rel", "joint_vel_rel", "last_action"):
            names = contract.joint_names
        elif term == "velocity_commands":
            names = contract.command_names
        yield from (f"{term} {name}" for name in names)
