"""RobotTree: links, joints and shapes of a URDF, and forward kinematics."""

from __future__ import annotations

import math
import xml.etree.ElementTree as Xml
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from skill_stack.core.errors import DataError
from skill_stack.core.rotation import multiply
from skill_stack.monitor.link_transform import IDENTITY, LinkTransform, Triple, about_axis, from_rpy, rotate

Motion = Literal["fixed", "turning", "sliding"]
Form = Literal["mesh", "box", "cylinder", "sphere"]
_FORMS: dict[str, Form] = {"mesh": "mesh", "box": "box", "cylinder": "cylinder", "sphere": "sphere"}
_MOTIONS: dict[str, Motion] = {
    "fixed": "fixed", "revolute": "turning", "continuous": "turning", "prismatic": "sliding"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkShape:
    """A visual or collision shape of a link.

    Attributes:
        link: Link that carries it.
        form: ``mesh``, ``box``, ``cylinder`` or ``sphere``.
        place: Pose in the link's frame.
        mesh: File or URI of the mesh; empty for the other forms.
        size: Mesh: factors along x, y, z. Box: extents, m. Cylinder and sphere: diameter, diameter, length, m.
        colour: sRGB and opacity, each 0 to 1, or None when the mesh or the viewer decides.
    """

    link: str
    form: Form
    place: LinkTransform
    mesh: str
    size: Triple
    colour: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Joint:
    """One joint of the tree.

    Attributes:
        name: Joint name.
        motion: How the child moves against the parent.
        origin: Pose of the child in the parent at position 0.
        axis: Unit axis in the child's frame.
        leader: Joint whose position it mimics, or its own name.
        factor: Its position is ``factor * leader + offset``.
        offset: rad or m.
    """

    name: str
    motion: Motion
    origin: LinkTransform
    axis: Triple
    leader: str
    factor: float = 1.0
    offset: float = 0.0

    def at(self, position: float) -> LinkTransform:
        """Pose of the child in the parent at a position of the leader, rad or m."""
        origin, value = self.origin, self.factor * position + self.offset
        if self.motion == "turning":
            turned = multiply(origin.rotation, about_axis(self.axis, value))
            return LinkTransform(origin.parent, origin.child, origin.translation, turned)
        x, y, z = self.axis
        shift = rotate(origin.rotation, (x * value, y * value, z * value))
        a, b, c = (u + v for u, v in zip(origin.translation, shift))
        return LinkTransform(origin.parent, origin.child, (a, b, c), origin.rotation)


@dataclass(frozen=True, slots=True)
class RobotTree:
    """A robot as a tree of links.

    Attributes:
        name: Name that the URDF gives.
        root: The link without a parent.
        links: All links, parents before their children.
        joints: All joints, in the order of their children in :attr:`links`.
        visuals: What the links look like.
        collisions: What the links touch with.
    """

    name: str
    root: str
    links: tuple[str, ...]
    joints: tuple[Joint, ...]
    visuals: tuple[LinkShape, ...]
    collisions: tuple[LinkShape, ...]

    def fixed(self) -> tuple[LinkTransform, ...]:
        """Poses of all links that never move against their parent."""
        return tuple(joint.origin for joint in self.joints if joint.motion == "fixed")

    def moving(self, positions: Mapping[str, float]) -> tuple[LinkTransform, ...]:
        """Poses, in their parents, of all links that can move.

        Args:
            positions: Joint positions by name, rad or m. A joint that is not given is at 0, so that every link has
                a pose even when a robot reports only its actuated joints.
        """
        return tuple(
            joint.at(positions.get(joint.leader, 0.0)) for joint in self.joints if joint.motion != "fixed"
        )

    def in_root(self, positions: Mapping[str, float]) -> dict[str, LinkTransform]:
        """Poses of all links in the root link, by link; joints that are not given are at 0."""
        local = {pose.child: pose for pose in (*self.fixed(), *self.moving(positions))}
        out = {self.root: LinkTransform(self.root, self.root)}
        for link in self.links[1:]:
            out[link] = out[local[link].parent].compose(local[link])
        return out


def read_tree(urdf: str) -> RobotTree:
    """Reads a URDF.

    Args:
        urdf: Text of the URDF.

    Raises:
        DataError: It is not XML or not one tree, or a joint is of a kind that no viewer shows (planar, floating).
    """
    try:
        robot = Xml.fromstring(urdf.encode())
    except Xml.ParseError as error:
        raise DataError(f"the robot description is not XML: {error}") from error
    links = [link.get("name", "") for link in robot.findall("link")]
    joints = {joint.origin.child: joint for joint in map(_joint, robot.findall("joint"))}
    unknown = sorted({name for j in joints.values() for name in (j.origin.parent, j.origin.child)} - set(links))
    roots = [link for link in links if link not in joints]
    if unknown or len(roots) != 1:
        raise DataError(f"the robot description is not one tree: roots {roots}, joints name unknown links {unknown}")
    ordered = _parents_first(roots[0], joints)
    if len(ordered) != len(links):
        raise DataError(f"the robot description has a loop among {sorted(set(links) - set(ordered))}")
    colours = {m.get("name", ""): _colour(m, {}) for m in robot.findall("material")}
    visuals, collisions = ([s for link in robot.findall("link") for s in _shapes(link, tag, colours)]
                           for tag in ("visual", "collision"))  # fmt: skip
    return RobotTree(robot.get("name", ""), roots[0], tuple(ordered), tuple(joints[link] for link in ordered[1:]),
                     tuple(visuals), tuple(collisions))  # fmt: skip


def _parents_first(root: str, joints: Mapping[str, Joint]) -> list[str]:
    """All links that hang on the root, parents before children."""
    children: dict[str, list[str]] = {}
    for child, joint in joints.items():
        children.setdefault(joint.origin.parent, []).append(child)
    ordered = [root]
    for link in ordered:
        ordered.extend(children.get(link, ()))
    return ordered


def _joint(element: Xml.Element) -> Joint:
    name, kind = element.get("name", ""), element.get("type", "")
    if kind not in _MOTIONS:
        raise DataError(f"joint {name} is '{kind}'; it must be one of {', '.join(_MOTIONS)}")
    parent, child = (_link_of(element, tag, name) for tag in ("parent", "child"))
    axis = element.find("axis")
    x, y, z = _triple(axis, "xyz", (1.0, 0.0, 0.0))
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    mimic = element.find("mimic")
    leader, factor, offset = name, 1.0, 0.0
    if mimic is not None:
        leader = mimic.get("joint", name)
        factor, offset = float(mimic.get("multiplier", 1)), float(mimic.get("offset", 0))
    unit = (x / length, y / length, z / length)
    return Joint(name, _MOTIONS[kind], _origin(element, parent, child), unit, leader, factor, offset)


def _link_of(element: Xml.Element, tag: str, joint: str) -> str:
    found = element.find(tag)
    if found is None or not found.get("link"):
        raise DataError(f"joint {joint} has no <{tag} link=…>")
    return str(found.get("link"))


def _origin(element: Xml.Element, parent: str, child: str) -> LinkTransform:
    origin = element.find("origin")
    rpy = _triple(origin, "rpy", (0.0, 0.0, 0.0))
    rotation = from_rpy(rpy) if any(rpy) else IDENTITY
    return LinkTransform(parent, child, _triple(origin, "xyz", (0.0, 0.0, 0.0)), rotation)


def _triple(element: Xml.Element | None, key: str, default: Triple) -> Triple:
    text = element.get(key) if element is not None else None
    if text is None:
        return default
    numbers = [float(part) for part in text.split()]
    if len(numbers) != 3:
        raise DataError(f"'{text}' is not three numbers")
    return numbers[0], numbers[1], numbers[2]


def _shapes(link: Xml.Element, tag: str, colours: Mapping[str, tuple[float, ...] | None]) -> list[LinkShape]:
    name, out = link.get("name", ""), []
    for element in link.findall(tag):
        form = next(iter(element.find("geometry") or ()), None)
        if form is None or form.tag not in _FORMS:
            continue
        size = _triple(form, "scale" if form.tag == "mesh" else "size", (1.0, 1.0, 1.0))
        if form.tag in ("cylinder", "sphere"):
            wide = 2 * float(form.get("radius", 0))
            size = (wide, wide, float(form.get("length", wide)))
        colour = _colour(element.find("material"), colours)
        out.append(
            LinkShape(name, _FORMS[form.tag], _origin(element, name, name), form.get("filename", ""), size, colour)
        )
    return out


def _colour(
    material: Xml.Element | None, named: Mapping[str, tuple[float, ...] | None]
) -> tuple[float, float, float, float] | None:
    """Colour of a material; None where it states none, so that the mesh's own counts."""
    if material is None:
        return None
    stated = material.find("color")
    if stated is None:
        return named.get(material.get("name", ""))  # type: ignore[return-value]
    r, g, b, *a = (float(part) for part in stated.get("rgba", "0.5 0.5 0.5 1").split())
    return r, g, b, a[0] if a else 1.0
