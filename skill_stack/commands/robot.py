"""``skill-stack robot``: a robot's own file becomes a robot of the stack."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from skill_stack.commands.common import add_json, note, print_json, resources
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources

if TYPE_CHECKING:
    from skill_stack.hardware.new_robot.robot_folder import NewRobot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    verbs = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    new = verbs.add_parser(
        "new", help="make a robot of a URDF or a MuJoCo model", allow_abbrev=False,
        epilog="Example: skill-stack robot new my_arm --from my_arm.urdf --fixed",
    )  # fmt: skip
    new.add_argument("name", help="name of the robot")
    new.add_argument("--from", dest="file", type=Path, required=True, metavar="FILE", help="URDF or MuJoCo model")
    new.add_argument("--fixed", action="store_true", help="its base is bolted down, although the file does not say so")
    add_json(new)


def run(options: argparse.Namespace) -> int:
    """0 when the robot is there; DataError when it cannot be made of the file."""
    made = new_robot(options.name, options.file, resources(), bolted=options.fixed)
    if options.json:
        robot = made.robot
        print_json({
            "robot": robot.name, "folder": str(made.folder), "joints": list(robot.joint_names),
            "unknown": list(robot.unknown), "notes": list(made.notes),
        })  # fmt: skip
        return 0
    tell(made)
    return 0


def new_robot(name: str, file: Path, found: Resources, *, bolted: bool = False) -> NewRobot:
    """Makes a robot in the overlay; see :func:`skill_stack.hardware.new_robot.robot_folder.make_robot`.

    Raises:
        DataError: A robot of that name exists anywhere, or the file cannot be used.
    """
    from skill_stack.hardware.new_robot.robot_folder import make_robot

    for taken in found.list("urdf"):
        if taken.name == name:
            raise DataError(f"there is a robot '{name}' in {taken}, which is not overwritten; choose another name")
    return make_robot(name, file, found.overlay / "urdf", bolted=bolted)


def tell(made: NewRobot) -> None:
    """Prints what was made, what is unknown, and what comes next."""
    robot = made.robot
    print(f"robot '{robot.name}', {robot.size} joints, in {made.folder}")
    for text in made.notes:
        note(f"note: {text}")
    print("unknown (simulation uses what stands in their places, no driver of hardware opens):")
    for entry in robot.unknown:
        print(f"  {entry}")
    print("next:")
    print(f"  1. state these in {made.folder / 'robot.yaml'}, each with its source, and take them out of 'unknown'")
    print(f"  2. skill-stack import POLICY --robot {robot.name}")
    print("  3. feet, sensors, deployment: docs/robots.md")
