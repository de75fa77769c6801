"""ResidualRunner: a skill whose policy corrects the targets of another skill."""

from __future__ import annotations

import math
from collections.abc import Mapping

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_part import ResidualPart
from skill_stack.core.skills.skill import SkillSpec


class ResidualRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`.

    Each of the two observes its own last action: for the base that is the uncorrected one, as in its training.

    Attributes:
        inner: The base and the correction.
    """

    def __init__(self, spec: SkillSpec, robot: RobotSpec, base: Runner, correction: Runner) -> None:
        """Resolves scales and clips.

        Args:
            spec: The skill, with a base.
            robot: The robot.
            base: A separate runner of the base.
            correction: A runner whose targets are changes, rad.

        Raises:
            DataError: The correction moves joints that the base does not drive.
            UnknownName: The name of a scale or clip is neither a joint nor a group.
        """
        part = (spec.policy.residual if spec.policy else None) or ResidualPart()
        everything = (True,) * robot.size
        extra = [
            name
            for name, moved, driven in zip(
                robot.joint_names, correction.drives or everything, base.drives or everything, strict=True
            )
            if moved and not driven
        ]
        if extra:
            raise DataError(f"skill '{spec.name}' corrects {extra}, which its base '{base.spec.name}' does not drive")
        self.inner = (base, correction)
        self.spec = spec
        self.network = f"{base.network}+{correction.network}" if base.network else ""
        self.drives = base.drives
        self.progress = 0.0
        self._base, self._correction = base, correction
        moved = correction.drives or everything
        self._scale = [scale if on else 0.0 for scale, on in zip(_by_joint(part.scale, robot, 1.0), moved, strict=True)]
        self._clip = _by_joint(math.inf if part.clip is None else part.clip, robot, math.inf)

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Starts both; each continues from a runner of its own network."""
        self._base.start(reading, before)
        self._correction.start(reading, before)
        self.progress = self._base.progress

    def rehearse(self, reading: FastEstimate) -> None:
        """Rehearses both."""
        self._base.rehearse(reading)
        self._correction.rehearse(reading)

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick; a correction that is not finite reaches the targets, where the safety layer detects it."""
        base = self._base.run(reading, goals, dt)
        change = self._correction.run(reading, goals, dt).q
        self.progress = self._base.progress
        # max(value, limit) lets a value through that is no number; with its arguments swapped it would hide one.
        q = [
            target + min(max(scale * value, -clip), clip)
            for target, value, scale, clip in zip(base.q, change, self._scale, self._clip)
        ]
        return base._replace(q=q)


def _by_joint(value: float | dict[str, float], robot: RobotSpec, default: float) -> list[float]:
    """A value for every joint, ordered by ``RobotSpec.joints``; a joint's own goes before that of its group."""
    if not isinstance(value, dict):
        return [float(value)] * robot.size
    out = dict.fromkeys(robot.joint_names, default)
    for name in sorted(value, key=lambda name: name in robot.joint_names):
        out.update(dict.fromkeys(robot.members((name,)), value[name]))
    return list(out.values())
