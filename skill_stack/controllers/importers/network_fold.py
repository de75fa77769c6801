"""Makes the network that sees raw frames: what the conventions do to them becomes part of its first layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, no_place, numbers_of
from skill_stack.controllers.foreign.folded import FoldedInput, conventions_hash, fold_input, folded_manifest, why_not
from skill_stack.controllers.foreign.foreign_network import ForeignNetwork
from skill_stack.controllers.foreign.foreign_runner import ForeignRunner
from skill_stack.controllers.importers.onnx_facts import OnnxFacts
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import into_body
from skill_stack.core.skills.policy_manifest import ManifestFolded, PolicyManifest

Array = np.ndarray
NAME = "folded.onnx"
TOLERANCE = 1e-5
"""Largest difference of an action between both networks, over 1 + its size: rounding of float32."""
STEPS = 64
SEED = 1
CHAIN = ("Sub", "Add", "Mul", "Div")
"""What may stand between input and first layer, with a constant: a normaliser."""


@dataclass(frozen=True, slots=True)
class Folding:
    """Result of a folding.

    Attributes:
        manifest: The conventions, with what was made named in them.
        note: What was folded, or why nothing was.
    """

    manifest: PolicyManifest
    note: str


class NotFoldable(SkillStackError):
    """A network or its conventions cannot be folded; the text says why."""


def fold(model: Path, manifest: PolicyManifest, robot: RobotSpec, into: Path) -> Folding:
    """Writes the folded network where that saves time, and compares it with the exported one.

    Args:
        model: The file as it was exported.
        manifest: Its conventions.
        robot: The robot.
        into: Folder of the skill.
    """
    path = into / NAME
    try:
        if manifest.chunk is not None:
            raise NotFoldable("it does not run in the control loop")
        inputs = [_foldable(entry, manifest, robot) for entry in manifest.inputs]
        network = onnx.load(str(model))
        layers = [_fold_layer(network, one) for one in inputs]
        onnx.save(network, str(path))
        facts = OnnxFacts.read(path)
        source = OnnxFacts.read(model).sha256
        off = _difference(model, path, manifest, robot)
        if off > TOLERANCE:
            raise NotFoldable(f"it would answer otherwise by {off:.1g}, more than {TOLERANCE:g}")
    except (NotFoldable, DataError) as error:
        path.unlink(missing_ok=True)
        return Folding(manifest, f"not folded into the network: {error}")
    entry = ManifestFolded(file=NAME, sha256=facts.sha256, conventions=conventions_hash(manifest, robot, source))
    note = f"{'; '.join(layers)}; largest difference over {STEPS} runs {off:.1g}"
    return Folding(manifest.model_copy(update={"folded": entry}), note)


def _foldable(entry: Any, manifest: PolicyManifest, robot: RobotSpec) -> FoldedInput:
    reason = why_not(entry)
    if reason:
        raise NotFoldable(reason)
    return fold_input(entry, manifest, robot)


def _fold_layer(network: onnx.ModelProto, folded: FoldedInput) -> str:
    """Puts scale, offset and order of an input into the layer that sees it; what was done, for people."""
    graph, name = network.graph, folded.entry.name
    constants = {tensor.name: tensor for tensor in graph.initializer}
    scale, offset = folded.scale.copy(), folded.offset.copy()
    value, chain = name, []
    while True:
        node = _only_user(graph, value)
        if node.op_type not in CHAIN:
            break
        if node.input[0] != value or node.input[1] not in constants:
            raise NotFoldable(f"between '{name}' and the first layer stands a {node.op_type} of two inputs")
        number = numpy_helper.to_array(constants[node.input[1]]).astype(float).reshape(-1)
        if number.size not in (1, scale.size):
            raise NotFoldable(f"a {node.op_type} before the first layer changes the shape of '{name}'")
        scale, offset = _after(node.op_type, number, scale, offset)
        chain.append(node)
        value = node.output[0]
    plain = np.array_equal(folded.index, np.arange(folded.raw)) and (scale == 1.0).all() and not offset.any()
    if plain and not chain:
        raise NotFoldable(f"'{name}' is seen as it is")
    weights, bias = _layer(node, value, constants)
    if len(weights) != scale.size:
        raise NotFoldable(f"the first layer takes {len(weights)} values, '{name}' has {scale.size}")
    made = np.zeros((folded.raw, weights.shape[1]))
    np.add.at(made, folded.index, scale[:, None] * weights)
    _replace(graph, [*chain, node], name, made, bias + offset @ weights)
    shape = next(one for one in graph.input if one.name == name).type.tensor_type.shape
    shape.dim[-1].dim_value = folded.raw
    also = f", with {len(chain)} steps of its normaliser," if chain else ""
    return f"factors, pose and order of '{name}'{also} are folded into the network's first layer"


def _replace(graph: onnx.GraphProto, nodes: list[onnx.NodeProto], name: str, weights: Array, bias: Array) -> None:
    """Puts one layer over an input in the place of nodes, of which the last gives the output; drops what none uses."""
    for tensor, array in (("folded_weight", weights.T), ("folded_bias", bias)):
        graph.initializer.append(numpy_helper.from_array(array.astype(np.float32), f"{tensor}_{name}"))
    inputs = [name, f"folded_weight_{name}", f"folded_bias_{name}"]
    place = list(graph.node).index(nodes[-1])
    graph.node.insert(place, helper.make_node("Gemm", inputs, list(nodes[-1].output), f"folded_{name}", transB=1))
    for one in nodes:
        graph.node.remove(one)
    used = {one for each in graph.node for one in each.input}
    for tensor in [one for one in graph.initializer if one.name not in used]:
        graph.initializer.remove(tensor)


def _only_user(graph: onnx.GraphProto, value: str) -> onnx.NodeProto:
    users = [node for node in graph.node if value in node.input]
    if len(users) != 1 or value in [one.name for one in graph.output]:
        raise NotFoldable(f"'{value}' is used in {len(users)} places of the network")
    return users[0]


def _after(kind: str, number: Array, scale: Array, offset: Array) -> tuple[Array, Array]:
    """Scale and offset after one more step."""
    if kind == "Mul":
        return scale * number, offset * number
    if kind == "Div":
        return scale / number, offset / number
    return scale, offset + (number if kind == "Add" else -number)


def _layer(node: onnx.NodeProto, value: str, constants: dict[str, Any]) -> tuple[Array, Array]:
    """Weights, shape (values, units), and bias of a layer."""
    said = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    fits = node.op_type in ("Gemm", "MatMul") and node.input[0] == value and not said.get("transA", 0)
    if not fits or any(name not in constants for name in node.input[1:]):
        raise NotFoldable(f"what first sees the observation is a {node.op_type}, no layer of constant weights")
    weights = numpy_helper.to_array(constants[node.input[1]]).astype(float)
    if weights.ndim != 2:
        raise NotFoldable(f"the weights of the first layer have {weights.ndim} dimensions")
    weights = float(said.get("alpha", 1.0)) * (weights.T if said.get("transB", 0) else weights)
    bias: np.ndarray = np.zeros(weights.shape[1])
    if len(node.input) > 2:
        own = numpy_helper.to_array(constants[node.input[2]]).astype(float).ravel()
        bias = bias + float(said.get("beta", 1.0)) * own
    return weights, bias


def _difference(model: Path, path: Path, manifest: PolicyManifest, robot: RobotSpec) -> float:
    """Largest difference of the actions over random states, one after the other, so that histories are compared too."""
    spec: Any = SimpleNamespace(name="folded", policy=None)
    plain = ForeignRunner(spec, robot, ForeignNetwork(model, "plain", manifest))
    folded = ForeignRunner(spec, robot, ForeignNetwork(path, "folded", folded_manifest(manifest, robot)))
    rng = np.random.default_rng(SEED)
    most = 0.0
    for step in range(STEPS):
        reading = _anything(robot, rng)
        goals = {one.name: float(rng.uniform(one.lower, one.upper)) for one in manifest.commands}
        answers = []
        for runner in (plain, folded):
            if step == 0:
                runner.start(reading, None)
            runner.run(reading, goals, 1.0 / manifest.rate)
            answers.append(runner.action)
        first, second = answers
        most = max(most, float(np.max(np.abs(first - second) / (1.0 + np.abs(first)), initial=0.0)))
        if not np.isfinite(most):
            return float("inf")
    return most


def _anything(robot: RobotSpec, rng: np.random.Generator) -> FastEstimate:
    """A random robot state: joints within half a radian of its pose, leaning, moving."""
    position = robot.pose("default") + rng.uniform(-0.5, 0.5, robot.size)
    orientation = np.array([1.0, *rng.uniform(-0.3, 0.3, 3)])
    orientation /= np.linalg.norm(orientation)
    w, x, y, z = orientation.tolist()
    gravity = into_body((w, x, y, z), (0.0, 0.0, -1.0))
    velocity = rng.uniform(-1.0, 1.0, 3).tolist()
    numbers = numbers_of(position, rng.uniform(-2.0, 2.0, robot.size), rng.uniform(-1, 1, 3), gravity, orientation)
    return FastEstimate(0.0, numbers, None, 0.0, True, "", lambda: velocity, no_place)
