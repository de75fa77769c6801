"""The learnt skills of a hand as teachers: their networks, run for many hands at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.training.hands.hand_task import HandTrainingTask, load_any_task

Array = np.ndarray
SEEN = ("joint_pos_rel", "joint_vel_rel", "last_action", "gait_phase")
FRAMES = (3, 1, 3, 1)
"""What a primitive observes, in this order, and how many moments of it; the clock may be left out."""


class Primitives:
    """All primitives of one hand.

    Attributes:
        names: Their names.
        gaits: Finger motion that each began as, from the bowl, rad, shape (primitives, joints, 5).
        clocks: Cycles per second of that, Hz.
        turns: 1 for one that turns the object to the left, -1 to the right, else 0, shape (primitives,).
        towards: Where each brings the object along the palm's y and z axes, unit vectors or zeros, shape (n, 2).
    """

    def __init__(self, robot: RobotSpec, folders: Sequence[Path]) -> None:
        """Loads them.

        Raises:
            DataError: One was not trained with a finger motion as a teacher, or observes something else.
        """
        self.names = [folder.name for folder in folders]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._sessions, self._scales, self._clocked = [], [], []
        gaits, towards, clocks, turns = [], [], [], []
        for folder in folders:
            task = load_any_task(folder)
            if not isinstance(task, HandTrainingTask) or task.teacher is None:
                raise DataError(f"{folder.name}: a primitive needs a train.yaml of a hand with a teacher")
            session = onnxruntime.InferenceSession(str(folder / "policy.onnx"), options)
            contract = PolicyContract.from_metadata(session.get_modelmeta().custom_metadata_map, folder.name)
            seen = contract.observation_names
            lengths = contract.history.lengths if contract.history else (1,) * len(seen)
            if seen != SEEN[: len(seen)] or lengths != FRAMES[: len(seen)]:
                raise DataError(f"{folder.name}: a primitive observes {SEEN} with {FRAMES} frames, not {seen}")
            self._sessions.append(session)
            self._scales.append(contract.action_scale[0])
            self._clocked.append("gait_phase" in seen)
            gaits.append([task.teacher.joints[name] for name in robot.joint_names])
            clocks.append(task.clock)
            turns.append(task.turns)
            way = np.array(task.aim.middle if task.aim else (0.0, 0.0))
            towards.append(way / max(float(np.linalg.norm(way)), 1e-9))
        self.gaits, self.towards = np.array(gaits), np.array(towards)
        self.clocks, self.turns = clocks, np.array(turns)

    def answers(self, seen: Array, which: Array, seconds: Array) -> Array:
        """What each hand's primitive would do: change of the joints from the bowl, rad, shape (n, joints).

        Args:
            seen: Three moments of joint positions, rad, one of velocities, rad/s, three of joint targets, rad, both
                from the bowl, shape (n, 7 · joints).
            which: Number of the primitive of each hand; negative for none, which is the bowl.
            seconds: Time since it began, s, shape (n,).
        """
        targets = seen[:, -3 * self.gaits.shape[1] :]
        found = np.zeros((len(seen), self.gaits.shape[1]))
        for number, session in enumerate(self._sessions):
            those = np.flatnonzero(which == number)
            if not those.size:
                continue
            scale = self._scales[number]
            parts = [seen[those, : -targets.shape[1]], targets[those] / scale]
            if self._clocked[number]:
                angle = 2.0 * np.pi * self.clocks[number] * seconds[those]
                parts.append(np.stack([np.sin(angle), np.cos(angle)], axis=1))
            found[those] = scale * session.run(None, {"obs": np.concatenate(parts, axis=1).astype(np.float32)})[0]
        return found
