"""Bringing up a deployment from the command line."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from typing import Any

from skill_stack.commands.common import block_of, resources
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.processes.process_identity import ProcessIdentity
from skill_stack.core.resources import Resources
from skill_stack.core.robots.deployment import Deployment, load_deployment
from skill_stack.core.robots.driver import check_driver
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.runtime.bringup.bring_up import BringUp
from skill_stack.runtime.bringup.death_reporter import DeathReporter
from skill_stack.runtime.bringup.processes import describe, place_of
from skill_stack.runtime.bringup.run_file import KEEP, LAUNCHER, RunFile


class RosMissing(SkillStackError):
    """There is no ROS 2 in this environment."""


def bring_up(
    deployment: Deployment, report: Callable[[str], None], verbose: bool = False, launcher: int = 0
) -> BringUp:
    """The processes of a deployment, ready to be started as a context manager.

    Args:
        deployment: The deployment.
        report: Takes one line for the person at the terminal.
        verbose: Whether the output of the processes is reported too.
        launcher: Process id of the ``ros2 launch`` that starts the nodes and without which the rest ends; 0 for none.

    Raises:
        ResourceNotFound: Robot or scene does not exist.
        DataError: One of their files is wrong, the driver cannot be used on this machine, or there is no launcher.
        RosMissing: There is no ROS 2 in this environment.
    """
    if importlib.util.find_spec("rclpy") is None:
        raise RosMissing("ROS 2 is not there: run 'make setup', or source a ROS install, and see 'skill-stack check'")
    found = resources()
    specs = describe(deployment, found)
    leader = _launcher(launcher)
    if leader is not None:
        specs = tuple(spec for spec in specs if not spec.ros)
    robot = load_robot(found.robot(deployment.robot), found)
    check_driver(robot.part(), deployment.driver, deployment.driver_settings)
    for part in list(robot.parts)[1:]:
        check_driver(robot.part(part), *place_of(deployment, robot, part))
    name = deployment.namespace.replace("/", "-") or deployment.name
    folder = found.writable_folder("log", name)
    if not folder.is_relative_to(found.overlay):
        report(f"{found.overlay} cannot be written to; logs go to {folder}")
    about = {
        "deployment": deployment.name,
        "robot": deployment.robot,
        "pace": deployment.pace,
        "settings": json.dumps(deployment.model_dump(mode="json")),
        "changes": json.dumps(_changes(deployment, found)),
        KEEP: str(found.writable_folder("reports") / "last" / name),
        **({LAUNCHER: str(launcher)} if launcher else {}),
    }
    run_file, tell = RunFile(block_of(deployment.namespace)), DeathReporter(deployment.namespace, folder)
    return BringUp(specs, run_file, folder, os.environ, report, verbose, about, tell, leader)


def _launcher(pid: int) -> ProcessIdentity | None:
    """The process that starts the nodes; None where the bring-up does.

    Raises:
        DataError: There is no such process.
    """
    launcher = ProcessIdentity.from_pid(pid) if pid else None
    if pid and launcher is None:
        raise DataError(f"process {pid}, which is to start the nodes, does not run")
    return launcher


def _changes(deployment: Deployment, found: Resources) -> dict[str, Any]:
    """What the command line made different from the deployment's file."""
    try:
        plain = load_deployment(found.deployment(deployment.name)).model_dump(mode="json")
    except SkillStackError:  # it was given as a file
        return {}
    return {name: value for name, value in deployment.model_dump(mode="json").items() if plain.get(name) != value}
