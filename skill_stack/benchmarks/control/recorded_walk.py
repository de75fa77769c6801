"""Commands of a walk, recorded in one process, for benchmarks of the simulator alone."""

from __future__ import annotations

from dataclasses import replace

from skill_stack.benchmarks.control.sample_source import walk_setpoint
from skill_stack.controllers.control_core import ControlCore
from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.shared_memory.block_words import Flags
from skill_stack.core.skills.skill_library import SkillLibrary
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice

RISING = 3.0  # s until the robot stands


def record_walk(robot: RobotSpec, library: SkillLibrary, setup: SceneSetup, seconds: float) -> list[JointCommand]:
    """Lets the robot rise and walk, and keeps every command.

    Args:
        robot: The robot.
        library: Its skills.
        setup: The scene.
        seconds: Simulated time, s.

    Returns:
        One command per control period, from lying on.
    """
    core, device = ControlCore(robot, library), MujocoDevice(robot, setup)
    commands = []
    for number in range(round(seconds * robot.control_rate)):
        sample = device.sample()
        skill = "rise" if sample.task_time < RISING else "walk"
        setpoint = walk_setpoint(number + 1, sample.task_time, skill=skill)
        command = core.tick(sample, setpoint, Flags(), sample.task_time, sample.stamp).command
        commands.append(replace(command, q=command.q.copy(), kp=command.kp.copy(), kd=command.kd.copy()))
        device.step(command)
    return commands
