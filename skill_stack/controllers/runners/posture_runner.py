"""PostureRunner: moves through named poses from wherever the joints are, then holds the last; or goes back."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.setpoint import UNDO
from skill_stack.core.skills.skill import HERE, Keyframe, SkillSpec

STILL = 1.0
"""Joint speed up to which a robot counts as standing still, rad/s: a gait cannot be undone to the middle of a step."""
REVERSING = 0.3
"""Time to reverse the direction, s, so that no joint turns round at once."""


class PostureRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`; between two poses joints follow half a cosine.

    For an undo it goes back along its path. That requires that it began in a robot that stood still, from a skill that
    may be left at once.

    Attributes:
        frame: Which keyframe it is on its way to, from 0 on.
    """

    def __init__(self, spec: SkillSpec, robot: RobotSpec) -> None:
        """Reads the poses.

        Raises:
            DataError: The skill is not a posture.
            UnknownName: The robot lacks a pose.
        """
        if spec.posture is None:
            raise DataError(f"skill '{spec.name}' is of kind {spec.kind}, not posture")
        frames = spec.posture.keyframes
        self.spec = spec
        self.network = ""
        self.drives: tuple[bool, ...] | None = None
        self.progress = 0.0
        self.frame = 0
        # None is wherever the joints are when the skill begins.
        self._poses = [None if frame.pose == HERE else _positions(frame, robot) for frame in frames]
        stated = spec.posture.gains.items()
        own = {place: gains for name, gains in stated for place in robot.indices(robot.members((name,))).tolist()}
        self._gains = [_gains(frame, own, robot.size) for frame in frames]
        self._durations = [frame.duration for frame in frames]
        self._ends = list(itertools.accumulate(self._durations))
        self._elapsed, self._pace, self._undoable = 0.0, 1.0, False
        self._from: list[float] = robot.pose("default").tolist()
        self._keeps_hold = spec.posture.keep_hold
        self._ranges = [(joint.lower, joint.upper) for joint in robot.joints]

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Starts at the measured joint positions, so that the first command exerts no torque."""
        self._elapsed, self._pace = 0.0, 1.0
        self.progress = 0.0
        self.frame = 0
        self._from = reading.position
        free = before is not None and before.spec.phase_at(before.progress).kind == "free"
        self._undoable = free and max(map(abs, reading.velocity)) <= STILL

    def take_hold(self, reading: FastEstimate, last: Targets) -> None:
        """Starts with the commanded joint torque, so that a change of skills opens no hand."""
        if not self._keeps_hold:
            return
        told = zip(reading.position, last.q, last.kp, self._gains[0][0], self._ranges)
        self._from = [min(max(q + (to - q) * kp / own, low), high) for q, to, kp, own, (low, high) in told]

    @property
    def undone(self) -> bool:
        """Whether it is back at its start."""
        return self._elapsed <= 0.0 and self._pace < 0.0

    def rehearse(self, reading: FastEstimate) -> None:
        """Nothing here is worth a rehearsal."""

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick; of the goals only :data:`UNDO` is used."""
        pace = -1.0 if self._undoable and goals.get(UNDO, 0.0) > 0.0 else 1.0
        most = 2.0 * dt / REVERSING
        self._pace += min(max(pace - self._pace, -most), most)
        self._elapsed = min(max(self._elapsed + self._pace * dt, 0.0), self._ends[-1])
        self.frame = frame = next(i for i, end in enumerate(self._ends) if self._elapsed <= end + 1e-9)
        left = max(self._ends[frame] - self._elapsed, 0.0) / self._durations[frame]
        share = 0.5 * (1.0 - math.cos(math.pi * (1.0 - left)))
        self.progress = 1.0 if self._elapsed >= self._ends[-1] - 1e-9 else self._elapsed / self._ends[-1]
        begin, end = self._poses[frame - 1] if frame else self._from, self._poses[frame]
        moving = zip(self._from if begin is None else begin, self._from if end is None else end)
        return Targets([a + share * (b - a) for a, b in moving], *self._gains[frame])


def _gains(
    frame: Keyframe, own: Mapping[int, tuple[float, float]], size: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Position and damping gains of every joint, of which some have their own."""
    pairs = [own.get(place, (frame.kp, frame.kd)) for place in range(size)]
    return tuple(kp for kp, _ in pairs), tuple(kd for _, kd in pairs)


def _positions(frame: Keyframe, robot: RobotSpec) -> list[float]:
    """Joint positions of a keyframe, rad."""
    return (robot.by_name(frame.joints) if frame.joints else robot.pose(frame.pose)).tolist()
