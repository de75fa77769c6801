"""PosturePrior: what the postures have in common by which a hand does something to what lies in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.connector.retargeting.hand_shape import HandShape
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.hands.hand_task import HandTrainingTask, load_any_task

Array = np.ndarray
WIDER = 1.2
"""Factor on the deviation of what is known: what is new lies a little beyond it. One value was tried."""


@dataclass(frozen=True, slots=True)
class PosturePrior:
    """A normal distribution of postures in few numbers (probabilistic principal components, Tipping & Bishop, 1999).

    Attributes:
        mean: Mean posture, rad, shape (joints,).
        axes: Principal components, those with the largest deviation first, orthonormal, shape (numbers, joints).
        spread: Standard deviation of every number, rad, shape (numbers,).
    """

    mean: Array
    axes: Array
    spread: Array

    def postures(self, numbers: Array) -> Array:
        """Postures, rad, shape (n, joints), for numbers of shape (n, numbers)."""
        return np.asarray(self.mean + numbers @ self.axes)


def fit(postures: Array, numbers: int) -> PosturePrior:
    """The prior of some postures, rad, shape (n, joints), in so many numbers.

    Raises:
        DataError: There are too few postures for so many.
    """
    if not 1 <= numbers < len(postures):
        raise DataError(f"{len(postures)} postures are known, which have 1 to {len(postures) - 1} components")
    mean = postures.mean(axis=0)
    _, scale, axes = np.linalg.svd(postures - mean, full_matrices=False)
    return PosturePrior(mean, axes[:numbers], WIDER * scale[:numbers] / np.sqrt(len(postures) - 1))


def known_postures(
    robot: RobotSpec, resources: Resources, without: Collection[str] = (), hands: Sequence[RobotSpec] = ()
) -> Array:
    """Postures that skills of hands begin to learn with, as the teachers in their ``train.yaml`` say.

    Args:
        robot: The hand that takes them.
        resources: Where skills are.
        without: Skills that are not looked at.
        hands: Hands whose postures these are, by their fingertips where it is another; none: the hand itself.

    Returns:
        Joint positions, rad, shape (n, joints).
    """
    found = []
    for hand in hands or (robot,):
        own = [posture for name, posture in _own(hand, resources) if name not in without]
        if hand.name != robot.name and own:
            theirs, mine = HandShape(hand), HandShape(robot)
            begin = (robot.column("lower") + robot.column("upper")) / 2
            own = [mine.solve(mine.own(theirs.tips(posture), theirs.which), begin) for posture in own]
        found += own
    return np.array(found).reshape(-1, robot.size)


def _own(hand: RobotSpec, resources: Resources) -> list[tuple[str, Array]]:
    """Postures of a hand's skills, by their names; gaits are none."""
    found = []
    for folder in resources.skills(hand.name):
        task = load_any_task(folder) if (folder / "train.yaml").is_file() else None
        if isinstance(task, HandTrainingTask) and task.teacher is not None:
            rows = np.array([task.teacher.joints[name] for name in hand.joint_names])
            if not rows[:, 1:].any():
                found.append((task.skill, hand.pose(task.pose) + rows[:, 0]))
    return found
