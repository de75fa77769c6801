"""SlowSight: composes the question to a slow policy in the control loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.foreign.foreign_observation import ForeignObservation
from skill_stack.controllers.foreign.moment import at_rest
from skill_stack.controllers.foreign.planned_actions import empty_plan_step, planned_steps
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.manifest_chunk import SLACK
from skill_stack.core.skills.policy_manifest import PolicyManifest

Array = np.ndarray
Planned = Callable[[float, int], Array | None]
"""What is commanded from a moment on, for so many steps, shape (steps, values); None where nothing is planned."""
NOT_SEEN = ("last_action", "gait_phase", "joint_target_error", "motion_command")
"""Terms of the control loop between two runs, which a slow network does not observe."""


class SlowSight:
    """All inputs made of terms, with their past.

    Attributes:
        size: Values of a question: the inputs one after the other, then the commands.
    """

    def __init__(self, manifest: PolicyManifest, robot: RobotSpec, fixed: Mapping[str, float]) -> None:
        """Resolves names.

        Args:
            manifest: The policy's conventions, with ``chunk``.
            robot: The robot.
            fixed: Commands that are always the same, by name.

        Raises:
            UnknownName: A term, joint or command is not known.
            DataError: A term lacks something, or is none for a slow policy.
        """
        assert manifest.chunk is not None
        strange = [term.term for one in manifest.inputs for term in one.terms if term.term in NOT_SEEN]
        if strange:
            raise DataError(f"policy: the term '{strange[0]}' is not for chunks, whose network does not run every tick")
        self._manifest, self._fixed = manifest, dict(fixed)
        self._observations = [ForeignObservation(entry, manifest, robot) for entry in manifest.inputs]
        self._moment = at_rest(manifest, robot)
        self._every = manifest.chunk.history_period or 1.0 / manifest.rate
        self.size = sum(one.array.size for one in self._observations) + len(manifest.commands)
        self._planned = max((planned_steps(term) for one in manifest.inputs for term in one.terms), default=0)
        self._next = 0.0
        self._begins = True
        self._goals: Mapping[str, float] | None = None
        self._rest = np.tile(empty_plan_step(manifest), (self._planned, 1))

    def start(self) -> None:
        """Clears the history."""
        for one in self._observations:
            one.start()
        self._next, self._begins, self._goals = 0.0, True, None

    def look(self, reading: FastEstimate, goals: Mapping[str, float], now: float, planned: Planned) -> None:
        """One tick: stores what the history needs.

        Args:
            reading: Where the robot is.
            goals: Goal values by name, SI.
            now: The skill's time, s.
            planned: Returns the actions that are already commanded.
        """
        moment = self._moment
        if self._begins:
            moment.began = reading.base_place()
            self._begins = False
        if goals is not self._goals:
            self._goals = goals
            command, norm = self._manifest.told(goals, self._fixed)
            moment.command, moment.moving = np.array(command), norm > 0.0
        moment.reading, moment.seconds = reading, now
        if now >= self._next - SLACK:
            self._next += self._every
            if self._planned:
                ahead = planned(now, self._planned)
                moment.planned = self._rest if ahead is None else ahead
            for one in self._observations:
                one.write(moment)

    def values(self) -> Array:
        """The present question, shape (size,); between two frames of the history the last one is used."""
        parts = [one.array.reshape(-1) for one in self._observations]
        return np.concatenate([*parts, self._moment.command])
