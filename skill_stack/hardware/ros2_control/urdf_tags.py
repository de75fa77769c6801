"""The ``<ros2_control>`` tags of a URDF: which interfaces the hardware of each joint has, and their limits."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import urdf_text
from skill_stack.hardware.new_robot.urdf_reading import parse

Array = np.ndarray

TAG = "ros2_control"
FIELDS = {"velocity": "velocity", "effort": "effort"}
"""Column of the robot's limits that bounds a command interface, the same both ways."""
TOLERANCE = 1e-3
"""By which a range of ``robot.yaml`` may exceed that of the hardware, rad or m: files round differently."""


@dataclass(frozen=True, slots=True)
class CommandInterface:
    """One command interface of a joint.

    Attributes:
        name: ``position``, ``velocity``, ``effort``, or a vendor's own, as the gains ``kp`` and ``kd``.
        minimum: Its smallest command, SI; minus infinity where the tag states none.
        maximum: Its largest command, SI; infinity where the tag states none.
    """

    name: str
    minimum: float = -math.inf
    maximum: float = math.inf


@dataclass(frozen=True, slots=True)
class JointInterfaces:
    """Interfaces of one joint.

    Attributes:
        commands: Command interfaces by name.
        states: Names of the state interfaces.
    """

    commands: dict[str, CommandInterface]
    states: tuple[str, ...]


Tags = Mapping[str, JointInterfaces]
"""Interfaces by joint; empty for a URDF without such tags."""


def read_tags(text: str, origin: str) -> dict[str, JointInterfaces]:
    """The tags of a URDF.

    Args:
        text: The URDF.
        origin: What messages name as the source.

    Raises:
        DataError: It is no XML, a joint is named twice, or a limit is not valid; the message states where.
    """
    return tags_of(parse(text, origin), origin)


def tags_of(root: ET.Element, origin: str) -> dict[str, JointInterfaces]:
    """The same of the top element of a URDF."""
    found: dict[str, JointInterfaces] = {}
    for joint in root.iterfind(f"{TAG}/joint"):
        name = joint.get("name", "")
        if not name or name in found:
            raise DataError(f"{origin}: <{TAG}>: joint '{name}' is named twice, or has no name")
        where = f"{origin}: <{TAG}>: joint '{name}'"
        commands = [_command(each, where) for each in joint.iterfind("command_interface")]
        states = tuple(each.get("name", "") for each in joint.iterfind("state_interface"))
        found[name] = JointInterfaces({each.name: each for each in commands}, states)
    return found


def _command(element: ET.Element, where: str) -> CommandInterface:
    name, said = element.get("name", ""), {"min": -math.inf, "max": math.inf}
    limits = element.find("limits")
    if limits is not None and limits.get("enable", "true").lower() == "false":
        return CommandInterface(name)
    for param in element.iterfind("param"):
        if (key := param.get("name", "")) in said and (text := (param.text or "").strip()):
            try:
                said[key] = float(text)
            except ValueError:
                raise DataError(f"{where}: {key} of '{name}' is '{text}', which is no number") from None
    if not said["min"] < said["max"]:
        raise DataError(f"{where}: min of '{name}', {said['min']:g}, is not below its max, {said['max']:g}")
    return CommandInterface(name, said["min"], said["max"])


def robot_tags(robot: RobotSpec) -> dict[str, JointInterfaces]:
    """The tags of the robot's own URDF; raises ResourceNotFound without one, and DataError."""
    return read_tags(urdf_text(robot), f"URDF of {robot.name}")


def common_interfaces(joints: Sequence[str], tags: Tags) -> tuple[str, ...]:
    """Command interfaces that every one of these joints has, in the order of the first one's."""
    if not set(joints) <= set(tags):
        return ()
    return tuple(name for name in tags[joints[0]].commands if all(name in tags[joint].commands for joint in joints))


def contradiction(robot: RobotSpec, tags: Tags, interface: str, prefix: str = "") -> str:
    """Contradictions between the tags and ``robot.yaml``; empty when they agree, or the URDF has no tags.

    Args:
        robot: The robot.
        tags: The tags.
        interface: Command interface that is to be used; empty for any.
        prefix: What ROS puts before the robot's joint names.
    """
    return "; ".join(_contradictions(robot, tags, interface, prefix)) if tags else ""


def _contradictions(robot: RobotSpec, tags: Tags, interface: str, prefix: str) -> Iterator[str]:
    if lost := [prefix + name for name in robot.joint_names if prefix + name not in tags]:
        yield f"the <{TAG}> tags lack {', '.join(lost)}"
        return
    for joint in robot.joints:
        name = prefix + joint.name
        commands = tags[name].commands
        if interface and interface not in commands:
            yield f"joint '{name}' has no command interface '{interface}'; it has {', '.join(commands) or 'none'}"
        if "position" not in tags[name].states:
            yield f"joint '{name}' has no state interface 'position'"
        hinge = commands.get("position", CommandInterface("position"))
        if joint.lower < hinge.minimum - TOLERANCE or joint.upper > hinge.maximum + TOLERANCE:
            yield (
                f"joint '{name}' goes {joint.lower:g}…{joint.upper:g} by robot.yaml, but its hardware takes "
                f"{hinge.minimum:g}…{hinge.maximum:g}"
            )
        for bound in FIELDS:
            found = commands.get(bound)
            if found is not None and not found.minimum < 0.0 < found.maximum:
                yield f"joint '{name}': zero {bound}, which is rest, is outside {found.minimum:g}…{found.maximum:g}"


def narrowed(robot: RobotSpec, tags: Tags, interface: str, prefix: str = "") -> tuple[Array, Array]:
    """Smallest and largest commands, the tighter of ``robot.yaml`` and the tags, each of shape (joints,), SI.

    Args:
        robot: The robot.
        tags: Tags that do not contradict it.
        interface: ``position``, ``velocity`` or ``effort``.
        prefix: What ROS puts before the robot's joint names.
    """
    high = robot.column(FIELDS.get(interface, "upper"))
    low = -high if interface in FIELDS else robot.column("lower")
    none = CommandInterface(interface)
    said = [
        tags[name].commands.get(interface, none) if (name := prefix + joint) in tags else none
        for joint in robot.joint_names
    ]
    return np.maximum(low, [each.minimum for each in said]), np.minimum(high, [each.maximum for each in said])
