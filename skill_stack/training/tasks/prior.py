"""Priors added to a policy's actions from the start: lifted feet, legs bent to a height, balance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.data_file import DataModel
from skill_stack.core.errors import DataError

Array = np.ndarray

Hinge = tuple[Array, float, Array]
"""One hinge: its input weights, its threshold, its output weights."""


class GoalPrior(DataModel):
    """Addition to actions in proportion to how far a goal value is below a threshold.

    Attributes:
        goal: Name of the goal value.
        below: Threshold, in the goal value's unit.
        add: Action per unit below it, by a part of the joints' names.
    """

    goal: str
    below: float
    add: dict[str, float]


class FeedbackPrior(DataModel):
    """Addition to actions in proportion to an observed value: balance from the first tick.

    Attributes:
        term: Name of the observation term.
        index: Which of its values.
        add: Action per unit of it, by a part of the joints' names.
    """

    term: str
    index: int
    add: dict[str, float]


class PriorTask(DataModel):
    """All priors.

    Attributes:
        step: What is added to the action of a leg's joints at the middle of its swing: so much lifts the foot. Learning
            begins with stepping then, and does not have to find it. It follows ``max(0, -sin phase)``.
        goals: What goal values add.
        feedback: What observed values add.
        offset: What is added always.
        smooth: Share of the last action that is added to the present one: a low-pass filter of the network's answers.
    """

    step: dict[str, float] = {}
    goals: tuple[GoalPrior, ...] = ()
    feedback: tuple[FeedbackPrior, ...] = ()
    offset: dict[str, float] = {}
    smooth: float = Field(0.0, ge=0.0, lt=1.0)


@dataclass(frozen=True, slots=True)
class ActionPrior:
    """Hinges of the observation that add to actions; part of the environment's action and of the exported network.

    Attributes:
        pick: Input weights of each hinge, shape (observation, hinges).
        bend: Threshold of each, shape (hinges,).
        add: What each adds to the actions per unit below that, shape (hinges, actions).
    """

    pick: Array
    bend: Array
    add: Array

    def __call__(self, observation: Array) -> Array:
        """Addition to the actions.

        Args:
            observation: Raw observations, shape (batch, observation).

        Returns:
            Shape (batch, actions).
        """
        return np.clip(self.bend - observation @ self.pick, 0.0, None) @ self.add


def make_prior(contract: PolicyContract, task: PriorTask) -> ActionPrior:
    """The prior of a policy.

    Args:
        contract: The policy's contract.
        task: What is added.
    """
    sight, joints = contract.observation_size, contract.joint_names
    nothing = np.zeros((sight, 0)), np.zeros(0), np.zeros((0, len(joints)))
    hinges = [*_steps(contract, task.step), *_values(contract, task), *_smoothing(contract, task.smooth)]
    if task.offset:
        hinges.append((np.zeros(sight), 1.0, _row(task.offset, joints)))
    if not hinges:
        return ActionPrior(*nothing)
    pick, bend, add = zip(*hinges)
    return ActionPrior(np.stack(pick, axis=1), np.array(bend), np.stack(add))


def _steps(contract: PolicyContract, step: dict[str, float]) -> list[Hinge]:
    """The lifting of every foot; nothing where the policy sees no clock."""
    if contract.gait is None or "gait_phase" not in contract.observation_names:
        return []
    hinges: list[Hinge] = []
    every = _row(step, contract.joint_names)
    for place, foot in enumerate(contract.gait.feet):
        mine = np.array([joint.split("_")[0] == foot.split("_")[0] for joint in contract.joint_names])
        hinges.append((_place(contract, "gait_phase", place), 0.0, every * mine))
    return hinges


def _values(contract: PolicyContract, task: PriorTask) -> list[Hinge]:
    """What goal values and observed ones add; a value that counts both ways is two hinges."""
    hinges: list[Hinge] = []
    for goal in task.goals:
        place = _place(contract, "velocity_commands", contract.command_names.index(goal.goal))
        hinges.append((place, goal.below, _row(goal.add, contract.joint_names)))
    for feedback in task.feedback:
        place, add = _place(contract, feedback.term, feedback.index), _row(feedback.add, contract.joint_names)
        hinges += [(-place, 0.0, add), (place, 0.0, -add)]
    return hinges


def _smoothing(contract: PolicyContract, share: float) -> list[Hinge]:
    """A share of the last action."""
    hinges: list[Hinge] = []
    for joint in range(len(contract.joint_names)) if share else ():
        place, add = _place(contract, "last_action", joint), share * np.eye(len(contract.joint_names))[joint]
        hinges += [(-place, 0.0, add), (place, 0.0, -add)]
    return hinges


def _place(contract: PolicyContract, term: str, index: int) -> Array:
    """Picks one value from the observation of the present moment, shape (observation,)."""
    sizes, number = contract.observation_sizes, contract.observation_names.index(term)
    history = contract.history
    lengths = (1,) * len(sizes) if history is None else history.lengths
    if history is not None and (history.layout, history.order) != ("by_term", "oldest_first"):
        raise DataError("policy: a prior needs a history by term with the oldest frame first")
    start = sum(size * length for size, length in zip(sizes[:number], lengths))
    return np.eye(contract.observation_size)[start + (lengths[number] - 1) * sizes[number] + index]


def _row(values: dict[str, float], joints: Iterable[str]) -> Array:
    """Value of every joint, the sum of those whose part of a name is in its own, shape (joints,)."""
    return np.array([sum(value for part, value in values.items() if part in joint) for joint in joints])
