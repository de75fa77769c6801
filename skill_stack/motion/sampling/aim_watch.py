"""AimWatch: for how long a robot has been as it was asked to be, by what it measures."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import mujoco
import numpy as np

from skill_stack.core.rewards.body_motion import BodyMotion
from skill_stack.core.rewards.costs import distances, judge, tolerance
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.setpoint import Shortfall
from skill_stack.motion.sampling.model_body import ModelBody, SetFrame
from skill_stack.motion.sampling.motion_plan import StartState

Array = np.ndarray
LONGEST = 200
"""Most states that are kept."""
NEARER = 0.1
"""How much nearer an aim must come for it to count, in tolerances: less is what a robot sways by where it stays."""


class AimWatch:
    """Judges measured states by the aims of a set, as plans and evaluations are judged.

    Attributes:
        lacks: The aim that is farthest off where none has come nearer for the time within which success counts.
    """

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
        self._asked: RewardSet | None = None
        self._nearest = np.zeros(0)
        self._since = 0.0
        self.lacks = Shortfall()

    def begin(self, start: StartState, anew: bool = True) -> None:
        """Begins a set: places and headings are counted from here.

        Args:
            start: The state now.
            anew: Whether it is another motion; else the same one goes on after the stance has driven for a while.
        """
        self._frame, self._rewards = self._body.frame(start), None
        self._asked = None if anew else self._asked

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
        self._look(distances(rewards, motion, self._body.layout)[:, -1], start.time, rewards)
        held, hold = judge(rewards, motion, self._body.layout).held, rewards.hold
        return min(held / hold, 1.0) if hold > 0.0 else float(held > 0.0)


    def _look(self, shares: Array, now: float, rewards: RewardSet) -> None:
        """Notes whether an aim has come nearer; an edit, and all of them within their tolerances, begin anew.

        Args:
            shares: Distances of the aims from their targets, in tolerances.
            now: Task time, s.
            rewards: What is asked for.
        """
        if rewards != self._asked or (shares <= 1.0).all():
            self._asked, self._nearest, self._since = rewards, np.full(len(shares), np.inf), now
        beyond = np.maximum(shares, 1.0)
        nearer = np.isfinite(beyond) & (beyond <= self._nearest - NEARER)
        if nearer.any():
            self._nearest, self._since = np.where(nearer, beyond, self._nearest), now
        worst = int(shares.argmax())
        stays = now - self._since >= rewards.success.within and not (shares <= 1.0).all()
        off = float(shares[worst] * tolerance(rewards.aims[worst], rewards))
        self.lacks = Shortfall(worst, off) if stays else Shortfall()


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
