"""SlowAction: interpretation of a slow policy's actions."""

from __future__ import annotations

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Targets
from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import PolicyManifest
from skill_stack.core.skills.skill import SkillSpec

Array = np.ndarray


class SlowAction:
    """Turns a whole answer into joint targets or goal values at once.

    Attributes:
        drives: Whether it drives each joint, or None for all.
    """

    def __init__(self, manifest: PolicyManifest, robot: RobotSpec, base: SkillSpec | None = None) -> None:
        """Resolves names.

        Args:
            manifest: The policy's conventions.
            robot: The robot.
            base: The skill whose goal values it gives, for an action of kind ``base_goals``.

        Raises:
            UnknownName: The robot has no such joint, or the base no such goal value.
        """
        action = self._spec = manifest.action
        self._scale = np.broadcast_to(np.array(action.scale, float), len(manifest.driven))
        self.drives: tuple[bool, ...] | None = None
        if base is not None:
            self._of_base(base)
            return
        names = manifest.driven
        own = np.array([manifest.joint_names.index(name) for name in names], int)
        self._places = np.asarray(robot.indices(names), int)
        driven = set(self._places.tolist())
        if len(driven) < robot.size:
            self.drives = tuple(place in driven for place in range(robot.size))
        rest = np.array(manifest.default_joint_pos)
        self._offset = rest[own] if action.offset is None else np.array(action.offset)
        self._clips = [] if action.target_clip is None else [np.array(action.target_clip).T]
        if action.within_limits:
            self._clips.append(np.stack([robot.column("lower")[self._places], robot.column("upper")[self._places]]))
        every = np.asarray(robot.indices(manifest.joint_names), int)
        self._rest = robot.pose("default")
        self._rest[every] = rest
        kp, kd = robot.column("kp"), robot.column("kd")
        kp[every], kd[every] = manifest.stiffness, manifest.damping
        self._gains = tuple(kp.tolist()), tuple(kd.tolist())

    def _of_base(self, base: SkillSpec) -> None:
        limits = []
        for name in self._spec.goals:
            parameter = base.parameter(name)
            if parameter.lower is None or parameter.upper is None:
                numbers = [one.name for one in base.goal if one.type == "number"]
                raise UnknownName(f"number that {base.name} takes", name, numbers)
            limits.append((parameter.lower, parameter.upper))
        self._places, self._offset = np.zeros(0, int), np.zeros(len(limits))
        self._clips = [np.array(limits).T]

    def origin(self, reading: FastEstimate) -> Array:
        """The values to which an answer to this question is added."""
        if self._spec.kind == "measured_plus_scaled":
            return np.array(reading.position)[self._places]
        return self._offset

    def values(self, raw: Array, origin: Array) -> Array:
        """Joint targets, rad, or goal values, of a whole answer.

        Args:
            raw: Actions, shape (steps, values).
            origin: The value of :meth:`origin` at the time of the question.
        """
        action = raw if self._spec.clip is None else np.clip(raw, *self._spec.clip_limits.T)
        values = origin + self._scale * action
        for limits in self._clips:
            values = np.clip(values, *limits)
        return np.asarray(values)

    def targets(self, values: Array) -> Targets:
        """The command of one moment, for actions that are joint targets."""
        q = self._rest.copy()
        q[self._places] = values
        return Targets(q.tolist(), *self._gains)
