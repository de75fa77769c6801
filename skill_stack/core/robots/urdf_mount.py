"""Merging URDFs: other robots as parts, fixed to links of the carrying one."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec

_KEPT = ("link", "joint", "material")  # transmissions and simulator tags of a mounted robot mean nothing here


def mount_urdfs(carrier: str, mounted: Mapping[str, str], robot: RobotSpec) -> str:
    """One URDF of a robot with others mounted on it.

    Args:
        carrier: URDF of the main part.
        mounted: URDFs of the others, by part.
        robot: The whole robot, with the mounting poses.

    Raises:
        DataError: A text is not a URDF.
        UnknownName: A mount names a link that the main part lacks, or a part has no link of its base's name.
    """
    whole = _parse(carrier, robot.main_part)
    links = [link.get("name", "") for link in whole.iter("link")]
    for part, text in mounted.items():
        mount = robot.parts[part].mount
        assert mount is not None, "every part but the first has one"
        if mount.link not in links:
            raise UnknownName(f"link of {robot.name} that carries '{part}'", mount.link, links)
        tree, base = _parse(text, part), robot.mounted[part].source.base_link
        own = [link.get("name", "") for link in tree.findall("link")]
        if base not in own:
            raise UnknownName(f"link of part '{part}' (source.base_link)", base, own)
        _rename(tree, f"{part}_")
        whole.extend(child for child in tree if child.tag in _KEPT)
        joint = ET.SubElement(whole, "joint", name=f"{part}_mount", type="fixed")
        ET.SubElement(joint, "parent", link=mount.link)
        ET.SubElement(joint, "child", link=f"{part}_{base}")
        ET.SubElement(joint, "origin", xyz=" ".join(map(str, mount.xyz)), rpy=" ".join(map(str, mount.rpy)))
    return ET.tostring(whole, encoding="unicode")


def _parse(text: str, part: str) -> ET.Element:
    try:
        return ET.fromstring(text)
    except ET.ParseError as error:
        raise DataError(f"the URDF of part '{part}' cannot be read: {error}") from error


def _rename(tree: ET.Element, prefix: str) -> None:
    """Prefixes every name of a link, joint or material, and every reference to one, with the part's name."""
    for kind in ("link", "joint", "material"):
        for element in tree.iter(kind):
            if element.get("name"):
                element.set("name", prefix + element.attrib["name"])
    for kind, attribute in (("parent", "link"), ("child", "link"), ("mimic", "joint")):
        for element in tree.iter(kind):
            element.set(attribute, prefix + element.attrib[attribute])
