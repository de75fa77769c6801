"""A robot's URDF as MuJoCo reads it."""

from __future__ import annotations

import re

from skill_stack.core.robot import RobotSpec
from skill_stack.core.urdf_file import description_folder, locate_urdf, urdf_text

__all__ = ["description_folder", "locate_urdf", "urdf_for_mujoco", "urdf_text"]

_VISUAL = re.compile(r"<visual>.*?</visual>", flags=re.DOTALL)


def urdf_for_mujoco(robot: RobotSpec) -> str:
    """URDF text with absolute mesh paths and without visuals (MuJoCo reads STL and OBJ, not COLLADA).

    Raises:
        ResourceNotFound: The package, or the URDF in it, is not there.
    """
    share = description_folder(robot.source.package)
    return _VISUAL.sub("", urdf_text(robot)).replace("package://", f"{share}/").replace("file://", "")
