"""Export: the network that plays and the one that walks as one policy, told of ball, place and label."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from skill_stack.connector.balls.ball_play import FAR, FASTEST, LABELS, TOLD
from skill_stack.connector.guides.guide import STILL
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError
from skill_stack.training.ball_play.frames import BallFrames, frame_nodes
from skill_stack.training.ball_play.settings import BallPlaySettings
from skill_stack.training.export import INPUT, TOLERANCE, linear_nodes
from skill_stack.training.exporting.network_before import INNER, begin_of_goals, outer_contract, passed_on, write_before

Array = np.ndarray

AWAY = ("vx", "vy")
"""Goal values beside what a player is told: a velocity that is added, m/s, to keep clear of what is near."""
_SELF = 0.5  # between no label and one


def play_contract(contract: PolicyContract, settings: BallPlaySettings) -> PolicyContract:
    """The contract of a network that is told of a ball; without a label it stands.

    Raises:
        DataError: The network has no clock, or goal values that the settings do not say.
    """
    said = {*settings.style, *STILL}
    if contract.gait is None or said != set(contract.command_names):
        raise DataError(f"play.yaml says {sorted(said)}; the network has {sorted(contract.command_names)}")
    walks = dict(zip(contract.command_names, contract.command_ranges))
    ranges = dict.fromkeys(TOLD, (-FAR, FAR)) | dict.fromkeys(TOLD[2:4], (-FASTEST, FASTEST))
    ranges |= dict.fromkeys(LABELS, (0.0, 1.0)) | {name: walks[name] for name in AWAY}
    gait = dataclasses.replace(
        contract.gait,
        offsets=tuple(contract.gait.offsets_at(settings.style)),
        frequency=contract.gait.frequency_at(settings.style),
        offset_commands=(),
        frequency_command="",
        stand_below=_SELF,
        moved_by=LABELS,
    )
    return outer_contract(contract, ranges, gait)


def export_play(
    source: Path, contract: PolicyContract, settings: BallPlaySettings, network: nn.Sequential, path: Path
) -> str:
    """Writes both networks as one file; its hash.

    Args:
        source: The exported walking network.
        contract: Its contract.
        settings: What its goal values are beside the velocities.
        network: From what a player is told to velocities.
        path: Where the file goes.

    Raises:
        DataError: The file disagrees with torch.
    """
    outer, node, array = play_contract(contract, settings), onnx.helper.make_node, onnx.numpy_helper.from_array
    layers, constants, seen = frame_nodes("play_told") if isinstance(network[0], BallFrames) else ([], [], "play_told")
    linear, weights, last = linear_nodes(network, seen, "play_")
    layers, constants = layers + linear, constants + weights
    base, put, limits = _wiring(contract, settings)
    at = begin_of_goals(outer)
    ends = at, at + len(TOLD), at + len(TOLD) + len(AWAY)
    values = {
        "play_move": passed_on(contract, outer), "play_base": base, "play_put": put, "play_least": limits[0],
        "play_most": limits[1], "play_away": np.eye(len(AWAY), len(STILL)),
        "play_labels": np.array([[float(name in LABELS)] for name in TOLD]), "play_none": 0.0, "play_one": 1.0,
    }  # fmt: skip
    whole = {"play_from": ends[:1], "play_to": ends[1:2], "play_end": ends[2:], "play_axis": (1,)}
    constants += [array(np.asarray(value, np.float32), name) for name, value in values.items()]
    constants += [array(np.array(value, np.int64), name) for name, value in whole.items()]
    nodes = [
        node("Slice", [INPUT, "play_from", "play_to", "play_axis"], ["play_told"]),
        node("Slice", [INPUT, "play_to", "play_end", "play_axis"], ["away"]),
        *layers,
        node("MatMul", ["play_told", "play_labels"], ["labelled"]),
        node("Clip", ["labelled", "play_none", "play_one"], ["plays"]),
        node("Max", [last, "play_least"], ["not_back"]), node("Min", ["not_back", "play_most"], ["inside"]),
        node("Mul", ["inside", "plays"], ["played"]),
        node("MatMul", ["away", "play_away"], ["kept_away"]), node("Add", ["played", "kept_away"], ["both"]),
        node("Max", ["both", "play_least"], ["both_least"]), node("Min", ["both_least", "play_most"], ["driven"]),
        node("MatMul", ["driven", "play_put"], ["walk"]),
        node("Gemm", [INPUT, "play_move", "play_base"], ["rest"]), node("Add", ["rest", "walk"], [INNER]),
    ]  # fmt: skip
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    told = {"settings": json.loads(settings.model_dump_json()), "network": before}
    digest = write_before(source, outer, nodes, constants, {"ball_play": json.dumps(told)}, path)
    _check(source, contract, settings, network, path, outer)
    return digest


def _wiring(contract: PolicyContract, settings: BallPlaySettings) -> tuple[Array, Array, Array]:
    """What is fixed, shape (inner,); where velocities go, shape (3, inner); least and most of these, shape (2, 3)."""
    names, begin = contract.command_names, begin_of_goals(contract)
    base, put = np.zeros(contract.observation_size), np.zeros((len(STILL), contract.observation_size))
    for name, value in settings.style.items():
        base[begin + names.index(name)] = value
    for row, name in enumerate(STILL):
        put[row, begin + names.index(name)] = 1.0
    return base, put, np.array([contract.command_ranges[names.index(name)] for name in STILL]).T


def _check(
    source: Path, contract: PolicyContract, settings: BallPlaySettings, network: nn.Module, path: Path,
    outer: PolicyContract,
) -> None:  # fmt: skip
    """Runs the file, and the walking network by torch's velocities; raises DataError when they differ."""
    rng, begin = np.random.default_rng(0), begin_of_goals(contract)
    seen = rng.normal(0.0, 1.0, (8, outer.observation_size)).astype(np.float32)
    told = seen[:, begin : begin + len(TOLD)]
    told[:, -len(LABELS) :] = np.eye(len(LABELS))[rng.integers(0, len(LABELS), 8)]
    base, put, limits = _wiring(contract, settings)
    with torch.inference_mode():
        played = np.clip(network(torch.from_numpy(told.copy())).numpy(), *limits)
    added = seen[:, begin + len(TOLD) : begin + len(TOLD) + len(AWAY)] @ np.eye(len(AWAY), len(STILL))
    inner = seen @ passed_on(contract, outer) + base + np.clip(played + added, *limits) @ put
    runs = (onnxruntime.InferenceSession(str(one), providers=["CPUExecutionProvider"]) for one in (path, source))
    found, wanted = (one.run(None, {INPUT: row.astype(np.float32)})[0] for one, row in zip(runs, (seen, inner)))
    if (difference := float(np.abs(found - wanted).max())) > TOLERANCE:
        raise DataError(f"{path}: both networks and the file differ by {difference:g}, allowed is {TOLERANCE:g}")
