"""Motions as rl_sar keeps them: a table with a row per frame, place and orientation of the base, then the motors."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from skill_stack.controllers.foreign.link_orientation import LinkOrientation
from skill_stack.controllers.importers.draft import motor_joints
from skill_stack.core.errors import DataError
from skill_stack.core.robot import RobotSpec
from skill_stack.core.urdf_file import urdf_text

Array = np.ndarray
ROOT = 7
"""Columns of the base: position, m, and orientation, x-y-z-w."""
LARGEST = 64 << 20  # bytes


def as_archive(path: Path, robot: RobotSpec, joints: list[str], anchor: str, rate: float) -> tuple[bytes, float]:
    """A motion as the archive of arrays that the stack tracks.

    Args:
        path: The table: numbers with commas between them, angles in rad ordered by the vendor's motors.
        robot: The robot.
        joints: Joints of the policy, in its order.
        anchor: Link whose orientation the policy follows.
        rate: Frames per second for which it was made, Hz.

    Returns:
        The archive, and the rate at which its frames are to be played: rl_sar spreads them over one frame more than
        there are.

    Raises:
        DataError: It is missing, has another number of columns, or a value that is no number.
    """
    table = _table(path)
    motors = motor_joints(robot, range(table.shape[1] - ROOT), path)
    lacking = [name for name in joints if name not in motors]
    if lacking:
        raise DataError(f"{path}: has {len(motors)} motors, among which {lacking} of the policy are not")
    position = table[:, ROOT:]
    velocity = np.diff(position, axis=0) * rate
    velocity = np.concatenate([velocity, velocity[-1:]])  # the last frame has that of the one before
    places, turns = _anchor(robot, anchor, motors, table)
    own = [motors.index(name) for name in joints]
    content = io.BytesIO()
    np.savez_compressed(
        content, fps=np.array([rate]), joint_pos=position[:, own], joint_vel=velocity[:, own],
        body_pos_w=places[:, None], body_quat_w=turns[:, None],
    )  # fmt: skip
    return content.getvalue(), rate * (len(table) - 1) / len(table)


def _table(path: Path) -> Array:
    if not path.is_file():
        raise DataError(f"there is no motion {path}; it lies beside the policy")
    if path.stat().st_size > LARGEST:
        raise DataError(f"{path}: is larger than {LARGEST >> 20} MiB")
    try:
        table = np.loadtxt(path, delimiter=",", ndmin=2)
    except ValueError as error:
        raise DataError(f"{path}: is no table of numbers: {error}") from error
    if len(table) < 2 or table.shape[1] <= ROOT or not np.isfinite(table).all():
        raise DataError(f"{path}: needs two frames of {ROOT} values of the base and the motors, all of them finite")
    return table


def _anchor(robot: RobotSpec, link: str, motors: list[str], table: Array) -> tuple[Array, Array]:
    """Position, m, and orientation, w-x-y-z, of a link in every frame, by the robot's own kinematics."""
    kinematics, joints = LinkOrientation(robot, link), robot.pose("default")
    places, turns, own = [], [], np.asarray(robot.indices(motors), int)
    for row in table:
        x, y, z, w = row[3:ROOT].tolist()
        joints[own] = row[ROOT:]
        base = (w, x, y, z)
        places.append(kinematics.place(row[:3].tolist(), base, joints.tolist()))
        turns.append(kinematics.of(base, joints.tolist()))
    return np.array(places), np.array(turns)


def link_after(robot: RobotSpec, joint: str) -> str:
    """The link that a joint moves; raises DataError where the URDF has no such joint."""
    root = ElementTree.fromstring(urdf_text(robot))  # the file is part of the installation
    for one in root.iter("joint"):
        child = one.find("child")
        if one.get("name") == joint and child is not None:
            return str(child.get("link"))
    raise DataError(f"{robot.name}: its URDF has no joint '{joint}'")
