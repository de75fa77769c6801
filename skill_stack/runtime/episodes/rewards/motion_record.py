"""MotionRecord: what a robot did, on the simulation's truth, and whether that is what was wanted."""

from __future__ import annotations

import math

import numpy as np

from skill_stack.core.rewards.costs import RewardVerdict, judge
from skill_stack.core.rewards.reward_set import RewardSet
from skill_stack.core.rotation import tilt_of
from skill_stack.evaluation.episode import Episode
from skill_stack.evaluation.reward_suite import MotionTask
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import StartState
from skill_stack.motion.sampling.stepped_robot import Data

Array = np.ndarray
TICK = 0.02
"""Time between two steps of a record, s: that between two joint targets of plans."""
DROPPED = 0.04
"""How far an object in the hand may sink, m."""
NOTHING = RewardVerdict(False, math.inf, {}, 0.0, 0.0)
"""Of a robot that did not move."""


class MotionRecord:
    """What a robot did, on the simulation's truth.

    Attributes:
        body: The robot in its world's model.
        reason: Why nothing can come of it any more, or an empty string.
    """

    def __init__(self, body: ModelBody, data: Data) -> None:
        """Begins at a moment.

        Args:
            body: The robot in its world's model.
            data: State of that model.
        """
        self.body, self.reason = body, ""
        self._data = data
        self.start = self.state(0.0)
        self._frame = body.frame(self.start)
        self._states: list[Array] = []
        self._sensors: list[Array] = []
        self._targets: list[Array] = []

    def state(self, now: float) -> StartState:
        """Where it is and how it moves.

        Args:
            now: Its time, s.
        """
        return self.body.start(now, self._data.qpos, self._data.qvel)

    def note(self, state: Array, sensors: Array, target: Array) -> None:
        """One step later.

        Args:
            state: Time, positions and velocities, in the order of the model.
            sensors: Values of its sensors at the same moment.
            target: Joint targets, rad, shape (joints,).
        """
        self._states.append(state)
        self._sensors.append(sensors)
        self._targets.append(target)
        self.reason = self._lost()

    @property
    def simulated(self) -> float:
        """Time since the beginning, s."""
        return TICK * len(self._states)

    def verdict(self, rewards: RewardSet) -> RewardVerdict:
        """Whether and when it did what was wanted.

        Args:
            rewards: What was wanted.
        """
        states, sensors, targets = (np.array(each) for each in (self._states, self._sensors, self._targets))
        return judge(rewards, self.body.motion(states, sensors, targets, TICK, self._frame), self.body.layout)

    def _lost(self) -> str:
        now, robot = self.state(0.0), self.body.robot
        if not now.finite:
            return "the simulation diverged"
        if now.thing is not None and self.start.thing is not None:
            fell = float(self.start.thing[2] - now.thing[2]) > DROPPED
            return "the object fell" if fell else ""
        stands = "hand" not in robot.bodies
        return "it fell" if stands and tilt_of(now.orientation) > robot.safety.tilt else ""


def judged_episode(
    record: MotionRecord,
    task: MotionTask,
    seed: int,
    world: dict[str, float],
    seconds: float,
    refused: str = "",
    **measured: float,
) -> Episode:
    """An episode of a motion, judged by what its words mean.

    Args:
        record: What the robot did.
        task: The motion.
        seed: Of its world.
        world: What the seed drew, by name, SI.
        seconds: Wall time, s.
        refused: Why the robot did not go on, or an empty string.
        measured: More figures, SI.
    """
    verdict = record.verdict(task.rewards) if record.simulated else NOTHING
    wrong = refused or record.reason
    passed = verdict.reached and not wrong
    reason = "" if passed else wrong or f"not within {task.rewards.success.within:g} s: at best {verdict.told}"
    return Episode(
        task.name, seed, passed, "succeeded" if passed else "failed", reason,
        measured={**verdict.nearest, "held": verdict.held, "kept": verdict.kept, **measured}
        | ({"at": verdict.at} if verdict.reached else {}),
        seconds=seconds, simulated_seconds=record.simulated, world=world,
    )  # fmt: skip
