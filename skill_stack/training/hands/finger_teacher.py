"""A gait of fingers as a teacher: sums of two sines of the clock, which see nothing."""

from __future__ import annotations

import numpy as np
import torch
from tensordict import TensorDict

from skill_stack.core.errors import DataError
from skill_stack.training.hands.hand_environment import HandEnvironment
from skill_stack.training.hands.hand_task import FingerTeacherTask


class FingerTeacher:
    """Moves the fingers of all hands of an environment."""

    def __init__(self, environment: HandEnvironment, task: FingerTeacherTask, gaits: np.ndarray | None = None) -> None:
        """Resolves joints.

        Args:
            environment: The hands, whose clock it follows.
            task: The gait.
            gaits: A gait of its own for each hand, shape (hands, joints, 5); None: that of the task for all.

        Raises:
            DataError: The gait lacks a joint or has one that the hand has not.
        """
        names = environment.contract.joint_names
        if set(names) != set(task.joints):
            raise DataError(f"teacher: the gait is of {sorted(task.joints)}, the hand has {sorted(names)}")
        self._environment = environment
        self._gait = np.array([task.joints[name] for name in names])[None] if gaits is None else gaits
        robot = environment.robot
        pose = np.array(environment.contract.default_joint_pos)
        self._reach = robot.column("lower") - pose, robot.column("upper") - pose

    def __call__(self, _observations: TensorDict | None = None) -> torch.Tensor:
        """Answers of a network that moves like the gait, before the prior, shape (hands, actions).

        The policy's targets hold for one of its runs, so each is the gait's in the middle of that time.
        """
        environment = self._environment
        phase = environment.phase + 0.5 * environment.task.clock / environment.task.rate
        change = np.clip(self._gait[..., 0] + (self._gait[..., 1:] @ waves(phase)[:, :, None])[..., 0], *self._reach)
        answer = change / environment.task.action_scale - environment.prior
        return torch.from_numpy(answer.astype(np.float32))


def waves(phase: np.ndarray) -> np.ndarray:
    """What the last four numbers of a gait are factors of: two sines and cosines of a phase, 0 to 1, shape (n, 4)."""
    angle = 2.0 * np.pi * phase[:, None] * (1.0, 2.0)
    return np.stack([np.sin(angle), np.cos(angle)], axis=2).reshape(len(angle), 4)
