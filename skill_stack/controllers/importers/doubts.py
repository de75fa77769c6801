"""Doubts: signs that joints are in another order than the export states, before anything moves."""

from __future__ import annotations

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_manifest import PolicyManifest

SLACK = 0.01  # rad: exports are rounded


def doubts(manifest: PolicyManifest, robot: RobotSpec) -> list[str]:
    """What does not fit the robot, though every name and length does; empty without such signs.

    A robot falls by joints that are swapped, and the file cannot show it; but a pose that the robot cannot take does.

    Args:
        manifest: The conventions.
        robot: The robot; it has all joints of the policy.
    """
    places = np.asarray(robot.indices(manifest.joint_names), int)
    lower, upper = robot.column("lower")[places] - SLACK, robot.column("upper")[places] + SLACK
    pose = np.array(manifest.default_joint_pos)
    outside = [
        f"{name} {value:g} rad ({low:.2f}…{high:.2f})"
        for name, value, low, high in zip(manifest.joint_names, pose, lower, upper)
        if not low <= value <= high
    ]
    if not outside:
        return []
    return [
        f"the pose at rest is one that {robot.name} cannot take: {', '.join(outside)}; are joints swapped, or is it "
        "the policy of another robot? --joints and --default-pose say otherwise"
    ]
