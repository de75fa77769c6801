"""AimWatch: for how long a robot has been as it was asked to be, by what it measures."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import mujoco
import numpy as np

from skill_stack.core.rewards.body_motion import BodyMotion
from skill_stack.core.rewards.costs import judge
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.motion.sampling.model_body import ModelBody, SetFrame
from skill_stack.motion.sampling.motion_plan import StartState

Array = np.ndarray
LONGEST = 200
"""Most states that are kept."""


class AimWatch:
    """Judges measured states by the aims of a set, as plans and evaluations are judged."""

    def __init__(self, model: mujoco.MjModel, body: ModelBody, period: float) -> None:
        """Takes the robot.

        Args:
            model: The robot's model; it stays as it is.
            body: The robot in it.
            period: Time between two states, s.
        """
        self._model, self._body, self._period = model, body, period
        self._data = mujoco.MjData(model)
        self._seen: deque[tuple[Array, Array]] = deque(maxlen=LONGEST)
        self._frame: SetFrame | None = None
        self._rewards: RewardSet | None = None
        self._last = 0.0

    def begin(self, start: StartState) -> None:
        """Begins a set: places and headings are counted from here."""
        self._frame, self._rewards = self._body.frame(start), None

    def see(self, start: StartState, rewards: RewardSet) -> float:
        """How much of the time that success takes every aim has been within its tolerance without a break, 0 to 1.

        An edit begins that time anew. A set without an aim is always as asked for.

        Args:
            start: The state now; one that is not finite counts as none.
            rewards: What is asked for.
        """
        if self._frame is None:
            self.begin(start)
        if rewards != self._rewards:
            self._rewards, self._last = rewards, -np.inf
            self._seen.clear()
        if start.finite and start.time - self._last > 0.5 * self._period:
            self._last = start.time
            self._seen.append(looked(self._model, self._data, self._body, start))
        if not rewards.aims or not self._seen:
            return float(not rewards.aims)
        states, sensors = (np.stack(rows) for rows in zip(*self._seen, strict=True))
        assert self._frame is not None
        still = np.zeros((len(states), self._body.robot.size))
        motion = self._body.motion(states, sensors, still, self._period, self._frame)
        held, hold = judge(rewards, motion, self._body.layout).held, rewards.hold
        return min(held / hold, 1.0) if hold > 0.0 else float(held > 0.0)


def looked(model: mujoco.MjModel, data: mujoco.MjData, body: ModelBody, start: StartState) -> tuple[Array, Array]:
    """Full state of the physics at a measured state, and the sensors that the model has in it."""
    state = body.state(model, start)
    data.qpos[:], data.qvel[:] = state[1 : 1 + model.nq], state[1 + model.nq :]
    mujoco.mj_forward(model, data)
    return state, data.sensordata.copy()


def measured_motion(model: mujoco.MjModel, body: ModelBody, starts: Sequence[StartState], period: float) -> BodyMotion:
    """States of a run as reward terms see them, counted from the first.

    Args:
        model: The robot's model; it stays as it is.
        body: The robot in it.
        starts: The states in turn; at least one.
        period: Time between two, s.
    """
    data = mujoco.MjData(model)
    states, sensors = (np.stack(rows) for rows in zip(*(looked(model, data, body, one) for one in starts), strict=True))
    still = np.zeros((len(states), body.robot.size))
    return body.motion(states, sensors, still, period, body.frame(starts[0]))
