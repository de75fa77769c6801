"""FallRecoveryRunner: a posture that first turns a fallen robot onto its feet, as often as needed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.posture_runner import PostureRunner
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill import Keyframe, SkillSpec

ASIDE = 0.5
"""Roll up to which a robot lies on its front or back and not on its side, rad."""


class FallRecoveryRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`; the measured gravity selects the next stage. After a
    turn, a robot that is upright, or lies as the keyframes begin, continues with those; otherwise it turns once more,
    by the side that is lower then. If it falls over again during the keyframes, it restarts: at the end of them, or at
    the first that states another pitch than it has. Where the keyframes begin from lying, a robot that is upright at
    the start goes straight to the last one.
    """

    def __init__(self, spec: SkillSpec, robot: RobotSpec) -> None:
        """Makes one runner for every turn and one for the keyframes.

        Raises:
            DataError: The skill is not a posture with turns.
            UnknownName: The robot lacks a pose.
        """
        if spec.posture is None or not spec.posture.turns:
            raise DataError(f"skill '{spec.name}' has no turns for a robot that has fallen")
        self.spec = spec
        self.network = ""
        self.drives: tuple[bool, ...] | None = None
        self._turns = {turn.lower: PostureRunner(_only(spec, turn.keyframes), robot) for turn in spec.posture.turns}
        self._rise = PostureRunner(spec, robot)
        self._upright = math.cos(spec.posture.upright)
        self._begins = spec.posture.begins
        self._pitches = [frame.pitch for frame in spec.posture.keyframes]
        self._last = PostureRunner(_only(spec, spec.posture.keyframes[-1:]), robot)
        self._now = self._rise
        self.progress = 0.0

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Starts with the turn or the keyframes that the robot's attitude requires; it cannot be undone."""
        self._begin(reading)
        if self._begins is not None and self._stands(reading):
            self._now = self._last
            self._now.start(reading, None)

    def rehearse(self, reading: FastEstimate) -> None:
        """Does nothing: this runner needs no rehearsal."""

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick; progress is that of the keyframes, and 0 while it turns."""
        if self._now.progress >= 1.0 and not (self._leads_up and self._stands(reading)):
            self._begin(reading)
        frame = self._now.frame
        targets = self._now.run(reading, {}, dt)
        if self._now is self._rise and self._now.frame != frame and not _lies(reading, self._pitches[frame]):
            self._begin(reading)
            targets = self._now.run(reading, {}, dt)
        self.progress = self._now.progress if self._leads_up else 0.0
        return targets

    @property
    def _leads_up(self) -> bool:
        """Whether the robot stands at the end of what runs."""
        return self._now is self._rise or self._now is self._last

    def _begin(self, reading: FastEstimate) -> None:
        lower: Literal["left", "right"] = "left" if reading.gravity[1] > 0.0 else "right"
        ready = self._stands(reading) if self._begins is None else _lies(reading, self._begins)
        self._now = self._rise if ready else self._turns[lower]
        self._now.start(reading, None)
        self.progress = 0.0

    def _stands(self, reading: FastEstimate) -> bool:
        return bool(-reading.gravity[2] >= self._upright)


def _lies(reading: FastEstimate, pitch: tuple[float, float] | None) -> bool:
    """Whether the base has a pitch of that range, rad, and lies on no side; None is any."""
    if pitch is None:
        return True
    ahead, left, up = reading.gravity
    return abs(left) <= math.sin(ASIDE) and pitch[0] <= math.atan2(ahead, -up) <= pitch[1]


def _only(spec: SkillSpec, keyframes: tuple[Keyframe, ...]) -> SkillSpec:
    """The skill with some of its keyframes alone."""
    assert spec.posture is not None
    posture = spec.posture.model_copy(update={"keyframes": keyframes, "turns": ()})
    return spec.model_copy(update={"posture": posture})
