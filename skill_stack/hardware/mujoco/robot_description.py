"""A robot's URDF as MuJoCo reads it."""

from __future__ import annotations

import re

import numpy as np

from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import description_folder, locate_urdf, share_folder, urdf_text

__all__ = ["description_folder", "locate_urdf", "share_folder", "urdf_for_mujoco", "urdf_text"]

_VISUAL = re.compile(r"<visual>.*?</visual>", flags=re.DOTALL)
_INERTIA = re.compile(r"<inertia\b[^>]*>")
_MOMENT = re.compile(r'\b(i[xyz]{2})\s*=\s*"([^"]*)"')


def urdf_for_mujoco(robot: RobotSpec) -> str:
    """URDF text with absolute mesh paths and without visuals (MuJoCo reads STL and OBJ, not COLLADA).

    Inertias that no body can have, as of links that only stand for a frame, lose their products.

    Raises:
        ResourceNotFound: The package, or the URDF in it, is not there.
    """
    share = share_folder(robot)
    text = _VISUAL.sub("", urdf_text(robot)).replace("package://", f"{share}/").replace("file://", "")
    return _INERTIA.sub(lambda found: _possible(found.group()), text)


def _possible(inertia: str) -> str:
    """A physically possible inertia element."""
    m = {name: float(value) for name, value in _MOMENT.findall(inertia)}
    xy, xz, yz = m.get("ixy", 0.0), m.get("ixz", 0.0), m.get("iyz", 0.0)
    matrix = np.array([[m["ixx"], xy, xz], [xy, m["iyy"], yz], [xz, yz, m["izz"]]])
    if np.linalg.eigvalsh(matrix)[0] > 0.0:
        return inertia
    return f'<inertia ixx="{m["ixx"]}" iyy="{m["iyy"]}" izz="{m["izz"]}" ixy="0" ixz="0" iyz="0"/>'
