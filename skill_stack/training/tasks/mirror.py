"""Left-right symmetry: every experience also counts mirrored, which halves what must be learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
import torch
from rsl_rl.extensions import Symmetry
from tensordict import TensorDict

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec

Part = tuple[list[int], list[float]]


@dataclass(frozen=True, slots=True)
class Reflection:
    """A signed permutation.

    Attributes:
        order: Where each mirrored value comes from.
        sign: Its sign.
    """

    order: torch.Tensor
    sign: torch.Tensor

    def __call__(self, values: torch.Tensor) -> torch.Tensor:
        """Mirrors values along the last axis."""
        return values[:, self.order.to(values.device)] * self.sign.to(values.device)


def mirrored_name(name: str) -> str:
    """The name of the same thing on the other side: ``FL_hip_joint`` ↔ ``FR_hip_joint``, ``left_x`` ↔ ``right_x``."""
    for left, right in (("FL", "FR"), ("RL", "RR"), ("left", "right"), ("L", "R")):
        for here, there in ((left, right), (right, left)):
            if name == here or name.startswith(f"{here}_"):
                return there + name[len(here) :]
    return name


def joint_reflection(robot: RobotSpec, model: mujoco.MjModel, names: tuple[str, ...] = ()) -> Part:
    """Reflection of joint values: axes along y keep their sign, those along x and z change it.

    Args:
        robot: The robot.
        model: Its model.
        names: Joints that the values belong to; all of the robot's where there are none.

    Raises:
        DataError: A joint's mirror image is missing.
    """
    names = names or robot.joint_names
    missing = [name for name in names if mirrored_name(name) not in names]
    if missing:
        raise DataError(f"{robot.name}: no mirror image of the joints {missing}")
    order = [names.index(mirrored_name(name)) for name in names]
    sign = [1.0 if np.argmax(np.abs(model.joint(name).axis)) == 1 else -1.0 for name in names]
    return order, sign


class MirrorMap:
    """Reflections of actions and of every observation group."""

    def __init__(
        self, robot: RobotSpec, model: mujoco.MjModel, contract: PolicyContract, privileged: dict[str, int]
    ) -> None:
        """Builds the reflections from names.

        Args:
            robot: The robot.
            model: Its model, for the joints' axes.
            contract: The policy's contract; the actor's group is its observation.
            privileged: Names and sizes of what the critic sees behind the observation.

        Raises:
            UnknownName: A term whose mirror image is not known.
        """
        joints = joint_reflection(robot, model, contract.joint_names)
        names = [foot.name for foot in robot.feet]
        feet: Part = ([names.index(mirrored_name(name)) for name in names], [1.0] * len(names))
        clock: Part = (_repeated(feet[0], 2), feet[1] * 2)
        parts: dict[str, Part] = {
            "base_ang_vel": ([0, 1, 2], [-1.0, 1.0, -1.0]),
            "projected_gravity": ([0, 1, 2], [1.0, -1.0, 1.0]),
            "velocity_commands": _commands(contract.command_names),
            "joint_pos_rel": joints,
            "joint_vel_rel": joints,
            "last_action": joints,
            "gait_phase": clock,
            "base_lin_vel": ([0, 1, 2], [1.0, -1.0, 1.0]),
            "height": ([0], [1.0]),
            "foot_clearance": feet,
            "foot_contact": feet,
            "ground": (_repeated(feet[0], 3), [1.0] * 3 * len(names)),
            "variation": (list(range(7)), [1.0, 1.0, 1.0, -1.0, 1.0, 1.0, 1.0]),
        }
        self.action = _join([joints])
        observation = [_pick(parts, name) for name in contract.observation_names]
        self.groups = {
            "actor": _join(observation),
            "critic": _join(observation + [_pick(parts, name) for name in privileged]),
        }

    def __call__(
        self, env: Any = None, obs: TensorDict | None = None, actions: torch.Tensor | None = None
    ) -> tuple[TensorDict | None, torch.Tensor | None]:
        """Appends the mirror images, in the form of rsl_rl."""
        if obs is not None:
            both = {name: torch.cat([obs[name], reflect(obs[name])]) for name, reflect in self.groups.items()}
            obs = TensorDict(both, batch_size=[2 * obs.batch_size[0]])
        if actions is not None:
            actions = torch.cat([actions, self.action(actions)])
        return obs, actions


class MirrorAugmentation(Symmetry):
    """Data augmentation alone: the mirror loss, which would cost another forward pass, is not computed."""

    def __init__(self, mirror: MirrorMap) -> None:
        """Uses a mirror map."""
        super().__init__(env=None, data_augmentation_func=mirror, use_data_augmentation=True)

    def compute_loss(self, actor: Any, batch: Any, original_batch_size: int) -> torch.Tensor:
        """Zero."""
        return torch.zeros(())


def _repeated(order: list[int], blocks: int) -> list[int]:
    """The order of several blocks of values, each in the order of the first."""
    return [block * len(order) + place for block in range(blocks) for place in order]


def _commands(names: tuple[str, ...]) -> Part:
    """Speed to the left and turning change their sign; phases of half a cycle or none stay what they are."""
    return list(range(len(names))), [-1.0 if name in ("vy", "wz") else 1.0 for name in names]


def _pick(parts: dict[str, Part], name: str) -> Part:
    if name not in parts:
        raise UnknownName("mirror image of the term", name, parts)
    return parts[name]


def _join(parts: list[Part]) -> Reflection:
    order: list[int] = []
    sign: list[float] = []
    for places, signs in parts:
        start = len(order)
        order += [start + place for place in places]
        sign += signs
    return Reflection(torch.tensor(order), torch.tensor(sign))
