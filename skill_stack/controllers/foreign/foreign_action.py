"""ForeignAction: from the output of a foreign policy to joint targets."""

from __future__ import annotations

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import PolicyManifest

Array = np.ndarray
WHEEL_KP = 1e-3
"""Negligible position gain with which a wheel's velocity is commanded as a position ahead of it, N·m/rad."""


class ForeignAction:
    """Interprets an action; arrays are ordered by the joints that the policy drives unless stated otherwise.

    Attributes:
        seen: The action as the policy is to see it at its next run.
        target: Targets of the last run, rad, by joint of the policy.
    """

    def __init__(self, manifest: PolicyManifest, robot: RobotSpec) -> None:
        """Resolves joints.

        Args:
            manifest: The policy's conventions.
            robot: The robot.

        Raises:
            DataError: A wheel is not among the driven joints, or a gain is too small for a torque.
            UnknownName: The robot has no such joint.
        """
        action, names = manifest.action, manifest.driven
        self._spec = action
        self._own = np.array([manifest.joint_names.index(name) for name in names], int)
        self.places = np.asarray(robot.indices(names), int)
        count = len(names)
        self._scale = np.broadcast_to(np.array(action.scale, float), count)
        rest = np.array(manifest.default_joint_pos)
        self._rest = rest
        self._offset = rest[self._own] if action.offset is None else np.array(action.offset)
        self._kp, self._kd = np.array(manifest.stiffness)[self._own], np.array(manifest.damping)[self._own]
        self._clip = None if action.clip is None else action.clip_limits.T
        self._limits = (robot.column("lower")[self.places], robot.column("upper")[self.places])
        self._targets = np.array(action.target_clip).T if action.target_clip is not None else None
        wheels = list(names) if action.kind == "wheel_velocity" else list(action.wheels)
        foreign = [name for name in wheels if name not in names]
        if foreign:
            raise DataError(f"policy: wheels {foreign} are not among the joints that it drives")
        self._wheels = np.array([names.index(name) for name in wheels], int)
        factors = self._scale[self._wheels] if action.kind == "wheel_velocity" else list(action.wheels.values())
        self._speeds = np.array(factors, float)
        self._kp[self._wheels] = np.maximum(self._kp[self._wheels], WHEEL_KP)
        if action.kind == "torque" and not (self._kp > 0).all():
            raise DataError("policy: torques are told through position targets, so every stiffness must be above 0")
        self.seen, self.target = np.zeros(count), rest.copy()
        self._smooth = np.zeros(count)

    @property
    def gains(self) -> tuple[Array, Array]:
        """Position gains, N·m/rad, and damping gains, N·m·s/rad."""
        return self._kp, self._kd

    @property
    def held(self) -> Array:
        """Targets of the last run for the driven joints, rad."""
        return self.target[self._own]

    def start(self, position: Array) -> None:
        """Restarts.

        Args:
            position: Where the joints of the policy are, rad.
        """
        self.seen = np.zeros(len(self._own))
        self._smooth = np.zeros(len(self._own))
        self.target = position.copy() if self._spec.kind == "previous_plus_scaled" else self._rest.copy()

    def follow(self, other: ForeignAction) -> None:
        """Continues from the state of another one of the same policy."""
        self.seen, self.target, self._smooth = other.seen.copy(), other.target.copy(), other._smooth.copy()

    def go_on_from(self, targets: Array) -> None:
        """Lets the policy see the targets of another skill, rad by driven joint, as those of its own last action."""
        self.seen = (targets - self._offset) / self._scale
        self.target[self._own] = targets

    def take(self, raw: Array, position: Array, velocity: Array, reference: Array | None) -> Array:
        """Position targets of the driven joints, rad.

        Args:
            raw: What the network answered.
            position: Measured positions of the driven joints, rad.
            velocity: Measured velocities, rad/s.
            reference: Positions of the motion's frame, rad, by joint of the policy, or None.
        """
        spec = self._spec
        action = raw if self._clip is None else np.clip(raw, *self._clip)
        if spec.smoothing:
            action = self._smooth = spec.smoothing * self._smooth + (1.0 - spec.smoothing) * action
        self.seen = raw.copy() if spec.seen == "raw" else action.copy()
        target = self._base(position, velocity, reference) + self._change(action)
        if self._wheels.size:
            speed = self._speeds * action[self._wheels]
            kp, kd = self._kp[self._wheels], self._kd[self._wheels]
            target[self._wheels] = position[self._wheels] + kd * speed / kp
        if self._targets is not None:
            target = np.clip(target, *self._targets)
        if spec.within_limits:
            target = np.clip(target, *self._limits)
        self.target[self._own] = target
        return target

    def _change(self, action: Array) -> Array:
        return self._scale * action / self._kp if self._spec.kind == "torque" else self._scale * action

    def _base(self, position: Array, velocity: Array, reference: Array | None) -> Array:
        """The positions to which the action is added, rad."""
        kind = self._spec.kind
        if kind == "default_plus_scaled":
            return self._offset.copy()
        if kind == "measured_plus_scaled" or kind == "wheel_velocity":
            return position.copy()
        if kind == "previous_plus_scaled":
            return self.target[self._own].copy()
        if kind == "torque":  # a target whose torque at this moment, damping included, is the one wanted
            return position + self._kd * velocity / self._kp
        assert reference is not None
        return reference[self._own].copy()
