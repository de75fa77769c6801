"""Reading ``urdf/<robot>/robot.yaml`` of a single or a composite robot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skill_stack.core.data_file import DataModel, parse_model, read_yaml
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.grasp import GraspBook, Mirror
from skill_stack.core.robots.joint_spec import JointSpec
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.robot_parts import PartSpec


class CompositeSpec(DataModel):
    """``robot.yaml`` of a robot composed of others; everything else comes from those.

    Attributes:
        name: Robot name, the name of its folder.
        description: One sentence for people.
        parts: The parts, each with ``robot``; the first carries the others.
        changes: What differs from the main part's robot, by key of ``robot.yaml``, e.g. ``stand_height``.
        sources: Where the numbers come from, by group.
    """

    name: str
    description: str
    parts: dict[str, PartSpec]
    changes: dict[str, Any] = {}
    sources: dict[str, str] = {}


def load_robot(folder: Path, resources: Resources | None = None) -> RobotSpec:
    """Reads ``robot.yaml`` of a robot folder.

    Args:
        folder: The folder.
        resources: Where the robots of a composite are found when they do not lie beside it.

    Raises:
        DataError: A file is missing or wrong.
        ResourceNotFound: A robot that it is put together of does not exist.
    """
    path = folder / "robot.yaml"
    data = read_yaml(path)
    parts = data.get("parts") if isinstance(data, dict) else None
    if not isinstance(parts, dict) or not any(isinstance(part, dict) and part.get("robot") for part in parts.values()):
        robot = parse_model(RobotSpec, data, str(path))
        if (grasps := folder / "grasps.yaml").is_file():
            robot = robot.model_copy(update={"grasps": _grasps(grasps, resources)})
        if (reach := folder / "reach_map.yaml").is_file():
            robot = robot.model_copy(update={"reach_map": tuple(map(tuple, read_yaml(reach)["left"]))})
        if robot.source.package:
            return robot
        return robot.model_copy(update={"source": robot.source.model_copy(update={"folder": folder.resolve()})})
    spec = parse_model(CompositeSpec, data, str(path))
    members: dict[str, RobotSpec] = {}
    for name, part in spec.parts.items():
        if not part.robot or part.joints:
            raise DataError(f"{path}: parts.{name}: each part of a composite has 'robot' and no 'joints'")
        if (part.mount is None) != (not members):
            raise DataError(f"{path}: parts.{name}: 'mount' is needed for every part but the first, which carries them")
        if part.robot == spec.name:
            raise DataError(f"{path}: parts.{name}: a robot cannot be a part of itself")
        members[name] = _member(name, part, load_robot(_folder(folder, part.robot, resources), resources), str(path))
    return compose(spec, members, str(path))


def _grasps(path: Path, resources: Resources | None) -> GraspBook:
    """Grasps of a hand, its own or those of the hand that it mirrors."""
    data = read_yaml(path)
    if not isinstance(data, dict) or "mirrors" not in data:
        return parse_model(GraspBook, data, str(path))
    mirror = parse_model(Mirror, data, str(path))
    other = read_yaml(_folder(path.parent, mirror.mirrors, resources) / path.name)
    return parse_model(GraspBook, other, f"{path}: mirrors").mirrored(mirror)


def _folder(beside: Path, name: str, resources: Resources | None) -> Path:
    """Folder of another robot: beside this one, or in the search path."""
    near = beside.parent / name
    return near if resources is None or near.is_dir() else resources.robot(name)


def _member(name: str, part: PartSpec, robot: RobotSpec, origin: str) -> RobotSpec:
    """A robot as the part of another one."""
    if len(robot.parts) > 1:
        raise DataError(f"{origin}: parts.{name}: '{robot.name}' has several parts itself, which cannot be mounted")
    data = _fields(robot) | {
        "parts": {name: PartSpec(joints=robot.joint_names)},
        "poses": {**robot.poses, **part.poses},
        "control_rate": part.rate or robot.control_rate,
    }
    return parse_model(RobotSpec, data, f"{origin}: parts.{name}")


def joint_prefix(robot: RobotSpec, part: str) -> str:
    """Prefix of a part's joints and links in the names of the whole robot."""
    return f"{part}_" if part in robot.mounted and part != robot.main_part else ""


def compose(spec: CompositeSpec, members: Mapping[str, RobotSpec], origin: str) -> RobotSpec:
    """A robot composed of several: the first one, with the joints of all.

    Joints of the main part keep their names, those of part ``p`` are called ``p_<joint>``.

    Args:
        spec: The composite.
        members: The robots by part, the one that carries the others first.
        origin: What messages name as the source.

    Raises:
        DataError: Something does not fit together.
    """
    main = next(iter(members))
    carrier = parse_model(RobotSpec, _fields(members[main]) | spec.changes, f"{origin}: changes")
    robots = {**members, main: carrier}
    names = {
        part: tuple(j if part == main else f"{part}_{j}" for j in member.joint_names)
        for part, member in robots.items()
    }  # fmt: skip
    joints: list[JointSpec] = []
    poses: dict[str, dict[str, float]] = {pose: {} for pose in carrier.poses}
    sources = dict(spec.sources)
    for part, member in robots.items():
        joints += [joint.model_copy(update={"name": n}) for joint, n in zip(member.joints, names[part])]
        for pose, values in poses.items():
            own = member.poses.get(pose, member.poses["default"])
            values.update(zip(names[part], (own[joint] for joint in member.joint_names)))
        sources |= {f"{part}.{group}": text for group, text in member.sources.items()}
    touch = [
        sensor.model_copy(update={"name": f"{part}_{sensor.name}", "link": f"{part}_{sensor.link}"})
        for part, member in robots.items() if part != main for sensor in member.sensors.touch
    ]  # fmt: skip
    data = _fields(carrier) | {
        "name": spec.name,
        "description": spec.description,
        "joints": tuple(joints),
        "parts": {part: spec.parts[part].model_copy(update={"joints": names[part]}) for part in robots},
        "mounted": robots,
        "sensors": carrier.sensors.model_copy(update={"touch": (*carrier.sensors.touch, *touch)}),
        "poses": poses,
        "control_rate": max(member.control_rate for member in robots.values()),
        "sources": sources,
    }
    return parse_model(RobotSpec, data, origin)


def _fields(robot: RobotSpec) -> dict[str, Any]:
    return {key: getattr(robot, key) for key in RobotSpec.model_fields}
