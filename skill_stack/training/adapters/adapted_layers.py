"""AdaptedLayers: a frozen network with low-rank adapters, for training and export."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from rsl_rl.algorithms import PPO
from torch import nn

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.tasks.task import TrainingTask

Layers = Sequence[tuple[torch.Tensor, torch.Tensor]]


class AdaptedLayers(nn.Module):
    """Linear layers with ELU between, as the base has them, and adapters times their coefficients.

    A layer yields ``W x + b + up (c · (down x))`` (Hu et al. 2021) with ``up`` zero at first: the base exactly, which
    it also is at coefficients of zero.

    Attributes:
        down: Of each layer, shape (adapters · rank, inputs).
        up: Of each layer, shape (outputs, adapters · rank).
        kept: Where in the observation the base's values are.
        places: Where the coefficients are.
    """

    kept: torch.Tensor
    places: torch.Tensor

    def __init__(self, base: Layers, places: Sequence[int], size: int, rank: int) -> None:
        """Freezes the base.

        Args:
            base: Weight and bias of each layer of the base.
            places: Where the coefficients are in the observation; the base sees what remains.
            size: Length of the observation.
            rank: Rank of each adapter in each layer.

        Raises:
            DataError: The base sees another number of values.
        """
        super().__init__()
        kept = [place for place in range(size) if place not in places]
        if base[0][0].shape[1] != len(kept):
            raise DataError(f"the base sees {base[0][0].shape[1]} values, without coefficients there are {len(kept)}")
        self.rank = rank
        self.register_buffer("kept", torch.tensor(kept))
        self.register_buffer("places", torch.tensor(list(places)))
        self.down, self.up = nn.ParameterList(), nn.ParameterList()
        for number, (weight, bias) in enumerate(base):
            self.register_buffer(f"w{number}", weight.clone())
            self.register_buffer(f"b{number}", bias.clone())
            wide = rank * len(places)
            self.down.append(torch.randn(wide, weight.shape[1]) / weight.shape[1] ** 0.5)
            self.up.append(torch.zeros(weight.shape[0], wide))

    def base(self) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Weight and bias of each layer of the base."""
        return [(getattr(self, f"w{number}"), getattr(self, f"b{number}")) for number in range(len(self.down))]

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Outputs of a batch of observations, coefficients included."""
        shares = observation[:, self.places].repeat_interleave(self.rank, dim=1)
        seen, last = observation[:, self.kept], len(self.down) - 1
        for number, (weight, bias) in enumerate(self.base()):
            low = nn.functional.linear(nn.functional.linear(seen, self.down[number]) * shares, self.up[number])
            seen = nn.functional.linear(seen, weight, bias) + low
            seen = seen if number == last else nn.functional.elu(seen)
        return seen


def task_layers(robot: RobotSpec, task: TrainingTask, base: Layers) -> AdaptedLayers:
    """Untrained adapters of a task on the layers of its base.

    Raises:
        DataError: The task trains no adapters, or its base sees something else than the task but for the coefficients.
    """
    if task.adapters is None:
        raise DataError(f"the task of '{task.skill}' has no section 'adapters'")
    contract = task.contract(robot)
    begins = sum(contract.observation_sizes[: contract.observation_names.index("velocity_commands")])
    places = [begins + contract.command_names.index(name) for name in task.adapters.goals]
    return AdaptedLayers(base, places, contract.observation_size, task.adapters.rank)


def begin_as_before(layers: AdaptedLayers, task: TrainingTask, policy: Path) -> None:
    """Gives layers the adapters that a policy has for goal values of the task; new ones stay as they are.

    Raises:
        DataError: The policy has no adapters, or they are of another rank.
    """
    adapters, old = exported_adapters(policy, layers.rank), exported_contract(onnx.load(policy), policy).adapters
    if old is None or task.adapters is None or len(adapters) != len(old.goals):
        raise DataError(f"{policy}: it has no adapters of rank {layers.rank} to go on with")
    known = dict(zip(old.goals, adapters))
    for place, goal in enumerate(task.adapters.goals):
        mine = slice(place * layers.rank, (place + 1) * layers.rank)
        for down, up, (had_up, had_down) in zip(layers.down, layers.up, known.get(goal, ())):
            down.data[mine], up.data[:, mine] = had_down, had_up


def base_layers(task: TrainingTask, policy: Path) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Layers of the base of a task's adapters, from its policy or from one that adapts it.

    Raises:
        DataError: The file is missing, or is another one than the task names.
    """
    layers, wanted = exported_layers(policy), task.adapters.base_sha256 if task.adapters is not None else ""
    part = exported_contract(onnx.load(policy), policy).adapters
    found = part.base_sha256 if part is not None else hashlib.sha256(policy.read_bytes()).hexdigest()
    if found != wanted:
        raise DataError(f"{policy}: has the hash {found}, the adapters are of {wanted}: name it in train.yaml to go on")
    return layers


def adapt(learner: PPO, layers: AdaptedLayers) -> None:
    """Puts adapted layers in the place of a learner's actor; only adapters, exploration and critic learn."""
    learner.actor.mlp = layers.to(learner.device)
    parameters = [*learner.actor.parameters(), *learner.critic.parameters()]
    learner.optimizer = torch.optim.Adam(parameters, lr=learner.learning_rate)


def layer_nodes(layers: AdaptedLayers, seen: str) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto], str]:
    """Nodes and constants of the layers on the scaled observation ``seen``, and the name of their output."""
    node, array = onnx.helper.make_node, onnx.numpy_helper.from_array
    repeat = np.repeat(np.eye(len(layers.places), dtype=np.float32), layers.rank, axis=1)
    values: dict[str, np.ndarray] = {"kept": layers.kept.numpy(), "places": layers.places.numpy(), "repeat": repeat}
    nodes = [
        node("Gather", [seen, "kept"], ["h_0"], axis=1),
        node("Gather", [seen, "places"], ["coefficients"], axis=1),
        node("MatMul", ["coefficients", "repeat"], ["shares"]),
    ]
    for number, (weight, bias) in enumerate(layers.base()):
        values |= {f"w{number}": weight.numpy(), f"b{number}": bias.numpy()}
        values[f"down{number}"] = layers.down[number].detach().numpy().T.copy()
        values[f"up{number}"] = layers.up[number].detach().numpy().T.copy()
        nodes += [
            node("Gemm", [f"h_{number}", f"w{number}", f"b{number}"], [f"base{number}"], transB=1),
            node("MatMul", [f"h_{number}", f"down{number}"], [f"low{number}"]),
            node("Mul", [f"low{number}", "shares"], [f"part{number}"]),
            node("MatMul", [f"part{number}", f"up{number}"], [f"more{number}"]),
            node("Add", [f"base{number}", f"more{number}"], [f"z{number}"]),
        ]
        if number < len(layers.down) - 1:
            nodes.append(node("Elu", [f"z{number}"], [f"h_{number + 1}"]))
    return nodes, [array(value, name) for name, value in values.items()], f"z{len(layers.down) - 1}"


def exported_layers(path: Path) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Weight and bias of each layer of a policy that the exporter has written; of an adapted one, of its base.

    Of a mirror image (:mod:`skill_stack.training.exporting.mirror_policy`) they have the changed signs in them.

    Raises:
        DataError: There is no such policy.
    """
    if not path.is_file():
        raise DataError(f"there is no policy {path}")
    held = {one.name: torch.tensor(onnx.numpy_helper.to_array(one)) for one in onnx.load(path).graph.initializer}
    count = sum(name[0] == "w" and name[1:].isdigit() for name in held)
    layers = [(held[f"w{number}"], held[f"b{number}"]) for number in range(count)]
    if "seen_signs" in held:
        seen, answer = held["seen_signs"], held["answer_signs"]
        layers[0] = (layers[0][0] * seen, layers[0][1])
        layers[-1] = (layers[-1][0] * answer[:, None], layers[-1][1] * answer)
    return layers


def exported_adapters(path: Path, rank: int) -> list[list[tuple[torch.Tensor, torch.Tensor]]]:
    """Of each adapter of such a policy its two matrices in each layer: up, (outputs, rank), and down, (rank, inputs).

    Raises:
        DataError: It has none of this rank.
    """
    held = {one.name: torch.tensor(onnx.numpy_helper.to_array(one)) for one in onnx.load(path).graph.initializer}
    count = sum(name.startswith("down") for name in held)
    wide = held["down0"].shape[1] if count else 0
    if not wide or wide % rank:
        raise DataError(f"{path}: has no adapters of rank {rank}")
    numbers = range(count)
    every = (slice(begin, begin + rank) for begin in range(0, wide, rank))
    return [[(held[f"up{number}"][one].T, held[f"down{number}"][:, one].T) for number in numbers] for one in every]


def exported_contract(model: onnx.ModelProto, path: Path) -> PolicyContract:
    """The contract that such a policy states; raises DataError, with the path, where it states none."""
    return PolicyContract.from_metadata({one.key: one.value for one in model.metadata_props}, str(path))
