"""A checkpoint as ONNX with its contract: ``python -m skill_stack.training.export go2 walk CHECKPOINT``."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.arguments import Parser, command_line
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.adapters.adapted_layers import AdaptedLayers, exported_layers, layer_nodes, task_layers
from skill_stack.training.exporting.install import add_options, install_policy, read_measured
from skill_stack.training.hands.hand_task import HandTrainingTask, load_any_task
from skill_stack.training.learners.learner import read_checkpoint
from skill_stack.training.learners.widened import widened_layers
from skill_stack.training.tasks.prior import ActionPrior, SwingLift
from skill_stack.training.tasks.task import TrainingTask

INPUT, OUTPUT = "obs", "actions"
OPSET = 17
IR_VERSION = 8  # the one that belongs to this opset; old runtimes refuse newer ones
# float32 rounding of three layers; a wrong layer or scale is off by more than 1e-2.
TOLERANCE = 1e-4


class DeployedPolicy(nn.Module):
    """The actor with scale and clip in front and the clip of the action behind: raw SI in, action out.

    Attributes:
        scale: Factor on every observation, shape (observation,).
        pick: Input weights of each hinge of the prior, shape (observation, hinges).
        bend: Threshold of each, shape (hinges,).
        prior: What each adds to the actions, shape (hinges, action).
        clips: Limits of scaled observations and of actions.
        network: The layers.
    """

    scale: torch.Tensor
    pick: torch.Tensor
    bend: torch.Tensor
    prior: torch.Tensor

    def __init__(
        self,
        weights: list[tuple[torch.Tensor, torch.Tensor]] | AdaptedLayers,
        scale: np.ndarray,
        clips: tuple[float, float],
        prior: ActionPrior | None = None,
    ):
        """Copies the weights.

        Args:
            weights: Weight and bias of each layer, or layers with adapters.
            scale: Factor on every observation, shape (observation,).
            clips: Limits of scaled observations and of actions.
            prior: What is added to the actions; None for a policy without one.
        """
        super().__init__()
        last = (weights.base() if isinstance(weights, AdaptedLayers) else weights)[-1]
        prior = prior or ActionPrior(np.zeros((len(scale), 0)), np.zeros(0), np.zeros((0, len(last[1]))))
        for name, values in (("pick", prior.pick), ("bend", prior.bend), ("prior", prior.add)):
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))
        self.lift = None if prior.lift is None else _in_torch(prior.lift)
        self.register_buffer("scale", torch.tensor(scale, dtype=torch.float32))
        self.clips = clips
        self.network: nn.Module = weights if isinstance(weights, AdaptedLayers) else network_of(weights)

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Actions of a batch of observations."""
        see, act = self.clips
        scaled = torch.clamp(observation * self.scale, -see, see)
        lifting = torch.relu(self.bend - observation @ self.pick) @ self.prior
        if self.lift is not None:
            lifting = lifting + self.lift(observation, torch)
        return torch.clamp(self.network(scaled) + lifting, -act, act)


def _in_torch(lift: SwingLift) -> SwingLift:
    """The same with tensors in place of arrays."""
    names = ("sine", "cosine", "frequency", "height", "add")
    tensors: dict[str, Any] = {name: torch.tensor(getattr(lift, name), dtype=torch.float32) for name in names}
    return dataclasses.replace(lift, **tensors)


def deployed_policy(robot: RobotSpec, task: TrainingTask | HandTrainingTask, checkpoint: Path) -> DeployedPolicy:
    """The policy of a checkpoint, or that of an exported one whose layers are to have the task's prior and ranges.

    Raises:
        DataError: The checkpoint cannot be read or was made for another observation.
    """
    scale, clips = task.observation_scale(robot), (task.observation_clip, task.action_clip)
    if isinstance(task, TrainingTask) and task.adapters is not None:
        return DeployedPolicy(_adapted(robot, task, checkpoint), scale, clips, task.action_prior(robot)).eval()
    weights = exported_layers(checkpoint) if checkpoint.suffix == ".onnx" else _learnt(checkpoint)
    more = bool(weights) and weights[0][0].shape[1] < len(scale)
    if more and checkpoint.suffix == ".onnx" and isinstance(task, TrainingTask):
        weights = widened_layers(checkpoint, task.contract(robot), scale)
    if not weights or weights[0][0].shape[1] != len(scale):
        sees = weights[0][0].shape[1] if weights else 0
        raise DataError(f"{checkpoint}: the network sees {sees} values, the task has {len(scale)}")
    return DeployedPolicy(weights, scale, clips, task.action_prior(robot)).eval()


def _learnt(checkpoint: Path) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Weight and bias of each layer of a checkpoint."""
    state = read_checkpoint(checkpoint)["actor_state_dict"]
    names = [key.removesuffix(".weight") for key in state if key.startswith("mlp.") and key.endswith(".weight")]
    names.sort(key=lambda name: int(name.split(".")[1]))
    return [(state[f"{name}.weight"], state[f"{name}.bias"]) for name in names]


def _adapted(robot: RobotSpec, task: TrainingTask, checkpoint: Path) -> AdaptedLayers:
    """Base and adapters of a checkpoint; raises DataError where the task has other ones."""
    state = read_checkpoint(checkpoint)["actor_state_dict"]
    held = {key.removeprefix("mlp."): value for key, value in state.items() if key.startswith("mlp.")}
    base = [(held[f"w{number}"], held[f"b{number}"]) for number in range(sum(key[0] == "w" for key in held))]
    if not base:
        raise DataError(f"{checkpoint}: it has no adapters; train it with this train.yaml")
    layers = task_layers(robot, task, base)
    try:
        layers.load_state_dict(held)
    except RuntimeError as error:
        raise DataError(f"{checkpoint}: does not fit the task's adapters: {error}") from error
    return layers


def exported_network(path: Path) -> nn.Sequential:
    """The layers of a policy that this module has written, without its prior.

    Raises:
        DataError: It is missing.
    """
    return network_of(exported_layers(path))


def network_of(weights: list[tuple[torch.Tensor, torch.Tensor]]) -> nn.Sequential:
    """Layers with ELU between, from weight and bias of each."""
    layers: list[nn.Module] = []
    for weight, bias in weights:
        layer = nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight.data, layer.bias.data = weight.clone(), bias.clone()
        layers += [layer, nn.ELU()]
    return nn.Sequential(*layers[:-1])


def _opened(path: Path) -> onnx.ModelProto:
    if not path.is_file():
        raise DataError(f"there is no policy {path}")
    return onnx.load(path)


def export(robot: RobotSpec, task: TrainingTask | HandTrainingTask, checkpoint: Path, path: Path) -> str:
    """Writes the ONNX with its contract and checks it against torch.

    Args:
        robot: The robot.
        task: The task that made the checkpoint.
        checkpoint: The checkpoint.
        path: Where the ONNX goes.

    Returns:
        SHA-256 of the file, hexadecimal.

    Raises:
        DataError: The checkpoint does not fit or was learnt with forces that help, or the ONNX disagrees with torch.
    """
    origin = _origin(checkpoint)
    helped = task.help.share(origin["iteration"]) if isinstance(task, HandTrainingTask) and task.help else 0.0
    if helped and checkpoint.suffix != ".onnx":
        raise DataError(f"{checkpoint}: it was learnt with {helped:.0%} of the forces that help; train on without them")
    return write_onnx(deployed_policy(robot, task, checkpoint), task.contract(robot), task.skill, origin, path)


def _origin(checkpoint: Path) -> dict[str, int]:
    """Figures of the training that made a checkpoint or an exported policy."""
    if checkpoint.suffix == ".onnx":
        return dict(json.loads({one.key: one.value for one in _opened(checkpoint).metadata_props}["training"]))
    progress = read_checkpoint(checkpoint)["progress"]
    return {key: progress[key] for key in ("iteration", "steps", "seed")}


def write_onnx(policy: DeployedPolicy, contract: PolicyContract, skill: str, origin: dict[str, int], path: Path) -> str:
    """Writes a policy with its contract and checks the file against torch.

    Args:
        policy: The policy.
        contract: What it expects and yields.
        skill: Name of the skill, for the metadata.
        origin: Figures of its training, for the metadata.
        path: Where the ONNX goes.

    Returns:
        SHA-256 of the file, hexadecimal.

    Raises:
        DataError: The ONNX disagrees with torch.
    """
    metadata = contract.to_metadata() | {"run_path": f"training/{skill}", "training": json.dumps(origin)}
    model = onnx.helper.make_model(
        _graph(policy), opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    onnx.helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    _check_agreement(policy, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _graph(policy: DeployedPolicy) -> onnx.GraphProto:
    """The policy as an ONNX graph; written node by node, so that it does not depend on an exporter of torch."""
    helper, array = onnx.helper, onnx.numpy_helper.from_array
    see, act = policy.clips
    limits = {"see_low": -see, "see_high": see, "act_low": -act, "act_high": act}
    constants = [array(np.array(value, np.float32), name) for name, value in limits.items()]
    constants.append(array(policy.scale.numpy(), "scale"))
    nodes = [
        helper.make_node("Mul", [INPUT, "scale"], ["scaled"]),
        helper.make_node("Clip", ["scaled", "see_low", "see_high"], ["h0"]),
    ]
    network = policy.network
    layered = layer_nodes(network, "h0") if isinstance(network, AdaptedLayers) else linear_nodes(network, "h0")
    nodes, constants, last = [*nodes, *layered[0]], [*constants, *layered[1]], layered[2]
    if policy.prior.any():
        constants += [array(-policy.pick.numpy(), "pick"), array(policy.bend.numpy(), "bend")]
        constants.append(array(policy.prior.numpy(), "prior"))
        nodes += [
            helper.make_node("Gemm", [INPUT, "pick", "bend"], ["below"]),
            helper.make_node("Relu", ["below"], ["hinges"]),
            helper.make_node("MatMul", ["hinges", "prior"], ["lifting"]),
            helper.make_node("Add", [last, "lifting"], ["lifted"]),
        ]
        last = "lifted"
    if policy.lift is not None:
        more, values = _lift_nodes(policy.lift, last)
        nodes, constants, last = [*nodes, *more], [*constants, *values], "swung"
    nodes.append(helper.make_node("Clip", [last, "act_low", "act_high"], [OUTPUT]))
    ports = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", size])
        for name, size in ((INPUT, len(policy.scale)), (OUTPUT, policy.prior.shape[1]))
    ]
    return helper.make_graph(nodes, "policy", ports[:1], ports[1:], constants)


def linear_nodes(
    network: nn.Module, seen: str, prefix: str = ""
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto], str]:
    """Linear layers with ELU in between.

    Args:
        network: Its linear layers are those of the file.
        seen: Name of what they see.
        prefix: What the names of their values begin with.

    Returns:
        Nodes, constants, and the name of the output.
    """
    layers, nodes, constants = [layer for layer in network.children() if isinstance(layer, nn.Linear)], [], []
    for number, layer in enumerate(layers):
        weight, bias, out = (f"{prefix}{letter}{number}" for letter in "wbz")
        for name, value in ((weight, layer.weight), (bias, layer.bias)):
            constants.append(onnx.numpy_helper.from_array(value.detach().numpy(), name))
        nodes.append(onnx.helper.make_node("Gemm", [seen, weight, bias], [out], transB=1))
        if number < len(layers) - 1:
            seen = f"{prefix}h{number + 1}"
            nodes.append(onnx.helper.make_node("Elu", [out], [seen]))
    return nodes, constants, out


def _lift_nodes(lift: SwingLift, last: str) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    """Nodes and constants that add the lifting of feet to the actions ``last`` and yield ``swung``."""
    node, array = onnx.helper.make_node, onnx.numpy_helper.from_array
    turn = np.float32(math.pi * lift.seconds)
    values = {
        "sine_pick": lift.sine.numpy(), "cosine_pick": lift.cosine.numpy(), "swing_add": lift.add.numpy(),
        "half_pick": turn * lift.frequency.numpy()[:, None], "height_pick": lift.height.numpy()[:, None],
        "half_low": np.float32(math.pi * lift.shares[0]), "half_high": np.float32(math.pi * lift.shares[1]),
        "above": np.float32(lift.above), "one": np.float32(1.0), "zero": np.float32(0.0),
    }  # fmt: skip
    steps = [
        ("MatMul", [INPUT, "sine_pick"], "sine"), ("MatMul", [INPUT, "cosine_pick"], "cosine"),
        ("MatMul", [INPUT, "half_pick"], "half_free"), ("Clip", ["half_free", "half_low", "half_high"], "half"),
        ("Sin", ["half"], "across"), ("Cos", ["half"], "along"),
        ("Mul", ["cosine", "along"], "up"), ("Mul", ["sine", "across"], "down"), ("Sub", ["up", "down"], "shifted"),
        ("Mul", ["sine", "sine"], "sine2"), ("Mul", ["cosine", "cosine"], "cosine2"),
        ("Add", ["sine2", "cosine2"], "running"), ("Mul", ["running", "along"], "edge"),
        ("Sub", ["shifted", "edge"], "lift_free"), ("Max", ["lift_free", "zero"], "lift"),
        ("Sub", ["one", "along"], "middle"), ("Div", ["lift", "middle"], "lift_share"),
        ("MatMul", [INPUT, "height_pick"], "heights"), ("Sub", ["heights", "above"], "by"),
        ("Mul", ["lift_share", "by"], "legs"),
        ("MatMul", ["legs", "swing_add"], "swinging"), ("Add", [last, "swinging"], "swung"),
    ]  # fmt: skip
    return (
        [node(kind, inputs, [out]) for kind, inputs, out in steps],
        [array(np.asarray(value, np.float32), name) for name, value in values.items()],
    )


def _check_agreement(policy: DeployedPolicy, path: Path) -> None:
    """Runs random observations through both; raises DataError when they differ."""
    rng = np.random.default_rng(0)
    observations = (rng.standard_normal((64, len(policy.scale))) * 3.0).astype(np.float32)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        expected = policy(torch.from_numpy(observations)).numpy()
    difference = float(np.abs(session.run(None, {INPUT: observations})[0] - expected).max())
    if difference > TOLERANCE:
        raise DataError(f"{path}: ONNX and torch differ by {difference:g}, allowed is {TOLERANCE:g}")


@command_line
def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = Parser(
        description="Export a checkpoint as ONNX with its contract.",
        epilog="example: python -m skill_stack.training.export go2 walk last.pt --install",
    )
    parser.add_argument("robot")
    parser.add_argument("skill")
    parser.add_argument("checkpoint", type=Path, help="or an exported policy, to have the task's prior and ranges")
    parser.add_argument("--out", type=Path, help="ONNX file (default: beside the checkpoint)")
    parser.add_argument("--install", action="store_true", help="also put it into the skill's folder and pin its hash")
    add_options(parser)
    options = parser.parse_args(arguments)
    resources = Resources.from_environment(os.environ)
    path = options.out or options.checkpoint.with_suffix(".onnx")
    robot = load_robot(resources.robot(options.robot))
    folder = resources.find(f"models/{options.robot}/{options.skill}", "skill")
    if path.resolve() == options.checkpoint.resolve():
        raise DataError(f"{path}: an exported policy is not overwritten by another one; say where with --out")
    digest = export(robot, load_any_task(folder), options.checkpoint, path)
    results = None if options.results is None else read_measured(options.results)
    skills = install_policy(path, folder, digest, results, options.force) if options.install else []
    print(f"{path}\nsha256 {digest}")
    if skills:
        print(f"now run by: {', '.join(skills)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
