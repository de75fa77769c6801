"""A walking network whose goal values are the two numbers of a gait latent, as one file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

from skill_stack.connector.gaits.latent import LATENT
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError
from skill_stack.training.export import INPUT, linear_nodes
from skill_stack.training.gait_latent.settings import GaitLatentSettings

Array = np.ndarray

TERM = "velocity_commands"
INNER = "told"
"""Name of what the walking network itself sees."""


def latent_contract(contract: PolicyContract, settings: GaitLatentSettings) -> PolicyContract:
    """The contract of a network that is told two numbers and how to steer.

    Raises:
        DataError: The network has no clock, or goal values that the settings do not say.
    """
    said = {settings.height[0], settings.speed[0], *settings.fixed, *settings.steering}
    if contract.gait is None or said != set(contract.command_names):
        raise DataError(f"latent.yaml says {sorted(said)}; the network has {sorted(contract.command_names)}")
    names, ranges = contract.command_names, dict(zip(contract.command_names, contract.command_ranges))
    gait = dataclasses.replace(
        contract.gait,
        offsets=tuple(contract.gait.offsets_at(settings.fixed)),
        frequency=contract.gait.frequency_at(settings.fixed),
        offset_commands=(),
        frequency_command="",
        stand_below=0.0,  # a point of the plane never stands; the stance does
        moved_by=(),
    )
    place = contract.observation_names.index(TERM)
    sizes = list(contract.observation_sizes)
    sizes[place] += len(LATENT) + len(settings.steering) - len(names)
    return dataclasses.replace(
        contract,
        observation_sizes=tuple(sizes),
        command_names=(*LATENT, *settings.steering),
        command_ranges=((-1.0, 1.0), (-1.0, 1.0), *(ranges[name] for name in settings.steering)),
        gait=gait,
    )


def export_latent(
    source: Path, contract: PolicyContract, settings: GaitLatentSettings, commands: nn.Sequential, path: Path
) -> str:
    """Puts the command map before a walking network.

    Args:
        source: The exported network.
        contract: Its contract.
        settings: What its goal values are.
        commands: From points to height and speed, each -1 to 1 over its range.
        path: Where the file goes.

    Returns:
        SHA-256 of the file, hexadecimal.
    """
    outer, model = latent_contract(contract, settings), onnx.load(source)
    move, base, put = _wiring(contract, outer, settings)
    nodes, constants, commanded = linear_nodes(commands, "point", "map_")
    values = {"map_move": move, "map_base": base, "map_put": put, "map_least": -1.0, "map_most": 1.0}
    at = _begin(outer)
    constants += [onnx.numpy_helper.from_array(np.asarray(value, np.float32), name) for name, value in values.items()]
    constants += [
        onnx.numpy_helper.from_array(np.array(value, np.int64), name)
        for name, value in (("map_from", [at]), ("map_to", [at + len(LATENT)]), ("map_axis", [1]))
    ]
    node = onnx.helper.make_node
    before = [
        node("Slice", [INPUT, "map_from", "map_to", "map_axis"], ["point_free"]),
        node("Clip", ["point_free", "map_least", "map_most"], ["point"]),
        *nodes,
        node("Clip", [commanded, "map_least", "map_most"], ["commands_inside"]),
        node("Gemm", [INPUT, "map_move", "map_base"], ["map_moved"]),
        node("MatMul", ["commands_inside", "map_put"], ["map_gait"]),
        node("Add", ["map_moved", "map_gait"], [INNER]),
    ]
    after = list(model.graph.node)
    for one in after:
        one.input[:] = [INNER if name == INPUT else name for name in one.input]
    del model.graph.node[:]
    model.graph.node.extend([*before, *after])
    model.graph.initializer.extend(constants)
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = outer.observation_size
    kept = {one.key: one.value for one in model.metadata_props if one.key in ("training", "run_path")}
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    told = {"settings": json.loads(settings.model_dump_json()), "network": digest}
    onnx.helper.set_model_props(model, outer.to_metadata() | kept | {"gait_latent": json.dumps(told)})
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _begin(contract: PolicyContract) -> int:
    """Where the goal values begin in the observation."""
    return sum(contract.observation_sizes[: contract.observation_names.index(TERM)])


def _wiring(
    contract: PolicyContract, outer: PolicyContract, settings: GaitLatentSettings
) -> tuple[Array, Array, Array]:
    """How the network's observation is put together.

    Returns:
        What is taken over, shape (outer, inner); what is fixed, shape (inner,); where height and speed go, each -1 to 1
        over its range, shape (2, inner).
    """
    inner, begin = contract.observation_size, _begin(contract)
    place = {name: begin + number for number, name in enumerate(contract.command_names)}
    move = np.zeros((outer.observation_size, inner))
    ends = len(outer.command_names), len(contract.command_names)
    for number in range(begin):
        move[number, number] = 1.0
    for number in range(inner - begin - ends[1]):
        move[begin + ends[0] + number, begin + ends[1] + number] = 1.0
    for number, name in enumerate(settings.steering):
        move[begin + len(LATENT) + number, place[name]] = 1.0
    base, put = np.zeros(inner), np.zeros((2, inner))
    for name, value in settings.fixed.items():
        base[place[name]] = value
    for row, (name, (low, high)) in enumerate((settings.height, settings.speed)):
        base[place[name]], put[row, place[name]] = (low + high) / 2, (high - low) / 2
    return move, base, put


def told_by(commands: nn.Sequential, points: Array, settings: GaitLatentSettings) -> dict[str, Array]:
    """Goal values of the walking network at points of the plane, by name; what the file computes."""
    with torch.no_grad():
        scaled = torch.clamp(commands(torch.tensor(points, dtype=torch.float32).clamp(-1.0, 1.0)), -1.0, 1.0).numpy()
    told = {
        name: (low + high) / 2 + scaled[:, row] * (high - low) / 2
        for row, (name, (low, high)) in enumerate((settings.height, settings.speed))
    }
    return told | {name: np.full(len(points), value) for name, value in settings.fixed.items()}
