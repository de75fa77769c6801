"""Command lines of trainings that are for one skill: ``python -m skill_stack.training.NAME ROBOT SKILL``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from skill_stack.core.arguments import Parser
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot


def skill_parser(name: str, description: str, example: str, skill: str) -> Parser:
    """A parser that takes a robot and one of its skills.

    Args:
        name: Of the package under ``skill_stack.training``.
        description: What it does.
        example: Arguments that work.
        skill: Which skills it is for.
    """
    program = f"python -m skill_stack.training.{name}"
    parser = Parser(prog=program, description=description, epilog=f"example: {program} {example}")
    parser.add_argument("robot")
    parser.add_argument("skill", help=skill)
    return parser


def named(options: argparse.Namespace) -> tuple[Resources, RobotSpec, Path]:
    """Where everything is, and the robot and the skill's folder that a command line names.

    Args:
        options: What :func:`skill_parser` read.

    Raises:
        SkillStackError: One of them is not there, or wrong.
    """
    resources = Resources.from_environment(os.environ)
    robot = load_robot(resources.robot(options.robot), resources)
    return resources, robot, resources.find(f"models/{options.robot}/{options.skill}", "skill")
