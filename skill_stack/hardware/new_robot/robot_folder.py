"""Makes a robot folder of a URDF or a MuJoCo model file, and tests it in simulation before installing it."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
import yaml

from skill_stack.core.data_file import parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.joint_command import CommandMode, JointCommand, damping
from skill_stack.core.robots.robot import ModelSource, RobotSpec
from skill_stack.core.robots.robot_file import load_robot
from skill_stack.core.world.scene import Pose2
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.mujoco_device import MujocoDevice
from skill_stack.hardware.new_robot.control_tags import take_tags
from skill_stack.hardware.new_robot.mesh_files import FOLDER, collect
from skill_stack.hardware.new_robot.mesh_search import MeshSearch, mesh_folder
from skill_stack.hardware.new_robot.mjcf_to_urdf import UrdfText, convert
from skill_stack.hardware.new_robot.robot_data import RobotDraft
from skill_stack.hardware.new_robot.stand_in_numbers import SWINGS, work_out
from skill_stack.hardware.new_robot.urdf_reading import parse, read_urdf

NAME = re.compile(r"[a-z][a-z0-9_]*")
TRIAL = 75  # control periods
FASTEST = 50.0  # rad/s: no joint of a robot that holds itself or sinks is as fast
LARGEST = 16 * 2**20  # bytes of a robot's file


@dataclass(frozen=True, slots=True)
class NewRobot:
    """A new robot folder.

    Attributes:
        folder: Where it is.
        robot: What it holds.
        notes: What was left out, and what was taken for granted.
    """

    folder: Path
    robot: RobotSpec
    notes: tuple[str, ...]


def make_robot(name: str, file: Path, robots: Path, *, bolted: bool = False, meshes: Sequence[Path] = ()) -> NewRobot:
    """Makes ``<robots>/<name>`` with ``robot.yaml``, URDF and meshes; nothing is left behind when it cannot be made.

    Args:
        name: Name of the robot.
        file: URDF or MuJoCo model.
        robots: Folder of the robots.
        bolted: Whether the base is fixed although the file does not state it.
        meshes: Folders to search for meshes besides the usual places (:class:`mesh_search.MeshSearch`).

    Raises:
        DataError: The name is wrong or taken, or the stack cannot drive such a robot; the message states what is
            possible.
    """
    if not NAME.fullmatch(name):
        raise DataError(f"'{name}' is no name for a robot: small letters, digits and _, a letter first")
    folder = robots / name
    if folder.exists():
        raise DataError(f"{folder} exists and is not overwritten; choose another name, or remove the folder first")
    if lost := [str(one) for one in meshes if not one.is_dir()]:
        raise DataError(f"--meshes {', '.join(lost)}: no such folder")
    text, digest = _read(file)
    robots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=robots) as scratch:
        made = Path(scratch) / name
        made.mkdir()
        notes = _fill(made, _Source(name, file, text, digest, tuple(meshes)), bolted)
        made.rename(folder)
    return NewRobot(folder, load_robot(folder), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    file: Path
    text: str
    digest: str
    meshes: tuple[Path, ...]


def _read(file: Path) -> tuple[str, str]:
    try:
        if file.stat().st_size > LARGEST:
            raise DataError(f"{file}: is larger than {LARGEST // 2**20} MiB, which no URDF or MuJoCo model is")
        content = file.read_bytes()
        return content.decode("utf-8"), hashlib.sha256(content).hexdigest()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read as a URDF or a MuJoCo model: {error}") from error


def _fill(folder: Path, source: _Source, bolted: bool) -> list[str]:
    """Writes everything into a folder."""
    root, urdf = parse(source.text, str(source.file)), source.file
    converted = UrdfText(source.text)
    if root.tag == "mujoco":
        converted = convert(source.file, source.name, source.meshes)
        root, urdf = _beside(folder.parent, converted)
    search = MeshSearch(urdf, source.meshes, mesh_folder(root))  # before reading, which drops what is said to MuJoCo
    stated = read_urdf(root, str(source.file))
    shared, told = take_tags(stated, str(source.file))
    meshes, notes = collect(stated.root, urdf, search)
    notes = [*converted.notes, *notes, *told]
    stated.root.set("name", source.name)
    if meshes:
        (folder / FOLDER).mkdir()
    for name, path in meshes.items():
        shutil.copyfile(path, folder / FOLDER / name)
    (folder / f"{source.name}.urdf").write_text(ET.tostring(stated.root, encoding="unicode") + "\n", encoding="utf-8")
    place = converted.fixed or stated.fixed
    draft = RobotDraft(source.name, source.file.name, source.digest, stated, converted.gains, place, bool(shared))
    if bolted and place is None:
        draft = replace(draft, fixed=([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]))
    if draft.fixed is None:
        notes.append("its base moves about, as the file bolts it to nothing; say --fixed if it is bolted down")
    _write(folder, draft, stated_place=place is not None)
    return notes


def _beside(folder: Path, converted: UrdfText) -> tuple[ET.Element, Path]:
    """A converted model in the form of a URDF with its meshes."""
    urdf = folder / "converted.urdf"
    for name, content in converted.meshes.items():
        (folder / name).write_bytes(content)
    return parse(converted.text, str(urdf)), urdf


def _write(folder: Path, draft: RobotDraft, *, stated_place: bool) -> None:
    """Estimates missing values, writes ``robot.yaml`` and simulates the robot for a moment."""
    source = ModelSource(urdf=f"{draft.name}.urdf", base_link=draft.stated.base_link, folder=folder)
    first = parse_model(RobotSpec, draft.data(), draft.file)
    own = first.source.model_copy(update={"folder": source.folder})
    try:
        for swing in SWINGS:
            stand = work_out(first.model_copy(update={"source": own}), swing)
            if draft.fixed is not None and not stated_place:
                draft = replace(draft, fixed=([0.0, 0.0, stand.below], draft.fixed[1]))
            (folder / "robot.yaml").write_text(_yaml(draft.data(stand), draft.file), encoding="utf-8")
            if _stays(load_robot(folder)):
                return
    except (ValueError, mujoco.FatalError) as error:
        told = " ".join(str(error).split())
        raise DataError(f"{draft.file}: MuJoCo cannot simulate it: {told}") from error
    raise DataError(f"{draft.file}: its motion bursts in simulation; look at its masses, inertias and gains")


def _stays(robot: RobotSpec) -> bool:
    """Whether a robot that holds its pose for a moment, and then sinks damped, moves plausibly."""
    device = MujocoDevice(robot, SceneSetup(name="empty", seed=0, start=Pose2(0.0, 0.0, 0.0), objects=()), "default")
    zero, pose = np.zeros(robot.size), robot.pose("default")
    hold = JointCommand(pose, zero, zero, robot.column("kp"), robot.column("kd"), CommandMode.ACTIVE)
    speeds = []
    for period in range(2 * TRIAL):
        sinks = damping(device.sample().position, robot.column("damp_kd"))
        device.step(hold if period < TRIAL else sinks)
        speeds.append(float(np.abs(device.data.qvel[6:]).max()))
    began_anew = abs(device.data.time - device.time) > 0.5 / robot.control_rate  # what MuJoCo does where numbers burst
    return not began_anew and max(speeds) < FASTEST


def _yaml(data: dict[str, Any], file: str) -> str:
    told = {key: data[key] for key in ("sources", "unknown")}
    rest = {key: value for key, value in data.items() if key not in told}
    style: dict[str, Any] = {"sort_keys": False, "allow_unicode": True, "width": 118}
    text = yaml.safe_dump(rest, default_flow_style=None, **style) + yaml.safe_dump(told, **style)
    return (
        f"# Made by skill-stack robot new of {file}. SI units: rad, rad/s, N·m, N·m/rad, N·m·s/rad, m, s.\n"
        "# What is under 'unknown' serves simulation alone; find it, write it with its source, and take it out there.\n"
        + text
    )
