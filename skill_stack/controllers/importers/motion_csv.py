"""Motions beside a policy: rl_sar's table with a row per frame (base, then motors), and Unitree's arrays."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from skill_stack.controllers.foreign.link_orientation import LinkOrientation
from skill_stack.controllers.importers.draft import Plain, motor_joints
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import urdf_text

Array = np.ndarray
ROOT = 7
"""Columns of the base: position, m, and orientation, x-y-z-w."""
LARGEST = 64 << 20  # bytes
NAME = "motion.npz"
"""File of a motion beside its network."""
ARRAYS = ("fps", "joint_pos", "joint_vel", "body_pos_w", "body_quat_w")


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
    places, turns = _anchor(robot, anchor, motors, table[:, :3], table[:, [6, 3, 4, 5]], position)
    own = [motors.index(name) for name in joints]
    archive = packed(rate, position[:, own], velocity[:, own], places, turns)
    return archive, rate * (len(table) - 1) / len(table)


def from_arrays(path: Path, robot: RobotSpec, joints: list[str], anchor: str) -> bytes:
    """The archive of one that unitree_rl_lab or unitree_rl_mjlab plays, with the anchor that the policy follows.

    Args:
        path: Its archive: ``fps``, ``joint_pos``, ``joint_vel`` by joint of the policy, ``body_pos_w`` and
            ``body_quat_w`` (w-x-y-z), of which the first body is the base.
        robot: The robot.
        joints: Joints of the policy, in its order.
        anchor: Link whose orientation the policy follows.

    Raises:
        DataError: An array is missing, or of another shape.
    """
    try:
        with np.load(path, allow_pickle=False) as found:
            data = {name: np.asarray(found[name], float) for name in ARRAYS}
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path}: is no motion with the arrays {', '.join(ARRAYS)}: {error}") from error
    frames, position = len(data["joint_pos"]), data["joint_pos"]
    shapes = {"joint_pos": (len(joints),), "joint_vel": (len(joints),), "body_pos_w": (3,), "body_quat_w": (4,)}
    for name, shape in shapes.items():
        if data[name].ndim < 2 or len(data[name]) != frames or data[name].shape[-1:] != shape:
            raise DataError(f"{path}: {name} has shape {data[name].shape}; wanted are {frames} frames of {shape[0]}")
        if not np.isfinite(data[name]).all():
            raise DataError(f"{path}: {name} has values that are not finite")
    base, turned = data["body_pos_w"][:, 0], data["body_quat_w"][:, 0]
    places, turns = _anchor(robot, anchor, joints, base, turned, position)
    return packed(float(data["fps"].reshape(-1)[0]), position, data["joint_vel"], places, turns)


def packed(rate: float, position: Array, velocity: Array, places: Array, turns: Array) -> bytes:
    """An archive of frames with one body, the anchor."""
    content = io.BytesIO()
    np.savez_compressed(
        content, fps=np.array([rate]), joint_pos=position, joint_vel=velocity, body_pos_w=places[:, None],
        body_quat_w=turns[:, None],
    )  # fmt: skip
    return content.getvalue()


def seconds_of(content: bytes, rate: float | None) -> float:
    """How long an archive's motion takes, s, at a rate other than its own unless that is None."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return float(len(archive["joint_pos"]) / (rate or archive["fps"].item()))


def reference(content: bytes, anchor: str, rate: float | None = None) -> Plain:
    """The section ``reference`` of a manifest beside whose network :data:`NAME` lies."""
    entry: Plain = {"file": NAME, "sha256": hashlib.sha256(content).hexdigest()}
    return {
        "file": entry if rate is None else {**entry, "rate": rate}, "joint_pos": "joint_pos", "joint_vel": "joint_vel",
        "body_pos": "body_pos_w", "body_quat": "body_quat_w", "bodies": [anchor], "anchor": anchor,
    }  # fmt: skip


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


def _anchor(
    robot: RobotSpec, link: str, motors: list[str], base: Array, turned: Array, position: Array
) -> tuple[Array, Array]:
    """Position, m, and orientation, w-x-y-z, of a link in every frame, by the robot's own kinematics."""
    kinematics, joints = LinkOrientation(robot, link), robot.pose("default")
    places, turns, own = [], [], np.asarray(robot.indices(motors), int)
    for place, (w, x, y, z), angles in zip(base.tolist(), turned.tolist(), position):
        joints[own] = angles
        places.append(kinematics.place(place, (w, x, y, z), joints.tolist()))
        turns.append(kinematics.in_world((w, x, y, z), joints.tolist()))
    return np.array(places), np.array(turns)


def link_after(robot: RobotSpec, joint: str) -> str:
    """The link that a joint moves; raises DataError where the URDF has no such joint."""
    root = ElementTree.fromstring(urdf_text(robot))  # the file is part of the installation
    for one in root.iter("joint"):
        child = one.find("child")
        if one.get("name") == joint and child is not None:
            return str(child.get("link"))
    raise DataError(f"{robot.name}: its URDF has no joint '{joint}'")
