"""Moment: everything that a foreign policy may observe in one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate, no_motion, no_place, numbers_of
from skill_stack.controllers.foreign.tracked_motion import TrackedMotion
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.rotation import Quaternion
from skill_stack.core.skills.policy_manifest import PolicyManifest

Array = np.ndarray


@dataclass(slots=True)
class Moment:
    """Written by the runner before every run, read by the terms.

    Attributes:
        reading: Estimate of the robot.
        command: Goal values ordered by the manifest's commands.
        moving: Whether the command is a motion.
        last_action: The last action of the policy, as it observes it, shape (driven joints,).
        target: Targets of the run before, rad, by joint of the policy, shape (joints,).
        phases: Phase of every foot, 0 to 1.
        silent: Whether the clock is to show zeros.
        seconds: Time since the policy was switched on, s.
        motion: The motion that is tracked, or None.
        planned: What the answers of a slow policy that are at hand still command, one row for each step of a chunk from
            now on: targets, rad, or goal values, shape (steps, values).
        began: Where the base was in ``odom`` when the policy was switched on: position, m, and orientation, w-x-y-z.
    """

    reading: FastEstimate
    command: Array
    last_action: Array
    target: Array
    moving: bool = False
    phases: Array = field(default_factory=lambda: np.zeros(0))
    silent: bool = False
    seconds: float = 0.0
    motion: TrackedMotion | None = None
    planned: Array = field(default_factory=lambda: np.zeros((0, 0)))
    began: tuple[Sequence[float], Quaternion] = ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0))


def at_rest(manifest: PolicyManifest, robot: RobotSpec) -> Moment:
    """The moment of a robot that stands upright in the policy's pose, with every command at its default.

    Args:
        manifest: The policy's conventions.
        robot: The robot.
    """
    rest = robot.pose("default")
    rest[np.asarray(robot.indices(manifest.joint_names), int)] = manifest.default_joint_pos
    reading = FastEstimate(0.0, numbers_of(rest, np.zeros(robot.size)), None, 0.0, True, "", no_motion, no_place)
    commands = np.array([command.default for command in manifest.commands])
    target = np.array(manifest.default_joint_pos)
    return Moment(reading, commands, np.zeros(len(manifest.driven)), target)
