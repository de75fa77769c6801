"""``skill-stack calibrate``: joint offsets of a hand; lens and mounting of a camera."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from skill_stack.commands.common import add_json, block_of, confirmed, note, part_words, print_json, resources
from skill_stack.commands.robots import calibrate_camera
from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.deployment import Deployment, load_deployment
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.shared_memory.block_file import WordBlock

POSE = "open"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("what", nargs="?", choices=("joints", "camera"), default="joints", help="(default: joints)")
    parser.add_argument("--robot", required=True, help="a hand on a Dynamixel bus, e.g. leap; for a camera its robot")
    parser.add_argument("--interface", metavar="PORT", help="the hand's port, e.g. /dev/serial/by-id/usb-FTDI_…")
    parser.add_argument("--deployment", help="how it is reached (default: the one of the robot's name)")
    parser.add_argument("--pose", default=POSE, help=f"named pose in which you hold it (default: {POSE})")
    parser.add_argument("--yes", action="store_true", help="it is in that pose already, in a jig: ask nothing, save")
    add_json(parser)
    calibrate_camera.add_arguments(parser.add_argument_group("of a camera, by a ChArUco board"))


def run(options: argparse.Namespace) -> int:
    """0 when a calibration was kept, 1 when you said no.

    Raises:
        DataError: It could not be measured, or an offset is not to be believed; nothing is kept then.
    """
    if options.what == "camera":
        return calibrate_camera.run(options)
    if options.interface is None:
        raise DataError("say where the hand is: --interface PORT, e.g. /dev/serial/by-id/usb-FTDI_…")
    from skill_stack.hardware.dynamixel.calibration import Calibration, check_offsets, path_of, save
    from skill_stack.hardware.dynamixel.measuring import measure_offsets
    from skill_stack.hardware.dynamixel.settings import place_settings

    deployment = load_deployment(
        resources().deployment(options.deployment or options.robot), interface=options.interface
    )
    robot = load_robot(resources().robot(options.robot), resources())
    _look(deployment, robot, options)
    settings = place_settings(deployment.driver_settings)
    found = measure_offsets(robot, settings, options.pose, lambda: _wait(options))
    offsets = {name: round(one.offset, 4) for name, one in found.items()}
    if not options.json:
        print(f"{'joint':12} {'should be':>10} {'reads':>10} {'offset':>10}   rad")
        for name, one in found.items():
            print(f"{name:12} {one.should:10.3f} {one.reads:10.3f} {one.offset:+10.3f}")
    path = path_of(robot, settings, resources().overlay)
    check_offsets(robot, offsets, f"pose '{options.pose}'")
    if not options.yes and not confirmed(path):
        note("nothing is kept")
        return 1
    save(Calibration(device=Path(settings.port).name, date=date.today().isoformat(), offsets=offsets), path)
    if options.json:
        print_json({"robot": robot.name, "file": str(path), "pose": options.pose, "offsets": offsets})
    note(f"kept in {path}; the driver uses it from the next start")
    return 0


def _look(deployment: Deployment, robot: RobotSpec, options: argparse.Namespace) -> None:
    """Checks that it is possible; raises SkillStackError with what would work."""
    if deployment.robot != robot.name or deployment.driver != "dynamixel":
        raise DataError(
            f"deployment '{deployment.name}' drives '{deployment.robot}' by '{deployment.driver}'; what has offsets "
            "to measure are hands on a Dynamixel bus, e.g. --robot leap"
        )
    if options.pose not in robot.poses:
        raise UnknownName(f"pose of {robot.name}", options.pose, robot.poses)
    if not options.yes and not sys.stdin.isatty():
        raise DataError("a person must hold the hand and answer at a terminal; with the hand in a jig say --yes")
    block = block_of(deployment.namespace)
    words = (WordBlock(block).words, *part_words(block).values()) if block.exists() else ()
    driving = [one.registered("control").pid for one in words if one.registered("control").alive]
    if driving:
        raise DataError(f"the stack drives it (process {driving[0]}); end it first: skill-stack down")


def _wait(options: argparse.Namespace) -> None:
    """Until the person holds the hand."""
    if not options.yes:
        note(f"torque is off. Bring the hand into its pose '{options.pose}', hold it still, and press Enter.")
        sys.stdin.readline()
