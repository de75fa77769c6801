"""The section of a robot that one driver reads: ``driver_data`` in ``robot.yaml``."""

from __future__ import annotations

from typing import TypeVar

from skill_stack.core.data_file import DataModel, parse_model
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec

Section = TypeVar("Section", bound=DataModel)


def driver_section(robot: RobotSpec, name: str, kind: type[Section], needs: str) -> tuple[Section, str]:
    """Reads a section.

    Args:
        robot: The robot.
        name: Name of the section.
        kind: What it holds.
        needs: What the driver needs it for, in words.

    Returns:
        The section, and where it stands, in words.

    Raises:
        DataError: It is missing, or wrong.
    """
    where = f"{robot.name}: driver_data.{name}"
    if name not in robot.driver_data:
        raise DataError(f"{where} is missing: the driver needs {needs}")
    return parse_model(kind, robot.driver_data[name], where), where
