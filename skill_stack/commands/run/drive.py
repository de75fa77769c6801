"""``skill-stack drive``: the arrow keys drive the running robot."""

from __future__ import annotations

import argparse

from skill_stack.commands.common import add_namespace, attach
from skill_stack.core.arguments import positive


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_namespace(parser)
    parser.add_argument("--speed", type=positive, default=0.6, help="largest speed, m/s (default: %(default)s)")
    parser.add_argument("--turn", type=positive, default=0.8, help="largest turning rate, rad/s (default: %(default)s)")
    parser.add_argument(
        "--remote", action="store_true", help="the robot is not on this machine, and hands there come first"
    )


def run(options: argparse.Namespace) -> int:
    """Drives until the person leaves.

    Raises:
        NotRunning: No stack of that namespace runs here (and ``--remote`` was not given).
        SkillStackError: Standard input is no terminal.
    """
    if not options.remote:
        attach(options.namespace).close()
    from skill_stack.nodes.clients.drive_client import drive
    from skill_stack.teleop.drive_keys import DriveLimits

    return drive(options.namespace, DriveLimits(speed=abs(options.speed), turn=abs(options.turn)), options.remote)
