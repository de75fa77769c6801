"""``skill-stack drive``: arrow keys or a gamepad drive the running robot."""

from __future__ import annotations

import argparse
from functools import partial

from skill_stack.commands.common import add_namespace, attach, resources
from skill_stack.core.arguments import positive
from skill_stack.teleop.gamepad.profile import load_profile
from skill_stack.teleop.velocity_ramp import DriveLimits


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_namespace(parser)
    parser.add_argument("--speed", type=positive, default=0.6, help="largest speed, m/s (default: %(default)s)")
    parser.add_argument("--turn", type=positive, default=0.8, help="largest turning rate, rad/s (default: %(default)s)")
    parser.add_argument(
        "--remote", action="store_true", help="the robot is not on this machine, and hands there come first"
    )
    parser.add_argument(
        "--gamepad", metavar="PROFILE",
        help="drive by a gamepad: legged, hand, or a file as in config/gamepads; Ctrl-C ends it",
    )  # fmt: skip
    parser.add_argument(
        "--device", default="", help="the gamepad, e.g. /dev/input/event7 (default: the first that fits)"
    )
    parser.add_argument("--joy", default="", metavar="TOPIC", help="read sensor_msgs/Joy instead of a device")


def run(options: argparse.Namespace) -> int:
    """Drives until the person leaves.

    Raises:
        NotRunning: No stack of that namespace runs here (and ``--remote`` was not given).
        SkillStackError: Standard input is no terminal.
    """
    if not options.remote:
        attach(options.namespace).close()
    limits = DriveLimits(speed=abs(options.speed), turn=abs(options.turn))
    if options.gamepad or options.joy:
        from skill_stack.nodes.clients.gamepad_client import drive_by_gamepad

        profile = load_profile(resources(), options.gamepad or "legged")
        where = options.device, options.joy, options.remote
        return drive_by_gamepad(options.namespace, profile, limits, partial(print, flush=True), *where)
    from skill_stack.nodes.clients.drive_client import drive

    return drive(options.namespace, limits, options.remote)
