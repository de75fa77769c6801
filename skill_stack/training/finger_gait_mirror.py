"""The finger gait of one hand on its mirror image; see ``python -m skill_stack.training.finger_gait_mirror --help``.

What turns a cube to the right in a right hand turns it to the left in a left one. Joints that turn the other way in the
mirror change their sign; everything else stays.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from skill_stack.core.arguments import Parser
from skill_stack.core.data_file import load_model
from skill_stack.core.errors import DataError, SkillStackError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.grasp import Mirror
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.training.finger_gait_export import write_gait

Array = np.ndarray


def read_gait(path: Path) -> Array:
    """The numbers of a gait's network, as :func:`write_gait` takes them, rad, shape (joints, 1 + 2 · harmonics).

    Raises:
        DataError: The file is no such network.
    """
    try:
        parts = {part.name: numpy_helper.to_array(part) for part in onnx.load(path).graph.initializer}
        return np.concatenate([parts["bias"][:, None], parts["weights"].T], axis=1).astype(float)
    except Exception as error:  # protobuf raises bare exceptions of its own
        raise DataError(f"{path}: no network of a finger gait ({error})") from error


def mirrored(gait: Array, robot: RobotSpec, flipped: tuple[str, ...]) -> Array:
    """A mirrored gait.

    Args:
        gait: Of the other hand, rad, shape (joints, terms).
        robot: This hand.
        flipped: Its joints that turn the other way.
    """
    signs = np.array([-1.0 if name in flipped else 1.0 for name in robot.joint_names])
    return np.asarray(gait * signs[:, None])


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = Parser(
        prog="python -m skill_stack.training.finger_gait_mirror",
        description="Write a finger gait as the mirror image of one of the other hand.",
        epilog="example: python -m skill_stack.training.finger_gait_mirror allegro_left turn_cube_left turn_cube_right",
    )
    parser.add_argument("robot", help="a hand that mirrors another one, e.g. allegro_left")
    parser.add_argument("skill", help="skill whose network is written")
    parser.add_argument("source", help="skill of the other hand that it is the mirror image of")
    parser.add_argument("--out", type=Path, help="the file (default: policy.onnx of the skill)")
    options = parser.parse_args(arguments)
    found = Resources.from_environment(os.environ)
    try:
        folder = found.robot(options.robot)
        robot, mirror = load_robot(folder, found), load_model(Mirror, folder / "grasps.yaml")
        gait = read_gait(found.find(f"models/{mirror.mirrors}/{options.source}", "skill") / "policy.onnx")
        out = options.out or found.find(f"models/{options.robot}/{options.skill}", "skill") / "policy.onnx"
        harmonics = (gait.shape[1] - 1) // 2
        digest = write_gait(mirrored(gait, robot, mirror.flipped), harmonics, robot.pose("cradle"), out)
    except SkillStackError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{out}\nsha256: {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
