"""Command-line arguments for a deployment's safety limits, for control process and supervisor."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.safety_limits import override


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Adds changes of safety limits."""
    parser.add_argument("--safety", default="{}", metavar="JSON", help="tighter limits of guards, by name")
    parser.add_argument("--unsafe", action="store_true", help="let --safety loosen limits too")


def limit_arguments(safety: Mapping[str, float], unsafe: bool) -> tuple[str, ...]:
    """The command line for :func:`add_limits`.

    Args:
        safety: Limits by name, SI.
        unsafe: Whether they may be looser than the robot's.
    """
    return (*(("--safety", json.dumps(safety)) if safety else ()), *(("--unsafe",) if unsafe else ()))


def limited(robot: RobotSpec, arguments: argparse.Namespace) -> RobotSpec:
    """The robot with the limits of the command line applied.

    Args:
        robot: The robot.
        arguments: What a parser with :func:`add_limits` found.

    Raises:
        DataError: It is no JSON object of numbers, or a limit is out of bounds, or looser without ``--unsafe``.
        UnknownName: There is no such limit.
    """
    try:
        changes = json.loads(arguments.safety)
    except json.JSONDecodeError as error:
        raise DataError(f"--safety: not JSON: {error}") from None
    if not isinstance(changes, dict):
        raise DataError('--safety: must be an object of limits by name, e.g. {"tilt": 0.8}')
    return with_limits(robot, changes, arguments.unsafe, "--safety")


def with_limits(robot: RobotSpec, changes: Mapping[str, float], unsafe: bool, origin: str) -> RobotSpec:
    """The robot with changed limits; arguments and errors as in ``safety_limits.override``."""
    return robot.model_copy(update={"safety": override(robot.safety, changes, unsafe, origin)}) if changes else robot
