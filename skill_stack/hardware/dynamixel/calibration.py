"""Calibration of one device: offset of each joint's reading, stored in the user's overlay."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from skill_stack.core.data_file import DataModel, load_model
from skill_stack.core.errors import DataError
from skill_stack.core.resources import Resources
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.hardware.dynamixel.settings import DynamixelSettings

LARGEST = 0.6
"""Largest plausible offset, rad; a motor that is further off is mounted on another tooth."""


class Calibration(DataModel):
    """Calibration of one device.

    Attributes:
        device: Name of its adapter, as below ``/dev/serial/by-id``.
        date: Day of the measurement.
        offsets: Angle by which each joint reads too much, rad.
    """

    device: str
    date: str
    offsets: dict[str, float]


def path_of(robot: RobotSpec, settings: DynamixelSettings, overlay: Path | None = None) -> Path:
    """File of a device's calibration, whether or not it exists."""
    return (
        (overlay or Resources.from_environment(os.environ).overlay)
        / "calibration"
        / robot.name
        / f"{Path(settings.port).name}.yaml"
    )


def offsets_of(robot: RobotSpec, settings: DynamixelSettings, overlay: Path | None = None) -> dict[str, float]:
    """Offsets of a device, rad, by joint; none where it was not calibrated.

    Args:
        robot: The robot.
        settings: Where it is reached.
        overlay: Folder of the user's own data; the usual one by default.

    Raises:
        DataError: The file is wrong, or of joints that the robot has not.
    """
    path = path_of(robot, settings, overlay)
    if not path.is_file():
        return {}
    offsets = load_model(Calibration, path).offsets
    check_offsets(robot, offsets, str(path))
    return offsets


def check_offsets(robot: RobotSpec, offsets: dict[str, float], where: str) -> None:
    """Checks that offsets fit this robot; raises DataError."""
    strange = sorted(set(offsets) - set(robot.joint_names))
    if strange:
        raise DataError(f"{where}: {', '.join(strange)} is no joint of {robot.name}")
    large = [f"{joint} ({offset:.2f} rad)" for joint, offset in offsets.items() if not abs(offset) <= LARGEST]
    if large:
        raise DataError(f"{where}: {', '.join(large)} is more than {LARGEST} rad off; mount the motor anew")


def save(calibration: Calibration, path: Path) -> None:
    """Writes a calibration; the previous one is kept as ``.before``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        path.replace(path.with_suffix(".before"))
    path.write_text(yaml.safe_dump(calibration.model_dump(), sort_keys=False), encoding="utf-8")
