"""Places: what an observation term of a foreign policy is made with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import PolicyManifest

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Places:
    """What a term is made with.

    Attributes:
        manifest: The policy's conventions.
        robot: The robot that it runs on.
        joints: Indices of the term's joints into the robot's joints.
        own: Indices of the same joints into those of the policy.
    """

    manifest: PolicyManifest
    robot: RobotSpec
    joints: Array
    own: Array

    @property
    def default(self) -> Array:
        """Positions at rest of the term's joints, rad."""
        return np.array(self.manifest.default_joint_pos)[self.own]
