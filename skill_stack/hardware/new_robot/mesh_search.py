"""Search for the mesh files of a robot model: as stated, or in the usual folders."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from skill_stack.core.errors import DataError

SCHEMES = ("package://", "model://", "file://")
# Folders that hold the model files of a package, with the meshes in folders beside them.
MODEL_FOLDERS = ("urdf", "urdfs", "xml", "xmls", "mjcf", "xacro", "robot", "robots", "model", "models")
MOST_FILES = 20_000  # looked through by name in one folder
TOLD = 4  # folders that a message names in each group


class MeshSearch:
    """Finds the meshes of one file.

    Searched in this order: the path that the file states, relative to it or to its ``meshdir``; in the ROS package that
    the address names, in a folder above the file, in ``AMENT_PREFIX_PATH`` or ``ROS_PACKAGE_PATH``; by name in the
    folders that the caller adds; by name in the file's own folder, or in that above it where it lies in ``urdf/``,
    ``xmls/`` and the like; and, for addresses of two parts or more, such as
    ``mujoco_menagerie/unitree_go1/assets/trunk.stl``, below every folder above the file.

    Args:
        file: The URDF or MuJoCo model.
        folders: Further folders.
        mesh_folder: The file's ``<compiler meshdir=…>``.
        environment: Usually ``os.environ``.
    """

    def __init__(
        self, file: Path, folders: Sequence[Path] = (), mesh_folder: str = "",
        environment: Mapping[str, str] = os.environ,
    ) -> None:  # fmt: skip
        here = file.resolve().parent
        self._above = (here, *here.parents)
        self._bases = tuple(dict.fromkeys((here / mesh_folder, here)))
        self._added = tuple(folder.resolve() for folder in folders)
        own = here.parent if here.name.lower() in MODEL_FOLDERS else here
        self._by_name = (*self._added, own)
        shares = [Path(part, "share") for part in _paths(environment, "AMENT_PREFIX_PATH")]
        self._packages = (*shares, *(Path(part) for part in _paths(environment, "ROS_PACKAGE_PATH")))
        self._listed: dict[Path, dict[str, list[Path]]] = {}
        self._elsewhere: Counter[Path] = Counter()

    def find(self, address: str) -> Path | None:
        """The file of an address, which may be a path or a URI; None where there is none.

        Raises:
            DataError: Two different files fit equally well.
        """
        for place in self._stated(address):
            if place.is_file():
                return place.resolve()
        parts = _parts(address)
        if not parts:
            return None
        named = (self._named(folder, parts, address) for folder in self._by_name)
        below = (place for place in self._below_those_above(parts) if place.is_file())
        found = next((place for place in named if place is not None), None) or next(below, None)
        if found is not None:
            self._elsewhere[found.resolve().parent] += 1
        return found and found.resolve()

    def notes(self) -> list[str]:
        """Files found elsewhere than stated, in words."""
        return [f"{count} meshes taken from {folder}, not from where the file says" for folder, count in
                self._elsewhere.items()]  # fmt: skip

    def told(self, address: str) -> str:
        """Searched places of an address and a remedy, for a message."""
        stated = list(dict.fromkeys(str(os.path.normpath(place)) for place in self._stated(address)))
        by_name = [f"{folder} and below by name" for folder in self._by_name]
        above = [str(folder) for folder in self._above[1 : TOLD + 1]] if len(_parts(address)) > 1 else []
        places = [*stated[:TOLD], *by_name, *([f"below {', '.join(above)}"] if above else [])]
        return f"looked for {'; '.join(places)}; name the folder that has it with --meshes FOLDER"

    def _stated(self, address: str) -> Iterator[Path]:
        """All literal interpretations of an address."""
        scheme = next((one for one in SCHEMES if one in address), "")
        rest = address.rpartition(scheme)[2] if scheme else address
        if scheme in ("", "file://"):
            yield from (base / rest for base in self._bases)
            return
        name, _, inside = rest.partition("/")
        yield from (folder / inside for folder in self._above if folder.name == name or _package(folder) == name)
        yield from (folder / rest for folder in self._above)
        for folder in self._packages:
            yield folder / rest
            if folder.name == name:
                yield folder / inside
        yield self._above[0] / inside

    def _named(self, folder: Path, parts: tuple[str, ...], address: str) -> Path | None:
        """The file below a folder whose path ends most like an address."""
        if folder not in self._listed:
            self._listed[folder] = _files(folder)
        found = self._listed[folder].get(parts[-1], [])
        if not found:
            return None
        alike = {path: _shared(path.parts, parts) for path in found}
        best = [path for path, count in alike.items() if count == max(alike.values())]
        if len({path.read_bytes() for path in best}) > 1:
            raise DataError(
                f"mesh '{address}' may be any of {', '.join(str(path) for path in best)}, which differ; "
                "name the folder of the right one with --meshes FOLDER"
            )
        return best[0]

    def _below_those_above(self, parts: tuple[str, ...]) -> Iterator[Path]:
        """A longer suffix of an address, in a folder above the file or in a folder of that."""
        for first in range(len(parts) - 1):
            tail = Path(*parts[first:])
            for folder in self._above[:-1]:
                yield folder / tail
                yield from (child / tail for child in _folders(folder))


def mesh_folder(root: ET.Element) -> str:
    """``<mujoco><compiler meshdir=…>`` of a URDF; empty without one."""
    compiler = root.find("mujoco/compiler")
    return compiler.get("meshdir", "") if compiler is not None else ""


def _paths(environment: Mapping[str, str], key: str) -> list[str]:
    return [part for part in environment.get(key, "").split(os.pathsep) if part]


def _parts(address: str) -> tuple[str, ...]:
    """The names in an address, without its scheme and what leads upwards."""
    for scheme in SCHEMES:
        address = address.rpartition(scheme)[2]
    parts = PurePosixPath(address.replace("\\", "/")).parts
    ups = [place for place, part in enumerate(parts) if part in ("..", "/")]
    return parts[ups[-1] + 1 :] if ups else parts


def _shared(path: tuple[str, ...], parts: tuple[str, ...]) -> int:
    """How many names two paths have in common at their ends."""
    count = 0
    for one, other in zip(reversed(path), reversed(parts)):
        if one != other:
            break
        count += 1
    return count


def _package(folder: Path) -> str:
    """The name of the ROS package in a folder; empty where it is none."""
    try:
        return (ET.parse(folder / "package.xml").findtext("name") or "").strip()
    except (OSError, ET.ParseError):
        return ""


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return []


def _files(folder: Path) -> dict[str, list[Path]]:
    """Files below a folder by name, hidden folders left out."""
    found: dict[str, list[Path]] = {}
    left = MOST_FILES
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names[:left]:
            found.setdefault(name, []).append(Path(at, name))
        left -= len(names)
        if left <= 0:
            break
    return found
