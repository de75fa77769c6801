"""PoseOffset: offsets the pose that a policy works about, without the policy observing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from skill_stack.core.errors import UnknownName
from skill_stack.core.skills.policy_part import Bend

Array = np.ndarray

STRAIGHTENS = 1.0
"""Rate at which a skill without an offset removes that of its predecessor, rad/s."""


class PoseOffset:
    """Offsets of a policy's joints, which move to the value for a goal, or back to zero.

    Observed joint positions and joint targets of the policy are shifted alike, so that it balances on bent legs as on
    straight ones. A skill that takes over continues from the present offsets.

    Attributes:
        offset: Present offsets, rad, ordered by the policy's joints.
    """

    def __init__(self, spec: Bend | None, joints: Sequence[str]) -> None:
        """Starts without offset.

        Args:
            spec: The offsets; None for a policy that only continues from those of another.
            joints: The policy's joints.

        Raises:
            UnknownName: One of the joints that shall bend is none of them.
        """
        self._spec = spec
        self.offset: np.ndarray = np.zeros(len(joints))
        self._whole = np.zeros(len(joints))
        self._goal: np.ndarray = np.zeros(len(joints))
        for name, angle in (spec.joints if spec is not None else {}).items():
            if name not in joints:
                raise UnknownName("joint of the policy", name, joints)
            self._whole[list(joints).index(name)] = angle
        self._speed = spec.speed if spec is not None else STRAIGHTENS

    def take(self, goals: Mapping[str, float]) -> None:
        """Takes goal values; without the relevant one all offsets go to zero."""
        spec = self._spec
        if spec is None or spec.goal not in goals:
            self._goal = np.zeros_like(self._whole)
            return
        values = sorted(spec.shares)
        share = np.interp(goals[spec.goal], values, [spec.shares[value] for value in values])
        self._goal = float(share) * self._whole

    def go_on(self, seconds: float) -> bool:
        """Lets time pass; returns whether the offsets have changed."""
        left = self._goal - self.offset
        if not left.any():
            return False
        largest = self._speed * seconds
        self.offset = self.offset + np.clip(left, -largest, largest)
        return True
