"""Export: the decoder as a policy whose goal values are the latent, and the prior as the slow network that draws it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.body_prior.networks import NARROWEST, BodyLatent
from skill_stack.training.export import DeployedPolicy, linear_nodes, write_onnx
from skill_stack.training.tasks.task import TrainingTask

Array = np.ndarray
INPUT, ACTIONS, PROGRESS = "obs", "actions", "progress"
OPSET, IR_VERSION = 17, 8
TOLERANCE = 1e-4
DRAWS = 4096
"""Rows of the table of draws; which of them counts follows from the skill's number and the time."""
APART = 97
"""Rows between the first draws of two numbers: their draws do not meet within so many."""
LONGEST = 600.0
"""Time that the term ``motion_phase`` has as 1, s."""


def export_decoder(robot: RobotSpec, task: TrainingTask, networks: BodyLatent, seed: int, path: Path) -> str:
    """Writes the decoder with its contract; the file's hash.

    Raises:
        DataError: The file disagrees with torch.
    """
    layers = [layer for layer in networks.decoder if isinstance(layer, nn.Linear)]
    weights = [(layer.weight.detach(), layer.bias.detach()) for layer in layers]
    clips = task.observation_clip, task.action_clip
    policy = DeployedPolicy(weights, task.observation_scale(robot), clips, task.action_prior(robot)).eval()
    return write_onnx(policy, task.contract(robot), task.skill, {"seed": seed}, path)


def export_prior(
    networks: BodyLatent, scale: Array, clip: float, held: float, spread: float, steps: int, seed: int, path: Path
) -> str:
    """Writes the prior with its draws.

    The input is what the prior sees, then the time as a share of :data:`LONGEST`, then for how long, s, and a number;
    the latent is drawn anew every ``held`` seconds, and follows the body in between.

    Args:
        networks: The prior.
        scale: Factor on what it sees.
        clip: Limit of that.
        held: Time of a draw, s.
        spread: Factor on its deviation.
        steps: Actions of an answer; all are the latent for now.
        seed: Seed of the draws.
        path: Where the file goes.

    Returns:
        SHA-256 of the file, hexadecimal.

    Raises:
        DataError: The file disagrees with torch.
    """
    size = networks.size
    draws = (spread * np.random.default_rng(seed).standard_normal((DRAWS, size))).astype(np.float32)
    model = _model(networks, np.asarray(scale, np.float32), clip, held, steps, draws)
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    _check(networks, scale, clip, held, draws, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def row_of(number: Array, seconds: Array, held: float) -> Array:
    """Which draw counts."""
    return (np.round(number).astype(int) * APART + np.floor(seconds / held).astype(int)) % DRAWS


def _model(networks: BodyLatent, scale: Array, clip: float, held: float, steps: int, draws: Array) -> onnx.ModelProto:
    node, array, size, sight = onnx.helper.make_node, onnx.numpy_helper.from_array, draws.shape[1], len(scale)
    layers, constants, last = linear_nodes(networks.prior.layers, "seen")
    values = {
        "scale": scale, "low": np.float32(-clip), "high": np.float32(clip), "parts": np.array([sight, 1, 1, 1]),
        "halves": np.array([size, size]), "longest": np.float32(LONGEST), "held": np.float32(held), "draws": draws,
        "apart": np.int64(APART), "count": np.int64(DRAWS), "narrowest": np.float32(NARROWEST),
        "room": np.float32(networks.prior.widest - NARROWEST), "one": np.float32(1.0), "half": np.float32(0.5),
        "shape": np.array([1, steps, size]), "line": np.array([1, steps]), "flat": np.array([1]),
    }  # fmt: skip
    whole = onnx.TensorProto.INT64
    nodes = [
        node("Split", [INPUT, "parts"], ["raw", "share", "duration", "number"], axis=1),
        node("Mul", ["raw", "scale"], ["free"]), node("Clip", ["free", "low", "high"], ["seen"]),
        *layers,
        node("Split", [last, "halves"], ["mean", "width_free"], axis=1),
        node("Sigmoid", ["width_free"], ["width_share"]), node("Mul", ["width_share", "room"], ["width_more"]),
        node("Add", ["width_more", "narrowest"], ["width"]),
        node("Mul", ["share", "longest"], ["seconds"]), node("Div", ["seconds", "held"], ["turn_free"]),
        node("Floor", ["turn_free"], ["turn_whole"]), node("Cast", ["turn_whole"], ["turn"], to=whole),
        node("Add", ["number", "half"], ["number_free"]), node("Floor", ["number_free"], ["number_whole"]),
        node("Cast", ["number_whole"], ["named"], to=whole), node("Mul", ["named", "apart"], ["first"]),
        node("Add", ["first", "turn"], ["row_free"]), node("Mod", ["row_free", "count"], ["row"]),
        node("Reshape", ["row", "flat"], ["row_flat"]), node("Gather", ["draws", "row_flat"], ["noise"]),
        node("Mul", ["width", "noise"], ["off"]), node("Add", ["mean", "off"], ["before"]),
        node("Tanh", ["before"], ["latent"]), node("Expand", ["latent", "shape"], [ACTIONS]),
        node("Div", ["seconds", "duration"], ["done_free"]), node("Min", ["done_free", "one"], ["done"]),
        node("Expand", ["done", "line"], [PROGRESS]),
    ]  # fmt: skip
    constants = [*constants, *(array(np.asarray(value), name) for name, value in values.items())]
    ports = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in ((INPUT, [1, sight + 3]), (ACTIONS, [1, steps, size]), (PROGRESS, [1, steps]))
    ]
    graph = onnx.helper.make_graph(nodes, "prior", ports[:1], ports[1:], constants)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def _check(networks: BodyLatent, scale: Array, clip: float, held: float, draws: Array, path: Path) -> None:
    """Runs the file and torch; raises DataError when they differ."""
    session, rng = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]), np.random.default_rng(0)
    for number in (1.0, 77.0):
        seen, seconds = rng.standard_normal((1, len(scale))).astype(np.float32), 13.0 * held + 0.2
        told = np.concatenate([seen, [[seconds / LONGEST, 30.0, number]]], axis=1).astype(np.float32)
        found = session.run([ACTIONS], {INPUT: told})[0][0]
        noise = torch.from_numpy(draws[row_of(np.array([number]), np.array([seconds]), held)])
        with torch.inference_mode():
            scaled = torch.clamp(torch.from_numpy(seen * np.asarray(scale, np.float32)), -clip, clip)
            wanted = networks.drawn(scaled, noise).numpy()
        if (difference := float(np.abs(found - wanted).max())) > TOLERANCE:
            raise DataError(f"{path}: ONNX and torch differ by {difference:g}, allowed is {TOLERANCE:g}")
