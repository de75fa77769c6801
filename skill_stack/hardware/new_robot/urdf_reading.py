"""Reading a third-party URDF: links, hinges with their stated values, and the fixed base."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass

from skill_stack.core.errors import DataError

HINGES = ("revolute", "continuous")
WORLD = "world"
KEPT = ("link", "joint", "material", "ros2_control")


@dataclass(frozen=True, slots=True)
class StatedJoint:
    """Stated values of one hinge; None where the file states nothing.

    Attributes:
        name: Its name.
        lower: Lower position limit, rad.
        upper: Upper position limit, rad.
        velocity: Speed limit, rad/s.
        effort: Torque limit, N·m.
        dynamics: Viscous ``damping`` (N·m·s/rad), Coulomb ``friction`` (N·m), ``armature`` (kg·m²), where stated.
    """

    name: str
    lower: float | None
    upper: float | None
    velocity: float | None
    effort: float | None
    dynamics: dict[str, float]


@dataclass(slots=True)
class StatedRobot:
    """Content of a URDF.

    Attributes:
        root: The URDF without what the stack has no use for (Gazebo, transmissions, a link that stands for the world).
        base_link: Its root link.
        imu_link: A link that is called after an IMU; empty where there is none.
        joints: Its hinges, in the order of the file.
        fixed: Position (m) and roll, pitch, yaw (rad) where the file bolts the base to a link called ``world``.
    """

    root: ET.Element
    base_link: str
    imu_link: str
    joints: list[StatedJoint]
    fixed: tuple[list[float], list[float]] | None


def parse(text: str, origin: str) -> ET.Element:
    """The top element of an XML file.

    Args:
        text: The XML.
        origin: What messages name as the source.

    Raises:
        DataError: It is no XML, or defines entities, which nothing here needs.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DataError(f"{origin}: has a DOCTYPE, which robot files do not need; take it out")
    try:
        return ET.fromstring(text)
    except ET.ParseError as error:
        raise DataError(f"{origin}: is not XML: {error}") from error


def read_urdf(root: ET.Element, origin: str) -> StatedRobot:
    """Reads a URDF.

    Args:
        root: Its top element; is changed.
        origin: What messages name as the source.

    Raises:
        DataError: Something is wrong, or the stack cannot drive it; the message states what.
    """
    _check_top(root, origin)
    for element in [child for child in root if child.tag not in KEPT]:
        root.remove(element)
    for kind in ("link", "joint"):
        counted = Counter(element.get("name", "") for element in root.iterfind(kind))
        twice = sorted(name for name, count in counted.items() if count > 1 or not name)
        if twice:
            raise DataError(f"{origin}: each {kind} needs a name of its own; these are used twice or empty: {twice}")
    base = _base(root, origin)
    base, fixed = _without_stand_ins(root, base, origin)
    joints = [_stated(joint, origin) for joint in root.iterfind("joint") if joint.get("type") in HINGES]
    _check_joints(root, joints, origin)
    _check_inertias(root, origin)
    imus = [name for link in root.iterfind("link") if "imu" in (name := link.get("name", "")).lower()]
    return StatedRobot(root, base, imus[0] if imus else "", joints, fixed)


def _check_top(root: ET.Element, origin: str) -> None:
    if root.tag != "robot":
        raise DataError(f"{origin}: begins with <{root.tag}>; a URDF begins with <robot>, a MuJoCo model with <mujoco>")
    if any("xacro" in element.tag for element in root.iter()):
        raise DataError(f"{origin}: is a xacro file; expand it first: xacro {origin} > robot.urdf")


def _ends(joint: ET.Element, origin: str) -> tuple[str, str]:
    """Names of the links before and behind a joint."""
    names = [element.get("link", "") for kind in ("parent", "child") if (element := joint.find(kind)) is not None]
    if len(names) != 2:
        raise DataError(f"{origin}: joint '{joint.get('name')}' needs a parent and a child")
    return names[0], names[1]


def _base(root: ET.Element, origin: str) -> str:
    """The root link."""
    links = [link.get("name", "") for link in root.iterfind("link")]
    ends = {joint.get("name", ""): _ends(joint, origin) for joint in root.iterfind("joint")}
    for name, pair in ends.items():
        if lost := sorted(set(pair) - set(links)):
            raise DataError(f"{origin}: joint '{name}' names the links {lost}, which do not exist")
    children = Counter(child for _, child in ends.values())
    if twice := sorted(name for name, count in children.items() if count > 1):
        raise DataError(f"{origin}: the links {twice} hang on several joints; a robot has to be a tree")
    bases = [name for name in links if name not in children]
    if len(bases) != 1:
        raise DataError(f"{origin}: exactly one link must hang on no joint; here it is {bases or 'none'}")
    reached = [bases[0]]
    for link in reached:  # grows while it is walked through
        reached += [child for parent, child in ends.values() if parent == link]
    if lost := sorted(set(links) - set(reached)):
        raise DataError(f"{origin}: the links {lost} hang on one another instead of on the base '{bases[0]}'")
    return bases[0]


def _without_stand_ins(root: ET.Element, base: str, origin: str) -> tuple[str, tuple[list[float], list[float]] | None]:
    """Removes root links without a body: ``world``, or a frame on the ground."""
    fixed = None
    while True:
        link = next(link for link in root.iterfind("link") if link.get("name") == base)
        held = [joint for joint in root.iterfind("joint") if _ends(joint, origin)[0] == base]
        bodiless = link.find("inertial") is None and link.find("collision") is None
        if not bodiless or len(held) != 1 or held[0].get("type") not in ("fixed", "floating"):
            break
        if base == WORLD and held[0].get("type") == "fixed":
            fixed = _vector(held[0], "xyz", origin), _vector(held[0], "rpy", origin)
        root.remove(link)
        root.remove(held[0])
        base = _ends(held[0], origin)[1]
    if base == WORLD:
        raise DataError(f"{origin}: link 'world' must hold one link, by one fixed or floating joint, and have no body")
    return base, fixed


def _vector(joint: ET.Element, key: str, origin: str) -> list[float]:
    found = joint.find("origin")
    words = (found.get(key, "") if found is not None else "").split() or ["0"] * 3
    values = [_finite(word, f"{origin}: joint '{joint.get('name')}': {key}") for word in words]
    if len(values) != 3:
        raise DataError(f"{origin}: joint '{joint.get('name')}': {key} needs three numbers")
    return values


def _finite(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{where}: '{text}' is no number")
    return value


def _stated(joint: ET.Element, origin: str) -> StatedJoint:
    """Stated values of a hinge; a speed or torque of 0 counts as not stated."""
    name, limit, dynamics = joint.get("name", ""), joint.find("limit"), joint.find("dynamics")
    where = f"{origin}: joint '{name}'"
    said = {k: _finite(v, f"{where}: limit {k}") for k, v in (limit.attrib if limit is not None else {}).items()}
    turns = joint.get("type") == "continuous"
    lower, upper = (None, None) if turns or limit is None else (said.get("lower", 0.0), said.get("upper", 0.0))
    if lower is not None and upper is not None and lower >= upper:
        raise DataError(f"{where}: its limits {lower:g}…{upper:g} rad leave it no way; correct them in the file")
    kept = ("damping", "friction", "armature")
    moves = {k: _finite(v, f"{where}: {k}") for k, v in (dynamics.attrib if dynamics is not None else {}).items()
             if k in kept}  # fmt: skip
    for key, value in [*said.items(), *moves.items()]:
        if value < 0.0 and key not in ("lower", "upper"):
            raise DataError(f"{where}: {key} {value:g} is below zero")
    return StatedJoint(name, lower, upper, said.get("velocity") or None, said.get("effort") or None, moves)


def _check_joints(root: ET.Element, joints: list[StatedJoint], origin: str) -> None:
    kinds = {joint.get("name", ""): joint.get("type", "") for joint in root.iterfind("joint")}
    strange = {name: kind for name, kind in kinds.items() if kind not in (*HINGES, "fixed")}
    strange |= {joint.get("name", ""): "mimic" for joint in root.iterfind("joint") if joint.find("mimic") is not None}
    if strange:
        told = ", ".join(f"{name} ({kind})" for name, kind in strange.items())
        raise DataError(
            f"{origin}: only hinges of their own are driven, not {told}; make them 'fixed' in a copy of the file"
        )
    if not joints:
        raise DataError(f"{origin}: has no joint of type revolute or continuous; it has {kinds or 'no joints at all'}")


def _check_inertias(root: ET.Element, origin: str) -> None:
    for link in root.iterfind("link"):
        for inertia in link.iterfind("inertial/inertia"):
            where = f"{origin}: link '{link.get('name')}': inertia"
            if lost := [key for key in ("ixx", "iyy", "izz") if key not in inertia.attrib]:
                raise DataError(f"{where} lacks {lost}")
            for key, value in inertia.attrib.items():
                _finite(value, f"{where} {key}")
