"""Priors added to a policy's actions from the start: lifted feet, legs bent to a height, balance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

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


class SwingPrior(DataModel):
    """Lifting of feet in proportion to a goal value, in the very part of the cycle in which the gait has them swing.

    Attributes:
        add: Action of a leg's joints at the middle of its swing that lifts the foot by ``height``.
        height: That height, m.
        above: Swing height that needs no lifting, as the network or ``step`` sees to it, m; the rest is lifted.
        goal: Goal value that states the swing height, m.
        frequency: Goal value that states the gait's frequency, Hz.
    """

    add: dict[str, float]
    height: float = Field(gt=0)
    above: float = Field(0.0, ge=0)
    goal: str = "swing_height"
    frequency: str = "frequency"


class PriorTask(DataModel):
    """All priors.

    Attributes:
        step: What is added to the action of a leg's joints at the middle of its swing: so much lifts the foot. Learning
            begins with stepping then, and does not have to find it. It follows ``max(0, -sin phase)``.
        swing: The same by as much as the goal asks for, and while the gait asks for it.
        clock: What is added to the action of each foot's leg by sine and cosine of the foot's phase, and always, by a
            part of the joints' names; for right joints about x and z with the other sign.
        goals: What goal values add.
        feedback: What observed values add.
        offset: What is added always.
        smooth: Share of the last action that is added to the present one: a low-pass filter of the network's answers.
    """

    step: dict[str, float] = {}
    swing: SwingPrior | None = None
    clock: dict[str, tuple[float, float, float]] = {}
    goals: tuple[GoalPrior, ...] = ()
    feedback: tuple[FeedbackPrior, ...] = ()
    offset: dict[str, float] = {}
    smooth: float = Field(0.0, ge=0.0, lt=1.0)


@dataclass(frozen=True, slots=True)
class SwingLift:
    """Lifting of feet by goal values; with numpy in the environment and with torch in the exported network.

    A foot swings for a share ``u`` of the cycle, at its end: the lift is ``cos(phase + pi u) - cos(pi u)`` where that
    is positive, scaled to one at the middle. A silent clock, whose sine and cosine are both 0, lifts nothing.

    Attributes:
        sine: Picks the sines of the feet's phases, shape (observation, feet).
        cosine: Picks the cosines, same shape.
        frequency: Picks the frequency, Hz, shape (observation,).
        height: Picks the swing height, divided by that which ``add`` lifts by, shape (observation,).
        above: What needs no lifting, divided by the same.
        seconds: Time of a swing, s.
        shares: Least and greatest share of the cycle that a swing has.
        add: Action of each foot's leg at the middle of its swing, shape (feet, actions).
    """

    sine: Any
    cosine: Any
    frequency: Any
    height: Any
    above: float
    seconds: float
    shares: tuple[float, float]
    add: Any

    def __call__(self, observation: Any, library: Any = np) -> Any:
        """Addition to the actions, shape (batch, actions).

        Args:
            observation: Raw observations, shape (batch, observation).
            library: ``numpy`` or ``torch``, whichever made all arrays.
        """
        sine, cosine = observation @ self.sine, observation @ self.cosine
        half = (math.pi * library.clip(self.seconds * (observation @ self.frequency), *self.shares))[:, None]
        across, along = library.sin(half), library.cos(half)
        lift = library.clip(cosine * along - sine * across - (sine**2 + cosine**2) * along, 0.0, None)
        return (lift / (1.0 - along) * (observation @ self.height - self.above)[:, None]) @ self.add


@dataclass(frozen=True, slots=True)
class ActionPrior:
    """Hinges of the observation that add to actions; part of the environment's action and of the exported network.

    Attributes:
        pick: Input weights of each hinge, shape (observation, hinges).
        bend: Threshold of each, shape (hinges,).
        add: What each adds to the actions per unit below that, shape (hinges, actions).
        lift: Lifting of feet by goal values; None for none.
    """

    pick: Array
    bend: Array
    add: Array
    lift: SwingLift | None = None

    def __call__(self, observation: Array) -> Array:
        """Addition to the actions.

        Args:
            observation: Raw observations, shape (batch, observation).

        Returns:
            Shape (batch, actions).
        """
        added = np.clip(self.bend - observation @ self.pick, 0.0, None) @ self.add
        return added if self.lift is None else added + self.lift(observation)


def make_prior(
    contract: PolicyContract, task: PriorTask, swing: tuple[float, tuple[float, float]] | None = None
) -> ActionPrior:
    """The prior of a policy.

    Args:
        contract: The policy's contract.
        task: What is added.
        swing: Time of a foot's swing, s, and the least and greatest share of a cycle that it takes.

    Raises:
        DataError: Feet shall be lifted by a goal value, and the gait has no time of a swing.
    """
    sight, joints = contract.observation_size, contract.joint_names
    nothing = np.zeros((sight, 0)), np.zeros(0), np.zeros((0, len(joints)))
    hinges = [*_steps(contract, task.step), *_clock(contract, task.clock), *_values(contract, task)]
    hinges += _smoothing(contract, task.smooth)
    if task.offset:
        hinges.append((np.zeros(sight), 1.0, _row(task.offset, joints)))
    lift = None if task.swing is None else _lift(contract, task.swing, swing)
    if not hinges:
        return ActionPrior(*nothing, lift)
    pick, bend, add = zip(*hinges)
    return ActionPrior(np.stack(pick, axis=1), np.array(bend), np.stack(add), lift)


def _lift(contract: PolicyContract, task: SwingPrior, swing: tuple[float, tuple[float, float]] | None) -> SwingLift:
    """The lifting of feet by goal values."""
    if contract.gait is None or swing is None:
        raise DataError("policy: prior.swing needs a gait with a swing_time")
    feet = len(contract.gait.feet)
    names = contract.command_names
    goals = [_place(contract, "velocity_commands", names.index(name)) for name in (task.frequency, task.goal)]
    clock = [_place(contract, "gait_phase", place) for place in range(2 * feet)]
    return SwingLift(
        sine=np.stack(clock[:feet], axis=1),
        cosine=np.stack(clock[feet:], axis=1),
        frequency=goals[0],
        height=goals[1] / task.height,
        above=task.above / task.height,
        seconds=swing[0],
        shares=swing[1],
        add=np.stack(_legs(contract, task.add)),
    )


def _steps(contract: PolicyContract, step: dict[str, float]) -> list[Hinge]:
    """The lifting of every foot; nothing where the policy sees no clock."""
    if contract.gait is None or "gait_phase" not in contract.observation_names:
        return []
    legs = _legs(contract, step)
    return [(_place(contract, "gait_phase", place), 0.0, leg) for place, leg in enumerate(legs)]


def _clock(contract: PolicyContract, clock: dict[str, tuple[float, float, float]]) -> list[Hinge]:
    """What follows sine and cosine of each foot's phase, two hinges each, and what is added always."""
    if not clock or contract.gait is None:
        return []
    feet, hinges = len(contract.gait.feet), list[Hinge]()
    mirrored = [
        -1.0 if joint.startswith("right_") and ("roll" in joint or "yaw" in joint) else 1.0
        for joint in contract.joint_names
    ]
    parts = [_legs(contract, {name: values[number] for name, values in clock.items()}) for number in range(3)]
    for foot, (sine, cosine, always) in enumerate(zip(*parts)):
        for number, leg in ((foot, sine), (feet + foot, cosine)):
            place, add = _place(contract, "gait_phase", number), leg * mirrored
            hinges += [(-place, 0.0, add), (place, 0.0, -add)]
        hinges.append((np.zeros(contract.observation_size), 1.0, always * mirrored))
    return hinges


def _legs(contract: PolicyContract, values: dict[str, float]) -> list[Array]:
    """Values of the joints of each foot's leg, shape (joints,) each, in the order of the contract's feet."""
    assert contract.gait is not None
    every, joints = _row(values, contract.joint_names), contract.joint_names
    sides = [foot.split("_")[0] for foot in contract.gait.feet]
    return [every * np.array([joint.split("_")[0] == side for joint in joints]) for side in sides]


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
