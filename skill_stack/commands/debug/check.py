"""``skill-stack check``: checks this machine, and optionally the robot, with remedies for what is missing."""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import importlib.util
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from skill_stack.commands.common import add_json, print_json, resources
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.network_interfaces import address_of
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_name import SHARED_MEMORY, domain_of
from skill_stack.core.skills.skill_library import load_library

NEEDED = {
    "rclpy": "ROS 2: make setup, or source a ROS install",
    "skill_stack_interfaces": "the stack's messages: make setup, or colcon build",
    "mujoco": "simulation: make setup",
    "onnxruntime": "policies: make setup",
    "py_trees": "plans: make setup",
}
OPTIONAL = {
    "torch": "training: make setup EXTRAS=train",
    "viser": "web monitor: make setup",
    "cyclonedds": "Unitree robots: make setup",
    "dynamixel_sdk": "LEAP hand: make setup",
    "cv2": "cameras: make setup",
}


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """Result of one check.

    Attributes:
        name: What.
        ok: Whether it is as it should be.
        reason: What was found, or what to do.
        needed: Whether the stack works without it.
    """

    name: str
    ok: bool
    reason: str
    needed: bool = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--robot", help="walk through this robot step by step, a person watching")
    parser.add_argument(
        "--deployment",
        help="how the robot is reached (default: its simulation; with --interface, itself); without --robot: which "
        "network interfaces and keys its processes use",
    )
    parser.add_argument("--interface", help="way to the real robot: eth0, /dev/serial/by-id/…, can0")
    parser.add_argument("--yes", action="store_true", help="ask nobody; for simulated robots alone")
    parser.add_argument("--report", help="file of the report (default: below the overlay)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 when everything required exists, and no check of the robot failed."""
    if options.robot:
        from skill_stack.commands.robots.check_robot import run as check_robot

        return check_robot(options)
    if options.yes or options.report or (options.interface and not options.deployment):
        raise DataError("--interface, --yes and --report belong to --robot NAME")
    networks = _networks(options.deployment, options.interface) if options.deployment else ()
    findings = [*_machine(), *_modules(), *_robots(), *networks]
    if options.json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            mark = "ok " if finding.ok else "BAD" if finding.needed else " - "
            print(f"{mark}  {finding.name:22} {finding.reason}")
    return 0 if all(finding.ok or not finding.needed for finding in findings) else 1


def _machine() -> Iterator[CheckFinding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield CheckFinding("python", (3, 10) <= sys.version_info[:2] < (3, 14), f"{version}; 3.10 to 3.13 are supported")
    yield CheckFinding("system", sys.platform == "linux", f"{platform.system()} on {platform.machine()}")
    writable = os.access(SHARED_MEMORY, os.W_OK)
    yield CheckFinding("shared memory", writable, f"{SHARED_MEMORY} {'can' if writable else 'cannot'} be written to")
    try:
        yield CheckFinding("ROS domain", True, f"ROS_DOMAIN_ID {domain_of(os.environ)}")
    except SkillStackError as error:
        yield CheckFinding("ROS domain", False, str(error))
    overlay = resources().overlay
    place = next(folder for folder in (overlay, *overlay.parents) if folder.exists())
    good = os.access(place, os.W_OK)
    yield CheckFinding("overlay", good, f"{overlay} {'takes writes' if good else 'cannot be written to'}", needed=False)
    yield _real_time()
    yield _provider()
    yield _cameras()


def _cameras() -> CheckFinding:
    """Whether the cameras of simulated robots can be rendered: a GL library that works without a screen."""
    import ctypes.util

    there = [name for name, library in (("EGL", "EGL"), ("OSMesa", "OSMesa")) if ctypes.util.find_library(library)]
    hint = "missing; for simulated cameras and pictures of runs: apt-get install libegl1 libgl1, or libosmesa6"
    return CheckFinding("drawing", bool(there), f"{' and '.join(there)} found" if there else hint, needed=False)


def _provider() -> CheckFinding:
    """Available providers for policies; ``skill-stack prepare ROBOT`` measures them."""
    if importlib.util.find_spec("onnxruntime") is None:
        return CheckFinding("policy providers", False, "onnxruntime is missing", needed=False)
    from skill_stack.controllers.providers.prepared import device_name
    from skill_stack.controllers.providers.provider import available

    there, gpu = available(), device_name()
    if there != ("cpu",):
        text = f"{', '.join(there)} on {gpu or 'no GPU'}; skill-stack prepare ROBOT measures which is fastest"
        return CheckFinding("policy providers", True, text, needed=False)
    hint = "to use it: pip uninstall onnxruntime; pip install 'onnxruntime-gpu[cuda,cudnn]'"
    text = f"cpu alone, though there is a {gpu}; {hint}" if gpu else "cpu; there is no NVIDIA GPU"
    return CheckFinding("policy providers", not gpu, text, needed=False)


def _real_time() -> CheckFinding:
    """Whether SCHED_FIFO may be used, as root or by a limit of the user."""
    import resource

    limit = resource.getrlimit(resource.RLIMIT_RTPRIO)[0]
    good = os.geteuid() == 0 or limit > 0 or limit == resource.RLIM_INFINITY
    text = "may be used" if good else "may not be used: add '@realtime - rtprio 90' to /etc/security/limits.d/"
    return CheckFinding("real-time priority", good, text, needed=False)


def _modules() -> Iterator[CheckFinding]:
    for needed, table in ((True, NEEDED), (False, OPTIONAL)):
        for module, purpose in table.items():
            there = importlib.util.find_spec(module) is not None
            yield CheckFinding(module, there, _version(module) if there else f"missing; {purpose}", needed)


def _networks(name: str, interface: str | None) -> Iterator[CheckFinding]:
    """Interfaces, addresses and ROS settings of each process of a deployment that takes part in ROS."""
    from skill_stack.core.robots.deployment import load_deployment
    from skill_stack.runtime.bringup.process_security import SECURITY, environment_of
    from skill_stack.runtime.bringup.processes import describe, with_ros
    from skill_stack.runtime.bringup.ros_environment import MIDDLEWARE, PROFILES, REACH, ros_environment

    variables = ("ROS_DOMAIN_ID", REACH, MIDDLEWARE, *PROFILES, "CYCLONEDDS_URI", *SECURITY)
    found, stack = resources(), ros_environment(os.environ)
    for spec in with_ros(describe(load_deployment(found.deployment(name), interface=interface), found)):
        what = f"network of {spec.name}"
        try:
            told = environment_of(stack, spec, found)
        except SkillStackError as error:
            yield CheckFinding(what, False, str(error))
            continue
        used = [f"{each} ({address_of(each)})" for each in spec.interfaces]
        said = " ".join(f"{key}={told[key]}" for key in variables if key in told)
        yield CheckFinding(what, True, f"{', '.join(used) or 'by default'}; {said}")


def _version(module: str) -> str:
    """The version of a module's distribution; the table of all that are installed takes a second to make."""
    try:
        return importlib.metadata.version(module)
    except importlib.metadata.PackageNotFoundError:  # it is called otherwise
        return next(map(importlib.metadata.version, _distributions().get(module, ())), "there")


_distributions = functools.cache(importlib.metadata.packages_distributions)


def _robots() -> Iterator[CheckFinding]:
    found = resources()
    for folder in filter(Path.is_dir, found.list("urdf")):
        try:
            robot = load_robot(folder, found)
            library = load_library(found, robot)
        except SkillStackError as error:
            yield CheckFinding(f"robot {folder.name}", False, str(error))
            continue
        wrong = [
            f"{entry.name}: {entry.reason}"
            for entry in library.entries.values()
            if not (entry.usable or entry.elsewhere)
        ]
        text = "; ".join(wrong) or f"{len(library.entries)} skills"
        yield CheckFinding(f"robot {robot.name}", not wrong, text)
