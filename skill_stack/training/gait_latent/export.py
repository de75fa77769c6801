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
from skill_stack.training.exporting.network_before import (
    INNER,
    begin_of_goals,
    outer_contract,
    passed_on,
    write_before,
)
from skill_stack.training.gait_latent.settings import GaitLatentSettings

Array = np.ndarray


def latent_contract(contract: PolicyContract, settings: GaitLatentSettings) -> PolicyContract:
    """The contract of a network that is told two numbers and how to steer.

    Raises:
        DataError: The network has no clock, or goal values that the settings do not say.
    """
    said = {settings.height[0], settings.speed[0], *settings.fixed, *settings.steering}
    if contract.gait is None or said != set(contract.command_names):
        raise DataError(f"latent.yaml says {sorted(said)}; the network has {sorted(contract.command_names)}")
    ranges = dict(zip(contract.command_names, contract.command_ranges))
    gait = dataclasses.replace(
        contract.gait,
        offsets=tuple(contract.gait.offsets_at(settings.fixed)),
        frequency=contract.gait.frequency_at(settings.fixed),
        offset_commands=(),
        frequency_command="",
        stand_below=0.0,  # a point of the plane never stands; the stance does
        moved_by=(),
    )
    plane = dict.fromkeys(LATENT, (-1.0, 1.0))
    return outer_contract(contract, plane | {name: ranges[name] for name in settings.steering}, gait)


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
    outer = latent_contract(contract, settings)
    move, base, put = _wiring(contract, outer, settings)
    nodes, constants, commanded = linear_nodes(commands, "point", "map_")
    values = {"map_move": move, "map_base": base, "map_put": put, "map_least": -1.0, "map_most": 1.0}
    at = begin_of_goals(outer)
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
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    told = {"settings": json.loads(settings.model_dump_json()), "network": digest}
    return write_before(source, outer, before, constants, {"gait_latent": json.dumps(told)}, path)


def _wiring(
    contract: PolicyContract, outer: PolicyContract, settings: GaitLatentSettings
) -> tuple[Array, Array, Array]:
    """How the network's observation is put together.

    Returns:
        What is taken over, shape (outer, inner); what is fixed, shape (inner,); where height and speed go, each -1 to 1
        over its range, shape (2, inner).
    """
    inner, begin, move = contract.observation_size, begin_of_goals(contract), passed_on(contract, outer)
    place = {name: begin + number for number, name in enumerate(contract.command_names)}
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
