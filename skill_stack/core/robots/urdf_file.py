"""Finding a robot's URDF in the Python package that contains it."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

from skill_stack.core.errors import ResourceNotFound
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_mount import mount_urdfs


def description_folder(package: str) -> Path:
    """The data folder of a Python distribution that contains robot descriptions.

    Distributions built with cmeel install into ``site-packages/cmeel.prefix/share``; a system install (for example
    ``ros-<distro>-example-robot-data``) into a ``share`` of the interpreter's prefix.

    Args:
        package: Name of the distribution, e.g. ``example-robot-data``.

    Returns:
        The folder below which ``package://<package>/`` is found.

    Raises:
        ResourceNotFound: The distribution is not installed; the message states how to install it.
    """
    places: list[Path] = []
    try:
        places.append(Path(str(importlib.metadata.distribution(package).locate_file("cmeel.prefix/share"))))
    except importlib.metadata.PackageNotFoundError:
        pass
    places += [Path(entry) / "cmeel.prefix" / "share" for entry in sys.path if entry.endswith("-packages")]
    places.append(Path(sys.prefix) / "share")
    for place in places:
        if (place / package).is_dir():
            return place
    looked = ", ".join(dict.fromkeys(map(str, places)))
    raise ResourceNotFound(
        f"robot descriptions of '{package}' are not installed (looked in {looked}); "
        f"install them with: pip install {package}"
    )


def share_folder(robot: RobotSpec) -> Path:
    """The folder to which the ``package://`` addresses of a robot's URDF are relative.

    Raises:
        ResourceNotFound: The package that carries them is not installed.
    """
    source = robot.source
    if source.package or source.folder is None:
        return description_folder(source.package)
    return source.folder


def locate_urdf(robot: RobotSpec) -> Path:
    """Path of the robot's URDF.

    Raises:
        ResourceNotFound: The package, or the URDF in it, is not there.
    """
    package = robot.source.package
    if not package and robot.source.folder is not None:
        beside = robot.source.folder / robot.source.urdf
        if not beside.is_file():
            raise ResourceNotFound(f"{robot.name}: no {robot.source.urdf} beside its robot.yaml in {beside.parent}")
        return beside
    base = description_folder(package) / package
    for folder in (base, base / "robots"):
        path = folder / robot.source.urdf
        if path.is_file():
            return path
    raise ResourceNotFound(
        f"{robot.name}: no {robot.source.urdf} below {base} or {base / 'robots'}; "
        f"is the installed {package} the right version?"
    )


def urdf_text(robot: RobotSpec) -> str:
    """The robot's URDF; of a composite robot, one URDF of all.

    Mesh addresses begin with ``package://``, or with ``file://`` where a mounted robot comes from another package.
    Links and joints of a mounted part ``p`` are called ``p_<name>``, as its joints are in the whole robot.

    Raises:
        ResourceNotFound: A package, or the URDF in it, is not there.
        DataError: A mount names a link that does not exist.
    """
    text = locate_urdf(robot).read_text(encoding="utf-8")
    if len(robot.mounted) < 2:
        return text
    home = share_folder(robot)
    others: dict[str, str] = {}
    for part, member in list(robot.mounted.items())[1:]:
        share = share_folder(member)
        others[part] = locate_urdf(member).read_text(encoding="utf-8")
        if share != home:
            others[part] = others[part].replace("package://", f"file://{share}/")
    return mount_urdfs(text, others, robot)
