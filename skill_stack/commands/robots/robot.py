"""``skill-stack robot``: makes a robot of the stack from a model file; renders pictures of robots."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
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
    add_meshes(new)
    add_json(new)
    picture = verbs.add_parser(
        "picture", help="show a robot in a scene, in its poses", allow_abbrev=False,
        epilog="Example: skill-stack robot picture allegro_left --poses default fist point --out hand.png",
    )  # fmt: skip
    picture.add_argument("name", help="name of the robot")
    picture.add_argument("--scene", default="open", help="what stands around it (default: %(default)s)")
    picture.add_argument("--poses", nargs="+", default=["default"], metavar="POSE", help="(default: default)")
    picture.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .png or, smaller, a .webp")


def add_meshes(parser: argparse.ArgumentParser) -> None:
    """Adds ``--meshes FOLDER``, where meshes are looked for besides the usual places."""
    parser.add_argument(
        "--meshes", type=Path, action="append", default=[], metavar="FOLDER",
        help="look for meshes in this folder and below too; may be given several times",
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """0 when the robot or its picture is there; DataError when it cannot be made of the file."""
    if options.what == "picture":
        return _picture(options)
    made = new_robot(options.name, options.file, resources(), bolted=options.fixed, meshes=options.meshes)
    if options.json:
        robot = made.robot
        print_json({
            "robot": robot.name, "folder": str(made.folder), "joints": list(robot.joint_names),
            "unknown": list(robot.unknown), "notes": list(made.notes),
        })  # fmt: skip
        return 0
    tell(made)
    return 0


def _picture(options: argparse.Namespace) -> int:
    import tempfile

    from skill_stack.core.robots.robot_file import load_robot
    from skill_stack.core.world.scene_file import load_scene, set_up
    from skill_stack.hardware.rendering.body_picture import save_body
    from skill_stack.runtime.episodes.scenario_pictures import save_small

    if options.out.suffix not in (".png", ".webp"):
        raise DataError(f"--out {options.out}: write a .png or a .webp")
    found = resources()
    robot, setup = load_robot(found.robot(options.name), found), set_up(load_scene(found.scene(options.scene)), 0)
    with tempfile.TemporaryDirectory(prefix="skill-stack-body-") as folder:
        strip = options.out if options.out.suffix == ".png" else Path(folder) / "strip.png"
        save_body(robot, setup, options.poses, strip)
        if strip is not options.out:
            save_small(strip, options.out)
    note(f"wrote {options.out}")
    return 0


def new_robot(
    name: str, file: Path, found: Resources, *, bolted: bool = False, meshes: Sequence[Path] = ()
) -> NewRobot:
    """Makes a robot in the overlay; see :func:`skill_stack.hardware.new_robot.robot_folder.make_robot`.

    Raises:
        DataError: A robot of that name exists anywhere, or the file cannot be used.
    """
    from skill_stack.hardware.new_robot.robot_folder import make_robot

    for taken in found.list("urdf"):
        if taken.name == name:
            raise DataError(f"there is a robot '{name}' in {taken}, which is not overwritten; choose another name")
    return make_robot(name, file, found.overlay / "urdf", bolted=bolted, meshes=meshes)


def tell(made: NewRobot) -> None:
    """Prints the result, unknown values, and next steps."""
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
