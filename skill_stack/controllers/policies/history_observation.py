"""HistoryObservation: the observation of a policy with several frames, initialised from past measurements."""

from __future__ import annotations

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.policies.inplace_observation import InplaceObservation
from skill_stack.controllers.policies.observation_history import ObservationHistory
from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.controllers.policies.recent_readings import RecentReadings
from skill_stack.controllers.runners.runner import Targets
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

Array = np.ndarray


class HistoryObservation(InplaceObservation):
    """Writes one frame as :class:`InplaceObservation` does, and lays it out with those before."""

    def __init__(self, contract: PolicyContract, robot: RobotSpec, recent: RecentReadings) -> None:
        """Resolves names once.

        Args:
            contract: What the policy sees, with a history.
            robot: The robot.
            recent: Past control ticks; needed when the policy's padding is ``warm``.

        Raises:
            UnknownName: A term or joint that is not known.
            DataError: The contract has no history, or gives a term another size than the robot does.
        """
        super().__init__(contract, robot)
        if contract.history is None:
            raise DataError("policy: it sees no history")
        self._frame = self.array
        self._history = ObservationHistory(contract.history, contract.observation_sizes)
        self.array = self._history.array
        self._recent = recent
        self._every = contract.ticks_per_run(robot.control_rate)
        self._warm = contract.history.padding == "warm"
        self._begins = True
        # What the drives were told says nothing of an action that is added to something.
        offsets, scales = (
            contract.action_map if contract.action_kind != "delta" else ((0.0,) * len(self.last_action),) * 2
        )
        self._actions = list(zip(robot.indices(contract.joint_names).tolist(), offsets, scales))
        if self._warm:
            recent.need(self._every * (self._history.length - 1), "base_lin_vel" in contract.observation_names)

    def start(self) -> None:
        """Restarts at the next :meth:`write`, from zeros, from its frame, or from what was measured before it."""
        self._history.forget()
        self._begins = True
        if self._warm and (present := self._recent.before(0)) is not None:
            self.last_action = self._action_of(present.targets)

    def follow(self, other: InplaceObservation) -> None:
        """Continues from the observation of another skill of the same policy."""
        if isinstance(other, HistoryObservation):
            self._history.follow(other._history)
            self._begins = other._begins

    def write(self, reading: FastEstimate) -> None:
        """Writes the observation that belongs to a reading; time moves on by one run of the network."""
        if self._begins:
            self._begins = False
            if self._warm:
                self._warm_up()
        super().write(reading)
        self._history.push(self._frame)

    def preview(self, reading: FastEstimate) -> None:
        """Writes the observation without adding it to the history."""
        super().write(reading)

    def _warm_up(self) -> None:
        """Frames of the runs that the network would have made if it had driven before.

        Goal values and clock are the present ones, since the policy had none before. Its last actions are those that
        would have given the commanded joint targets.
        """
        last_action, frames = self.last_action, []
        self.told = False
        for run in range(self._history.length - 1, 0, -1):
            moment = self._recent.before(run * self._every)
            if moment is not None:
                self.last_action = self._action_of(moment.targets)
                super().write(moment.reading)
                frames.append(self._frame.copy())
        self.last_action = last_action
        if frames:
            self._history.fill(np.stack(frames, axis=1))

    def _action_of(self, targets: Targets | None) -> Array:
        """The action that corresponds to targets; zeros while the robot was damped."""
        if targets is None:
            return np.zeros(len(self._actions), np.float32)
        values = [(targets.q[place] - zero) / scale if scale else 0.0 for place, zero, scale in self._actions]
        return np.array(values, np.float32)
