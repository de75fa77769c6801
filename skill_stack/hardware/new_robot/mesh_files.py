"""Finding the meshes that a URDF names, and copying them beside the robot's own URDF."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from skill_stack.core.errors import DataError
from skill_stack.hardware.new_robot.mesh_search import MeshSearch

FOLDER = "meshes"
READABLE = (".stl", ".obj")  # what MuJoCo reads without a plug-in


def collect(root: ET.Element, urdf: Path, search: MeshSearch) -> tuple[dict[str, Path], list[str]]:
    """Finds meshes, and makes the URDF name them as ``package://meshes/<file>``.

    Visuals whose mesh is missing are dropped: only pictures need them.

    Args:
        root: Top element of the URDF; is changed.
        urdf: Where the URDF lies, for messages.
        search: Finds the files.

    Returns:
        Meshes by the file name that each gets, and what was dropped, in words.

    Raises:
        DataError: A mesh that collisions need is missing, or is of a kind that cannot be read.
    """
    found: dict[str, Path] = {}
    dropped: list[str] = []
    for link in root.iterfind("link"):
        for shape in [*link.iterfind("collision"), *link.iterfind("visual")]:
            shape.attrib.clear()  # a name serves nobody, and readers look for <visual> as it is
            mesh = shape.find("geometry/mesh")
            if mesh is None:
                continue
            address, name = mesh.get("filename", ""), link.get("name", "")
            path = search.find(address)
            if shape.tag == "collision":
                _check(path, f"{urdf}: link '{name}': collision mesh '{address}'", search.told(address))
            if path is None:
                link.remove(shape)
                dropped.append(f"visual of link '{name}': no mesh '{address}'")
            else:
                mesh.set("filename", f"package://{FOLDER}/{_place(found, path)}")
    return found, dropped + search.notes()


def _check(path: Path | None, what: str, looked: str) -> None:
    if path is None:
        raise DataError(f"{what} is not there ({looked}), or use a box in its place")
    if path.suffix.lower() not in READABLE:
        raise DataError(f"{what} is {path.suffix or 'of no kind'}; collisions need {' or '.join(READABLE)}: convert it")


def _place(found: dict[str, Path], path: Path) -> str:
    """The name of a mesh: its own, with a number if that is taken."""
    number, name = 1, path.name
    while name in found and found[name] != path:
        number += 1
        name = f"{path.stem}_{number}{path.suffix}"
    found[name] = path
    return name
