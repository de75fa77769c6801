"""Teachers: exported networks of a robot's skills, asked all at once what each robot of a batch should do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.adapters.adapted_layers import exported_layers
from skill_stack.training.body_prior.settings import Behaviour, BodyPriorSettings
from skill_stack.training.export import DeployedPolicy, deployed_policy
from skill_stack.training.tasks.clone_task import load_clone_task
from skill_stack.training.tasks.task import load_task

Array = np.ndarray
CLOCK, GOALS = "gait_phase", "velocity_commands"


class Intents:
    """What each robot of a batch is to do, and when it does something else.

    Attributes:
        kind: Behaviour of each robot, by its number, shape (robots,).
        goals: Its goal values, ordered by ``names``; 0 where a behaviour has none, shape (robots, names).
        names: All goal values of all behaviours.
        middles: Goal values in the middle of each behaviour's ranges, shape (behaviours, names).
    """

    def __init__(self, settings: BodyPriorSettings, count: int, rng: np.random.Generator) -> None:
        """Draws for all robots.

        Args:
            settings: Behaviours and times.
            count: Robots.
            rng: Source of chance.
        """
        self._held, self._rng, behaviours = settings.held, rng, settings.behaviours
        self.names = tuple(dict.fromkeys(name for one in behaviours for name in one.goals))
        self._low, self._high = (
            np.array([[one.goals.get(name, (0.0, 0.0))[side] for name in self.names] for one in behaviours])
            for side in (0, 1)
        )
        shares = np.array([one.share for one in behaviours])
        self._shares = shares / shares.sum()
        self.kind, self.goals = np.zeros(count, int), np.zeros((count, len(self.names)))
        self.middles, self._left = (self._low + self._high) / 2, np.zeros(count)
        self.draw(np.arange(count))

    def draw(self, which: Array) -> None:
        """Has some robots do something else."""
        kind = self._rng.choice(len(self._shares), len(which), p=self._shares)
        self.kind[which] = kind
        self.goals[which] = self._rng.uniform(self._low[kind], self._high[kind])
        self._left[which] = self._rng.uniform(*self._held, len(which))

    def advance(self, seconds: float) -> None:
        """Lets time pass; who is through with something does something else."""
        self._left -= seconds
        if len(over := np.flatnonzero(self._left <= 0)):
            self.draw(over)

    def take(self, which: Array, others: Intents, rows: Array) -> None:
        """Has some robots do what others do."""
        self.kind[which], self.goals[which] = others.kind[rows], others.goals[rows]

    def coded(self) -> Array:
        """Each intent as the encoder sees it: which behaviour, and its goal values, -1 to 1 over all their ranges."""
        low, high = self._low.min(axis=0), self._high.max(axis=0)
        middle, reach = (low + high) / 2, np.maximum((high - low) / 2, 1e-9)
        said = (self._high > self._low)[self.kind]
        scaled = np.where(said, (self.goals - middle) / reach, 0.0)
        return np.concatenate([np.eye(len(self._shares))[self.kind], scaled], axis=1).astype(np.float32)


class Teachers:
    """All networks that behaviours name."""

    def __init__(self, robot: RobotSpec, resources: Resources, behaviours: Sequence[Behaviour]) -> None:
        """Loads them.

        Raises:
            DataError: A skill has no network, or one that does not fit the robot.
        """
        self._behaviours = tuple(behaviours)
        names = [one.name for one in behaviours]
        self._through = np.array([names.index(one.through) if one.through else at for at, one in enumerate(behaviours)])
        self._networks = {name: _load(robot, resources, name) for name in dict.fromkeys(b.skill for b in behaviours)}

    def answer(self, parts: Mapping[str, Array], phase: Array, intents: Intents, fast: Array) -> Array:
        """Actions of all robots.

        Args:
            parts: Observation terms by name, raw, shape (robots, size).
            phase: Phase of each robot's clock, 0 to 1, shape (robots,).
            intents: What they are to do.
            fast: Who is too fast for what needs a slow robot, bool, shape (robots,).

        Returns:
            Shape (robots, actions).
        """
        found = np.zeros_like(parts["last_action"])
        kind = np.where(fast, self._through[intents.kind], intents.kind)
        every = np.where((kind == intents.kind)[:, None], intents.goals, intents.middles[kind])
        for number, behaviour in enumerate(self._behaviours):
            rows = np.flatnonzero(kind == number)
            if not len(rows):
                continue
            policy, contract = self._networks[behaviour.skill]
            goals = dict(zip(intents.names, every[rows].T))
            zero = np.zeros(len(rows))
            told = np.stack([goals.get(name, zero) for name in contract.command_names], axis=1)
            mine = {GOALS: told, CLOCK: _clock(contract, told, phase[rows], behaviour.silent)}
            seen = [mine[name] if name in mine else parts[name][rows] for name in contract.observation_names]
            with torch.inference_mode():
                found[rows] = policy(torch.from_numpy(np.concatenate(seen, axis=1).astype(np.float32))).numpy()
        return found


def _clock(contract: PolicyContract, told: Array, phase: Array, silent: bool) -> Array:
    """What a network sees of its clock; nothing where it has none."""
    if contract.gait is None:
        return np.zeros((len(phase), 0))
    turns = 2 * np.pi * (phase[:, None] + contract.gait_at(told)[0])
    return np.concatenate([np.sin(turns), np.cos(turns)], axis=1) * (not silent)


def _load(robot: RobotSpec, resources: Resources, name: str) -> tuple[DeployedPolicy, PolicyContract]:
    path = resources.find(f"models/{robot.name}/{name}/policy.onnx", "policy")
    if (path.parent / "clone.yaml").is_file():
        task = load_clone_task(path.parent)
        policy = DeployedPolicy(exported_layers(path), task.scale, (math.inf, task.action_clip))
        return policy.eval(), task.contract(robot)
    walk = load_task(path.parent)
    return deployed_policy(robot, walk, path), walk.contract(robot)
