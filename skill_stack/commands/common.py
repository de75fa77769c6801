"""Common parts of the verbs: resources, deployments, the running stack's shared memory, output.

What only some of them need is imported on demand: a stop must not wait for it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skill_stack.core.arguments import namespace
from skill_stack.core.errors import DataError, ResourceNotFound, SkillStackError
from skill_stack.core.shared_memory.block_file import WordBlock
from skill_stack.core.shared_memory.block_name import block_path, domain_of, part_of, part_paths
from skill_stack.core.shared_memory.block_words import BlockWords

if TYPE_CHECKING:
    from skill_stack.core.resources import Resources
    from skill_stack.core.robots.deployment import Deployment
    from skill_stack.core.world.camera_frame import CameraFrame


class NotRunning(SkillStackError):
    """No stack of the requested namespace is running."""


def resources() -> Resources:
    """The search path of robots, skills, scenes and deployments."""
    from skill_stack.core.resources import Resources

    return Resources.from_environment(os.environ)


def join_ros() -> None:
    """Gives this process the same ROS environment as the stack's; to be called before ROS is imported."""
    from skill_stack.runtime.bringup.ros_environment import ros_environment

    os.environ.update(ros_environment(os.environ))


def words_of(text: str) -> str:
    """Words of the command line as valid text: undecodable bytes become '?'."""
    return text.encode("utf-8", "replace").decode("utf-8")


def print_json(data: Any) -> None:
    """Prints data as JSON on one line."""
    print(json.dumps(data, ensure_ascii=False, allow_nan=False), flush=True)


def note(text: str) -> None:
    """Prints a message that is not the result."""
    print(text, file=sys.stderr, flush=True)


def confirmed(path: Path) -> bool:
    """Asks the person whether to store a calibration in a file."""
    replaces = f" (what is there stays beside it as {path.stem}.before)" if path.is_file() else ""
    print(f"Keep it{replaces}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def add_namespace(parser: argparse.ArgumentParser) -> None:
    """The option ``--namespace``."""
    parser.add_argument("--namespace", type=namespace, default="", help="ROS namespace of the robot (default: none)")


def add_json(parser: argparse.ArgumentParser) -> None:
    """The option ``--json``."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON on standard output")


def add_deployment_changes(parser: argparse.ArgumentParser) -> None:
    """Options that replace single values of a deployment."""
    parser.add_argument("--namespace", type=namespace, help="ROS namespace of the robot")
    parser.add_argument("--scene", help="name or file of the scene")
    parser.add_argument("--seed", type=int, help="varies the scene and the physics; 0 leaves them as the files say")
    parser.add_argument("--speed", choices=["real", "max"], help="real time, or as fast as all parts allow")
    parser.add_argument("--interface", help="way to a real robot: eth0, /dev/serial/by-id/…, can0")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="a recording in place of the robot: nothing moves")
    parser.add_argument("--viewer", action="store_true", default=None, help="open MuJoCo's own window")


def deployment_of(name: str, options: argparse.Namespace, **changes: Any) -> Deployment:
    """A deployment by name or file, with the options of :func:`add_deployment_changes` applied.

    Raises:
        ResourceNotFound: There is no such deployment.
        DataError: The file or an option is wrong.
    """
    from skill_stack.core.robots.deployment import load_deployment

    if getattr(options, "replay", None) is not None:
        changes |= {"driver": "replay", "driver_settings": {"recording": str(options.replay.resolve())}, "parts": {}}
    pace = {"real": "real_time", "max": "lock_step", None: None}[options.speed]
    return load_deployment(
        resources().deployment(name),
        interface=options.interface,
        namespace=options.namespace,
        scene=options.scene,
        seed=options.seed,
        pace=pace,
        viewer=options.viewer,
        **changes,
    )


def simulation_of(robot: str) -> str:
    """Name of the deployment that simulates a robot.

    Raises:
        ResourceNotFound: There is none; lists the robots that have one.
    """
    found = resources()
    names = sorted(path.stem for path in found.list("config/deployments"))
    if f"{robot}_sim" in names:
        return f"{robot}_sim"
    robots = ", ".join(name.removesuffix("_sim") for name in names if name.endswith("_sim"))
    raise ResourceNotFound(f"there is no simulation of a robot '{robot}'. Robots with one: {robots or 'none'}")


def block_of(namespace: str) -> Path:
    """The shared memory of a robot; raises DataError when ROS_DOMAIN_ID is wrong."""
    return block_path(namespace, domain_of(os.environ), os.getuid())


def attach(namespace: str) -> WordBlock:
    """The flag words of a running robot.

    Raises:
        NotRunning: There is none of that namespace; lists those that run.
    """
    path = block_of(namespace)
    try:
        return WordBlock(path)
    except FileNotFoundError:
        raise NotRunning(f"no stack is up{_named(namespace)}{_others(path)}") from None


def chosen_look(options: argparse.Namespace, number: int = -1) -> tuple[CameraFrame, str]:
    """A look of the recording ``--looks``, or the newest one of a running robot, and the robot's name.

    Args:
        options: With ``looks``, ``robot``, ``namespace`` and ``camera``.
        number: Which look of the recording; negative ones count from the end.

    Raises:
        DataError: There is no look, or nothing says which robot it is of.
    """
    from skill_stack.runtime.bringup.run_file import RunFile
    from skill_stack.runtime.line.newest_look import LiveCamera, recorded_look

    if options.looks is not None:
        return recorded_look(options.looks, number), options.robot
    attach(options.namespace).close()  # says clearly when there is none
    block = block_of(options.namespace)
    name = options.robot or RunFile(block).about.get("robot", "")
    if not name:
        raise DataError("which robot it is was not noted by a bring-up; give --robot NAME")
    with LiveCamera(block, name, options.camera, resources()) as live:
        return live.newest(), name


def part_words(block: Path) -> dict[str, BlockWords]:
    """The flag words of the other parts of a robot, by part; none for a robot of one part.

    Args:
        block: The robot's main block.
    """
    return {part_of(path): WordBlock(path).words for path in part_paths(block)}


def _named(namespace: str) -> str:
    return f" in namespace '{namespace}'" if namespace else ""


def _others(path: Path) -> str:
    """Running namespaces in this ROS domain, or a hint how to start one."""
    prefix = "-".join(path.name.split("-", 4)[:4]) + "-"
    names = [p.name.removeprefix(prefix) for p in path.parent.glob(f"{prefix}*") if not p.suffix]
    if names:
        return f"; up are: {', '.join(name or '(no namespace)' for name in sorted(names))}"
    return f" (ROS_DOMAIN_ID {path.name.split('-')[3]}); start one with: skill-stack up go2_sim"
