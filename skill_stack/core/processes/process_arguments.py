"""The command line that every process without ROS shares."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from skill_stack.core.errors import DataError

PACES = ("real_time", "lock_step")
CONTROLS = ("joints", "vendor")


def process_parser(name: str, description: str | None) -> argparse.ArgumentParser:
    """A parser with the robot, its namespace and the pace of time.

    Args:
        name: Name of the process.
        description: What it does.
    """
    parser = argparse.ArgumentParser(prog=name, description=description)
    parser.add_argument("--robot", required=True, help="robot name, a folder of urdf/")
    parser.add_argument("--namespace", default="", help="ROS namespace of the robot")
    parser.add_argument("--pace", choices=PACES, default=PACES[0], help="by the clock, or by the simulator")
    parser.add_argument("--rate", type=float, help="rate of the control loop, Hz (default: the robot's own)")
    return parser


def add_part(parser: argparse.ArgumentParser) -> None:
    """Adds the choice of the actuated part, for processes that serve one."""
    parser.add_argument("--part", default="", help="actuated part of the robot (default: the one that carries others)")


def add_driver(parser: argparse.ArgumentParser) -> None:
    """Adds the choice of the hardware driver."""
    parser.add_argument("--driver", default="mujoco", help="hardware driver, one of the robot's")
    parser.add_argument("--control", choices=CONTROLS, default="joints", help="who moves the joints")
    parser.add_argument("--driver-settings", default="{}", help="what the deployment says to the driver, JSON")


def settings_arguments(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Command-line arguments of a deployment's ``driver_settings``."""
    return ("--driver-settings", json.dumps(dict(settings))) if settings else ()


def settings_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The deployment's driver settings; raises DataError."""
    return json_object("--driver-settings", arguments.driver_settings)


def json_object(option: str, text: str) -> dict[str, Any]:
    """A JSON object on the command line; raises DataError with the option's name."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise DataError(f"{option} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise DataError(f"{option} must be a JSON object, not {text}")
    return found
