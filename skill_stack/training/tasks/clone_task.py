"""A policy that is cloned from a teacher, as data: ``models/<robot>/<skill>/clone.yaml``."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import nn

from skill_stack.controllers.policies.policy_contract import PolicyContract
from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.skill import HoldGains
from skill_stack.training.export import DeployedPolicy, write_onnx
from skill_stack.training.learners.body_pose import BodyPoseTeacher, gravity_of
from skill_stack.training.learners.cloning import CloneResult, CloneSettings, clone
from skill_stack.training.tasks.goal_task import CommandTask

Array = np.ndarray

OBSERVATIONS = ("velocity_commands", "projected_gravity")
POSE = ("height", "roll", "pitch", "yaw")


class CloneTask(DataModel):
    """A whole task.

    Attributes:
        robot: Robot that it is for.
        skill: Skill that it makes.
        teacher: What is cloned: ``body_pose``, inverse kinematics with a correction of the measured tilt.
        commands: Goal values: height, roll, pitch and yaw of the base.
        gains: Gains that hold the joints.
        action_scale: Factor from action to radians.
        action_clip: Limit of every action.
        examples: How many are made.
        tilt_range: Half width of the measured tilt around the commanded one in examples, rad.
        correction: Share of the tilt's error that is added to the joint targets.
        largest_correction: Its limit, rad.
        fit: How the network is fitted.
    """

    robot: str
    skill: str
    teacher: Literal["body_pose"]
    commands: tuple[CommandTask, CommandTask, CommandTask, CommandTask]
    gains: HoldGains
    action_scale: float = 0.25
    action_clip: float = 8.0
    examples: int = 20000
    tilt_range: float = 0.3
    correction: float = 0.5
    largest_correction: float = 0.15
    fit: CloneSettings = CloneSettings()

    def contract(self, robot: RobotSpec) -> PolicyContract:
        """The contract of the policy that this task makes."""
        return PolicyContract(
            joint_names=robot.joint_names,
            default_joint_pos=tuple(robot.pose("default").tolist()),
            joint_stiffness=(self.gains.kp,) * robot.size,
            joint_damping=(self.gains.kd,) * robot.size,
            action_scale=(self.action_scale,) * robot.size,
            observation_names=OBSERVATIONS,
            observation_sizes=(len(self.commands), 3),
            command_names=tuple(command.name for command in self.commands),
            command_ranges=tuple(command.range for command in self.commands),
            control_rate=robot.control_rate,
        )

    @property
    def scale(self) -> Array:
        """Factor on every observation, shape (7,)."""
        return np.array([*(command.scale for command in self.commands), 4.0, 4.0, 1.0])


def load_clone_task(folder: Path) -> CloneTask:
    """Reads ``clone.yaml`` of a skill folder.

    Raises:
        DataError: The file is missing or wrong.
    """
    return load_model(CloneTask, folder / "clone.yaml")


def examples(robot: RobotSpec, task: CloneTask, rng: np.random.Generator) -> tuple[Array, Array]:
    """The teacher's actions at random goals and tilts: observations (SI) and actions, shapes (n, 7) and (n, joints)."""
    teacher = BodyPoseTeacher(robot)
    low, high = np.array([command.train for command in task.commands]).T
    goals = rng.uniform(low, high, (task.examples, len(POSE)))
    tilt = goals[:, 1:3] + rng.uniform(-task.tilt_range, task.tilt_range, (task.examples, 2))
    pull = np.clip(task.correction * (goals[:, 1:3] - tilt), -task.largest_correction, task.largest_correction)
    asked = goals.copy()
    asked[:, 1:3] += pull
    joints = np.array([teacher.joints(pose) for pose in asked])
    observations = np.concatenate([goals, gravity_of(tilt[:, 0], tilt[:, 1])], axis=1)
    return observations, (joints - robot.pose("default")) / task.action_scale


def make_clone(robot: RobotSpec, task: CloneTask, path: Path, seed: int, report: Callable[[str], None]) -> str:
    """Makes examples, fits a network to them and writes it as ONNX.

    Args:
        robot: The robot.
        task: The task.
        path: Where the ONNX goes.
        seed: Seed of examples and network.
        report: Takes progress lines.

    Returns:
        SHA-256 of the file, hexadecimal.
    """
    report(f"asking the teacher {task.examples} times")
    observations, actions = examples(robot, task, np.random.default_rng(seed))
    result = clone(observations * task.scale, actions, task.fit, seed, report=report)
    off = result.error.max() * task.action_scale
    report(f"largest rms error of a joint on unseen examples {off:.4f} rad ({math.degrees(off):.2f}°)")
    policy = DeployedPolicy(_weights(result), task.scale, (math.inf, task.action_clip)).eval()
    return write_onnx(policy, task.contract(robot), task.skill, {"examples": task.examples, "seed": seed}, path)


def _weights(result: CloneResult) -> list[tuple[torch.Tensor, torch.Tensor]]:
    layers = [layer for layer in result.network if isinstance(layer, nn.Linear)]
    return [(layer.weight.detach(), layer.bias.detach()) for layer in layers]
