"""``skill-stack watch``: state, plan and events of the running robot on the whole terminal."""

from __future__ import annotations

import argparse
import sys

from skill_stack.commands.common import add_namespace, block_of, join_ros, resources
from skill_stack.core.errors import SkillStackError
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.runtime.bringup.run_file import RunFile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_namespace(parser)
    parser.add_argument("--robot", default="", help="the robot, if it runs on another machine")


def run(options: argparse.Namespace) -> int:
    """Shows it until the person leaves.

    Raises:
        SkillStackError: Standard output is no terminal, the library of the screen is missing, or it is not known which
            robot runs.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise SkillStackError("watching needs a terminal; programs read 'skill-stack status --json'")
    robot = options.robot or RunFile(block_of(options.namespace)).about.get("robot", "")
    if not robot:
        raise SkillStackError("no robot runs here under that namespace; --robot names one of another machine")
    found = resources()
    parts = tuple(load_robot(found.robot(robot), found).parts)
    join_ros()
    try:
        from skill_stack.nodes.clients.watch_client import watch
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("textual", "rich"):
            raise
        raise SkillStackError("watching needs textual: make setup EXTRAS=watch") from error
    return watch(options.namespace, parts, f"{robot} {options.namespace}".strip())
